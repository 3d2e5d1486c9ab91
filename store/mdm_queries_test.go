package store

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// useMDM runs what devices and their MDM server ask often.
func useMDM(t *testing.T, s *Store, actor people.Actor, userID string) {
	t.Helper()
	ctx := t.Context()
	for _, name := range []string{settings.NameContentToken, settings.NamePush(people.PushMDM)} {
		_, err := s.PutSetting(ctx, actor, name, struct{}{}, nil, nil)
		require.NoError(t, err)
	}
	e := people.EnrolledDevice{EnrollmentID: "UDID", UDID: "UDID", SerialNumber: "S", Kind: people.MDMDevice, Name: "m", Platform: people.IOS, UserID: userID}
	m := people.MDMChannel{EnrollmentID: "UDID", DeviceID: "UDID", Kind: people.MDMDevice, Topic: "t", Token: "0a", PushMagic: "m"}
	for _, uuid := range []string{"one", "two"} {
		_, err := s.DeviceEnrolled(ctx, e)
		require.NoError(t, err)
		_, err = s.ChannelRenewed(ctx, m)
		require.NoError(t, err)
		queueOne(t, s, actor, userID, uuid)
		_, err = s.SilentCommands(ctx, time.Hour, 10)
		require.NoError(t, err)
		_, err = s.ClaimWakes(ctx, 0, 10)
		require.NoError(t, err)
		_, err = s.RepeatCommand(ctx, uuid)
		require.NoError(t, err)
		_, err = s.CommandReported(ctx, uuid, invitation.Report{Status: "NotNow"})
		require.NoError(t, err)
		_, err = s.CommandReported(ctx, uuid, invitation.Report{Status: "Error"})
		require.NoError(t, err)
		_, err = s.DeviceLeft(ctx, "UDID", time.Time{})
		require.NoError(t, err)
	}
}

// queueOne sends to a user and keeps the command of the message by MDM.
func queueOne(t *testing.T, s *Store, actor people.Actor, userID, uuid string) {
	t.Helper()
	ctx := t.Context()
	p, err := s.CreatePlan(ctx, actor, invitation.Request{UserID: userID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto})
	require.NoError(t, err)
	_, _, err = s.SendPlan(ctx, actor, p.ID, p.Digest, invitation.Schedule{ExpiresAfter: time.Hour})
	require.NoError(t, err)
	claim, err := s.ClaimUser(ctx, userID)
	require.NoError(t, err)
	for _, message := range claim.Messages {
		if message.Channel == invitation.ChannelMDM {
			require.NoError(t, s.KeepCommand(ctx, invitation.Command{UUID: uuid, DeliveryID: message.DeliveryID, EnrollmentID: "UDID"}))
			return
		}
	}
	t.Fatal("nothing leaves by MDM")
}
