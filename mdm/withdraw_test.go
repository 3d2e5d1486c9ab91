package mdm_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/invitation"
	"heraut/mdm"
	"heraut/people"
	"heraut/settings"
	devicesim "heraut/simulator/device"
)

// TestInvitationIsShownToItsUserAlone: an iPad that was away and is another
// user's by now does not show the command that waited for it.
func TestInvitationIsShownToItsUserAlone(t *testing.T) {
	s := newKeepingSite(t)
	actor := people.System("test")
	for _, name := range []string{settings.NameContentToken, settings.NamePush(people.PushMDM)} {
		_, err := s.store.PutSetting(t.Context(), actor, name, map[string]string{"topic": topic}, nil, nil)
		require.NoError(t, err)
	}
	a, b := s.served("A"), s.served("B")
	ipad := s.enroll(devicesim.Options{Platform: devicesim.IPad}, a)
	s.queueFor(a, "of-a")
	page, err := s.store.ListDevices(t.Context(), people.DeviceFilter{UserID: a}, people.Cursor{}, 10)
	require.NoError(t, err)
	_, err = s.store.UpdateDevice(t.Context(), actor, page.Items[0].ID, nil, func(d people.Device) (people.Device, error) {
		d.UserID = b
		return d, nil
	})
	require.NoError(t, err)
	require.NoError(t, ipad.Poll(t.Context()))
	require.Empty(t, s.shown)

	s.queueFor(b, "of-b")
	require.NoError(t, ipad.Poll(t.Context()))
	require.Equal(t, "https://apple.example/accept?inviteCode=of-b", <-s.shown)
	require.Empty(t, s.shown)
}

// served makes a user who may be invited.
func (s *site) served(name string) string {
	s.t.Helper()
	u, err := s.store.CreateUser(s.t.Context(), people.System("test"), people.User{FullName: name, ManagedDistribution: true})
	require.NoError(s.t, err)
	return u.ID
}

// queueFor invites a user, whose code at Apple is given, and delivers by MDM.
func (s *site) queueFor(userID, code string) {
	s.t.Helper()
	ctx, actor := s.t.Context(), people.System("test")
	plan, err := s.store.CreatePlan(ctx, actor, invitation.Request{UserID: userID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto})
	require.NoError(s.t, err)
	_, _, err = s.store.SendPlan(ctx, actor, plan.ID, plan.Digest, invitation.Schedule{ExpiresAfter: 24 * time.Hour})
	require.NoError(s.t, err)
	claim, err := s.store.ClaimUser(ctx, userID)
	require.NoError(s.t, err)
	require.Len(s.t, claim.Messages, 1)
	courier := mdm.NewCourier(mdm.CourierOptions{
		InviteURL: func(context.Context, string) (content.Secret, error) {
			return content.Secret("https://apple.example/accept?inviteCode=" + code), nil
		},
		Keep: s.store.KeepCommand, Carry: mdm.QueueAndWake(s.queue, taken), Key: key,
	})
	require.Equal(s.t, invitation.Taken, courier.Push(ctx, claim.Messages[0]).Class)
}
