package external_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/mdm/external"
	"heraut/people"
)

const (
	second = "3F6A0000-0000-4000-8000-00000000C002"
	third  = "3F6A0000-0000-4000-8000-00000000C003"
)

// TestNanoMDM is the whole way at a real server: a device enrolls, is invited,
// puts the invitation off, shows it, enrolls again and leaves.
func TestNanoMDM(t *testing.T) {
	binary := buildNanoMDM(t)
	for _, storage := range []string{"filekv", "inmem"} {
		t.Run(storage, func(t *testing.T) {
			h := newHook(t)
			server := startNanoMDM(t, binary, storage, h.url)
			client := newClient(t, server.url)
			require.NoError(t, client.Check(t.Context()))
			refusesAnotherKey(t, server)
			phone := server.iPhone(t, device)

			enrolls(t, h, phone)
			isInvited(t, h, server, client, phone)
			enrollsAgain(t, h, client, phone)

			phone.checkIn(t, "CheckOut")
			h.hears(t, "left", 1)
			require.Equal(t, []string{device}, h.ledger.left)
		})
	}
}

func enrolls(t *testing.T, h *hook, phone *iPhone) {
	t.Helper()
	phone.enroll(t)
	h.hears(t, "enrolled", 1)
	require.Eventually(t, func() bool { return slices.Contains(h.ledger.heard(), "renewed") }, waitFor, often)
	enrolled, renewed := h.ledger.devices[0], h.ledger.renewed[0]
	require.NotZero(t, enrolled.At)
	require.False(t, renewed.At.Before(enrolled.At))
	require.Equal(t, people.EnrolledDevice{
		EnrollmentID: device, Kind: people.MDMDevice, Name: "Anna's iPhone", Platform: people.IOS,
		SerialNumber: "C39XXXX", UDID: device, At: enrolled.At,
	}, enrolled)
	require.Equal(t, people.MDMChannel{
		EnrollmentID: device, DeviceID: device, Kind: people.MDMDevice,
		Topic: topic, Token: "abcd", PushMagic: "magic-1", At: renewed.At,
	}, renewed)
}

func isInvited(t *testing.T, h *hook, server *nanoMDM, client *external.Client, phone *iPhone) {
	t.Helper()
	require.Empty(t, phone.report(t, "Idle"), "nothing is queued yet")
	for range 2 { // the second time as after an answer that was lost
		got := client.Enqueue(t.Context(), device, uuid, command(uuid))
		require.True(t, got.InQueue, got.Answer)
		require.Equal(t, invitation.RouteDown, got.Class, "this server has no push certificate")
		require.Contains(t, got.Answer, "push certificate")
	}
	isWoken(t, server, client)
	nobody := client.Enqueue(t.Context(), "nobody", second, command(second))
	require.Equal(t, invitation.TokenDead, nobody.Class, nobody.Answer)
	odd := client.Enqueue(t.Context(), device, third, append(command(third)[:400], inviteURL...))
	require.Equal(t, invitation.Refused, odd.Class, odd.Answer)
	require.NotContains(t, odd.Answer, "inviteCode")

	require.Contains(t, phone.report(t, "Idle"), uuid)
	require.Empty(t, phone.report(t, "NotNow", "CommandUUID", uuid))
	h.hears(t, "reported", 1)
	require.Contains(t, phone.report(t, "Idle"), uuid, "the server offers it again by itself")
	require.Empty(t, phone.report(t, "Acknowledged", "CommandUUID", uuid, "InvitationResult", "Acknowledged"))
	h.hears(t, "reported", 2) // and not of the idle polls
	require.Equal(t, []told{
		{uuid, invitation.Report{Status: "NotNow"}},
		{uuid, invitation.Report{Status: "Acknowledged", Result: "Acknowledged"}},
	}, h.ledger.reports)
	require.Equal(t, invitation.VerdictShown, h.ledger.reports[1].Verdict())
}

// isWoken is what becomes of pushes once the server has a push certificate.
func isWoken(t *testing.T, server *nanoMDM, client *external.Client) {
	t.Helper()
	server.installPushCertificate(t)
	unregistered := `{"reason":"Unregistered","timestamp":1700000000000}`
	server.apple.refusal.Store(&unregistered)
	dead := client.Enqueue(t.Context(), device, uuid, command(uuid))
	require.True(t, dead.InQueue)
	require.Equal(t, invitation.TokenDead, dead.Class, dead.Answer)
	require.Equal(t, http.StatusGone, dead.Code)
	require.Equal(t, time.UnixMilli(1700000000000).UTC(), dead.DeadSince)

	server.apple.refusal.Store(nil)
	woken := client.Push(t.Context(), device)
	require.Equal(t, invitation.Taken, woken.Class, woken.Answer)
	require.EqualValues(t, 2, server.apple.pushes.Load())
}

// enrollsAgain is how a queue is lost without a word, and what heals it: the
// next command has another CommandUUID.
func enrollsAgain(t *testing.T, h *hook, client *external.Client, phone *iPhone) {
	t.Helper()
	const lost, again = "3F6A0000-0000-4000-8000-00000000C004", "3F6A0000-0000-4000-8000-00000000C005"
	require.True(t, client.Enqueue(t.Context(), device, lost, command(lost)).InQueue)
	phone.enroll(t)
	h.hears(t, "enrolled", 2)
	require.Empty(t, phone.report(t, "Idle"))
	require.True(t, client.Enqueue(t.Context(), device, again, command(again)).InQueue)
	require.Contains(t, phone.report(t, "Idle"), again)
	phone.report(t, "Error", "CommandUUID", again)
	h.hears(t, "reported", 3)
}

func refusesAnotherKey(t *testing.T, server *nanoMDM) {
	t.Helper()
	wrong := newClient(t, server.url, func(o *external.Options) { o.APIKey = "another" })
	got := wrong.Enqueue(t.Context(), device, uuid, command(uuid))
	require.Equal(t, invitation.RouteDown, got.Class)
	require.False(t, got.InQueue)
	require.ErrorContains(t, wrong.Check(t.Context()), "API key")
}
