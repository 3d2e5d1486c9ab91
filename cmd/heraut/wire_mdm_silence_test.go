package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
	"heraut/store"
)

// TestSilentCommandsAreRepeated repeats for a server elsewhere alone, whose
// webhooks can be lost.
func TestSilentCommandsAreRepeated(t *testing.T) {
	p := demoParts(t, t.TempDir())
	userID := queueCommand(t, p, "COMMAND-1")
	users, err := silence{p, func(context.Context, invitation.Message) invitation.Outcome {
		t.Error("it was woken a moment ago")
		return invitation.Outcome{}
	}}.RepeatSilent(t.Context())
	require.NoError(t, err)
	require.Empty(t, users, "the built-in server keeps the command until its answer is kept")

	elsewhere := settings.MDMServer{Mode: settings.MDMExternal, URL: "https://mdm.school.example"}
	_, err = p.store.PutSetting(t.Context(), operatorKey, settings.NameMDMServer, elsewhere, []byte("{}"), nil)
	require.NoError(t, err)
	users, err = silence{parts: p}.RepeatSilent(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{userID}, users)
	users, err = silence{parts: p}.RepeatSilent(t.Context())
	require.NoError(t, err)
	require.Empty(t, users, "it is due again, and silent no more")
}

// TestSilentDevicesAreWokenOnceADay: the built-in server wakes whose command
// waits.
func TestSilentDevicesAreWokenOnceADay(t *testing.T) {
	p := demoParts(t, t.TempDir())
	queueCommand(t, p, "COMMAND-1")
	var shift time.Duration
	later, err := store.Open(t.Context(), store.Options{Path: p.config.StorePath(), Sealer: p.keys, Now: func() time.Time { return time.Now().Add(shift) }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, later.Close()) })
	p.store, p.settings = later, storedSettings{later}
	var woken []invitation.Message
	s := silence{p, func(_ context.Context, m invitation.Message) invitation.Outcome {
		woken = append(woken, m)
		return invitation.Outcome{Class: invitation.Taken}
	}}
	for shift = 23 * time.Hour; shift <= 49*time.Hour; shift += 2 * time.Hour {
		_, err := s.RepeatSilent(t.Context())
		require.NoError(t, err)
	}
	require.Len(t, woken, 2)
	require.Equal(t, []string{"t", "0a", "m"}, []string{woken[0].Topic, woken[0].Token, woken[0].PushMagic})
	require.Empty(t, woken[0].DeliveryID, "it is no delivery")
}

// queueCommand invites a user by MDM, and keeps the command as queued.
func queueCommand(t *testing.T, p *parts, uuid string) (userID string) {
	t.Helper()
	ctx := t.Context()
	for _, name := range []string{settings.NameContentToken, settings.NamePush(people.PushMDM)} {
		_, err := p.store.PutSetting(ctx, operatorKey, name, struct{}{}, nil, nil)
		require.NoError(t, err)
	}
	u, err := p.store.CreateUser(ctx, operatorKey, people.User{FullName: "Zoë", ManagedDistribution: true})
	require.NoError(t, err)
	_, err = p.store.DeviceEnrolled(ctx, people.EnrolledDevice{
		EnrollmentID: "UDID", UDID: "UDID", SerialNumber: "S", Kind: people.MDMDevice, Name: "iPad", Platform: people.IPadOS, UserID: u.ID,
	})
	require.NoError(t, err)
	_, err = p.store.ChannelRenewed(ctx, people.MDMChannel{
		EnrollmentID: "UDID", DeviceID: "UDID", Kind: people.MDMDevice, Topic: "t", Token: "0a", PushMagic: "m",
	})
	require.NoError(t, err)
	plan, err := p.store.CreatePlan(ctx, operatorKey, invitation.Request{UserID: u.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto})
	require.NoError(t, err)
	_, _, err = p.store.SendPlan(ctx, operatorKey, plan.ID, plan.Digest, invitation.Schedule{ExpiresAfter: 30 * 24 * time.Hour})
	require.NoError(t, err)
	claim, err := p.store.ClaimUser(ctx, u.ID)
	require.NoError(t, err)
	require.Len(t, claim.Messages, 1)
	id := claim.Messages[0].DeliveryID
	require.NoError(t, p.store.KeepCommand(ctx, invitation.Command{UUID: uuid, DeliveryID: id, EnrollmentID: "UDID"}))
	taken := invitation.Result{DeliveryID: id, Outcome: invitation.Outcome{Class: invitation.Taken}}
	_, err = p.store.Commit(ctx, []string{id}, nil)
	require.NoError(t, err)
	_, err = p.store.Commit(ctx, nil, []invitation.Result{taken})
	require.NoError(t, err)
	return u.ID
}
