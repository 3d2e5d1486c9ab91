package external_test

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/internal/secrets"
	"heraut/invitation"
	"heraut/mdm"
	"heraut/mdm/external"
	"heraut/people"
	"heraut/settings"
	"heraut/store"
	"heraut/store/storetest"
)

// archive keeps what devices say in a store, as the program does.
type archive struct{ *store.Store }

func (a archive) DeviceEnrolled(ctx context.Context, d people.EnrolledDevice) error {
	_, err := a.Store.DeviceEnrolled(ctx, d)
	return err
}

func (a archive) ChannelRenewed(ctx context.Context, c people.MDMChannel) error {
	_, err := a.Store.ChannelRenewed(ctx, c)
	return err
}

func (a archive) DeviceLeft(ctx context.Context, enrollmentID string, at time.Time) error {
	_, err := a.Store.DeviceLeft(ctx, enrollmentID, at)
	return err
}

func (a archive) CommandReported(ctx context.Context, commandUUID string, r invitation.Report) error {
	_, err := a.Store.CommandReported(ctx, commandUUID, r)
	return err
}

// office is a store with what invitations over a server elsewhere need.
type office struct {
	*store.Store
	t       *testing.T
	admin   people.Actor
	server  *nanoMDM
	courier *mdm.Courier
	// ahead is how far the store's clock is.
	ahead atomic.Int64
}

func newOffice(t *testing.T) *office {
	t.Helper()
	keys, err := secrets.Create(filepath.Join(t.TempDir(), "secrets"))
	require.NoError(t, err)
	o := &office{t: t, admin: people.System("test")}
	o.Store, err = store.Open(t.Context(), store.Options{
		Path: filepath.Join(t.TempDir(), "heraut.db"), Sealer: keys, LinkHash: storetest.LinkHash, ClientUserID: storetest.ClientUserID,
		Now: func() time.Time { return time.Now().Add(time.Duration(o.ahead.Load())) },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, o.Close()) })
	require.NoError(t, o.Migrate(t.Context()))
	for _, name := range []string{settings.NameContentToken, settings.NamePush(people.PushMDM)} {
		_, err := o.PutSetting(t.Context(), o.admin, name, map[string]string{"topic": topic}, nil, nil)
		require.NoError(t, err)
	}

	key := func(context.Context) (content.Secret, error) { return webhookKey, nil }
	hook := httptest.NewServer(external.NewWebhook(key, archive{o.Store}, nil))
	t.Cleanup(hook.Close)
	o.server = startNanoMDM(t, buildNanoMDM(t), "filekv", hook.URL)
	o.server.installPushCertificate(t)
	client := newClient(t, o.server.url)
	o.courier = mdm.NewCourier(mdm.CourierOptions{
		InviteURL: func(context.Context, string) (content.Secret, error) { return inviteURL, nil },
		Keep:      o.KeepCommand,
		Carry: func(ctx context.Context, m invitation.Message, uuid string, command []byte) invitation.Outcome {
			return client.Enqueue(ctx, m.EnrollmentID, uuid, command).Outcome
		},
		Key: make([]byte, 32),
	})
	return o
}

// hand assigns the device, once it is known and can be woken.
func (o *office) hand(u people.User) {
	o.t.Helper()
	var known people.Device
	require.Eventually(o.t, func() bool {
		page, err := o.ListDevices(o.t.Context(), people.DeviceFilter{}, people.Cursor{}, 10)
		require.NoError(o.t, err)
		if len(page.Items) == 0 {
			return false
		}
		known = page.Items[0].Device
		channel, ok := known.PushOf(people.PushMDM)
		return ok && channel.DeadSince.IsZero()
	}, waitFor, often)
	require.Equal(o.t, "Anna's iPhone", known.Name)
	_, err := o.UpdateDevice(o.t.Context(), o.admin, known.ID, nil, func(d people.Device) (people.Device, error) {
		d.UserID = u.ID
		return d, nil
	})
	require.NoError(o.t, err)
}

// deliver sends what is due for a user.
func (o *office) deliver(u people.User) {
	o.t.Helper()
	claim, err := o.ClaimUser(o.t.Context(), u.ID)
	require.NoError(o.t, err)
	require.Len(o.t, claim.Messages, 1)
	m := claim.Messages[0]
	require.Equal(o.t, invitation.ChannelMDM, m.Channel)
	_, err = o.Commit(o.t.Context(), []string{m.DeliveryID}, nil)
	require.NoError(o.t, err)
	outcome := o.courier.Push(o.t.Context(), m)
	require.Equal(o.t, invitation.Taken, outcome.Class, outcome.Answer)
	_, err = o.Commit(o.t.Context(), nil, []invitation.Result{{DeliveryID: m.DeliveryID, Outcome: outcome}})
	require.NoError(o.t, err)
}

// reads waits until the only invitation is in a state.
func (o *office) reads(want invitation.State) {
	o.t.Helper()
	var got invitation.Invitation
	require.Eventually(o.t, func() bool {
		page, err := o.ListInvitations(o.t.Context(), invitation.Filter{}, people.Cursor{}, 10)
		require.NoError(o.t, err)
		require.Len(o.t, page.Items, 1)
		got = page.Items[0]
		return got.State == want
	}, waitFor, often, "want %s", want)
	require.NotContains(o.t, got.LastAnswer, "inviteCode")
}

// TestInvitationByAServerElsewhere is the way of an invitation over a NanoMDM
// server, with a command that is lost on the way.
func TestInvitationByAServerElsewhere(t *testing.T) {
	o := newOffice(t)
	phone := o.server.iPhone(t, device)
	phone.enroll(t)
	u, err := o.CreateUser(t.Context(), o.admin, people.User{FullName: "Anna", Email: "anna@example.org", ManagedDistribution: true})
	require.NoError(t, err)
	o.hand(u)

	plan, err := o.CreatePlan(t.Context(), o.admin, invitation.Request{UserID: u.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto})
	require.NoError(t, err)
	require.Equal(t, 1, plan.Totals.ByChannel[invitation.ChannelMDM])
	_, _, err = o.SendPlan(t.Context(), o.admin, plan.ID, plan.Digest, invitation.Schedule{ExpiresAfter: 30 * 24 * time.Hour})
	require.NoError(t, err)
	o.deliver(u)
	o.reads(invitation.Sent)
	lost := phone.report(t, "Idle") // fetched, and then the device is restored
	require.Contains(t, lost, "InviteToProgram")

	o.ahead.Store(int64(25 * time.Hour))
	users, err := external.Heal(t.Context(), o.Store, 24*time.Hour)
	require.NoError(t, err)
	require.Equal(t, []string{u.ID}, users)
	o.deliver(u)
	o.reads(invitation.Sent)
	phone.report(t, "Acknowledged", "CommandUUID", commandUUID(t, lost), "InvitationResult", "InvalidInvitationURL")
	second := commandUUID(t, phone.report(t, "Idle"))
	require.NotEqual(t, commandUUID(t, lost), second)
	phone.report(t, "Acknowledged", "CommandUUID", second, "InvitationResult", "Acknowledged")
	o.reads(invitation.Shown)
}
