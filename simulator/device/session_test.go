package devicesim_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	devicesim "heraut/simulator/device"
)

const invite = "https://buy.example/associate?inviteCode=f551&mt=8"

// screen remembers what devices show.
type screen struct {
	mu    sync.Mutex
	shown []string
}

func (s *screen) show(d *devicesim.Device, url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shown = append(s.shown, d.SerialNumber()+" "+url)
}

func (s *screen) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.shown...)
}

func TestPushMakesADeviceShowAnInvitation(t *testing.T) {
	s := newServer(t)
	var at screen
	f := s.fleet(t, devicesim.FleetOptions{Shown: at.show})
	s.enroll(t, f, devicesim.Options{UDID: "U1", SerialNumber: "S1"})
	report := s.reports(t, s.invite(t, "U1", invite), 1)[0]
	require.Equal(t, "U1", report.id)
	require.Equal(t, "Acknowledged", report.text("Status"))
	require.Equal(t, "Acknowledged", report.text("InvitationResult"))
	require.Equal(t, []string{"S1 " + invite}, at.all())
	require.NotEmpty(t, s.heard("Status", "Idle"))
	require.Eventually(t, func() bool { return f.Counts().Cycles == 1 }, patient, interval)
	require.Equal(t, 1, f.Counts().Woken)
	require.Equal(t, 1, f.Counts().Shown)
}

func TestPushOfAnotherWakesNobody(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	s.enroll(t, f, devicesim.Options{UDID: "M1", Platform: devicesim.Mac, User: devicesim.User{ID: "A", ShortName: "els"}})
	magic := map[string]string{}
	token := map[string]string{}
	for _, id := range []string{"M1", "M1:A"} {
		found, err := s.store.RetrievePushInfo(t.Context(), []string{id})
		require.NoError(t, err)
		magic[id], token[id] = found[id].PushMagic, found[id].Token.String()
	}
	require.Equal(t, 200, s.pushTo(t, token["M1"], magic["M1:A"]))
	require.Equal(t, 200, s.pushTo(t, token["M1:A"], magic["M1"]))
	require.Equal(t, 2, f.Counts().Ignored)
	require.Zero(t, f.Counts().Woken)

	// One channel's push leaves the other's queue where it is.
	forUser := s.enqueue(t, "M1:A", invitation(invite))
	forDevice := s.invite(t, "M1", invite)
	require.Equal(t, "Error", s.reports(t, forDevice, 1)[0].text("Status"), "a Mac shows invitations to its user only")
	require.Empty(t, s.heard("CommandUUID", forUser))
	require.Equal(t, 200, s.wake(t, "M1:A"))
	report := s.reports(t, forUser, 1)[0]
	require.Equal(t, "M1:A", report.id)
	require.Equal(t, "els", report.text("UserShortName"))
	require.Equal(t, "Acknowledged", report.text("InvitationResult"))
}

func TestInvitationsThatAreNone(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d := s.enroll(t, f, devicesim.Options{UDID: "U1"})
	cases := map[string]struct{ program, url, result string }{
		"another program": {"com.apple.other", invite, "InvalidProgramID"},
		"no program":      {"", invite, "InvalidProgramID"},
		"http":            {"com.apple.cloudvpp", "http://buy.example/x", "InvalidInvitationURL"},
		"no URL":          {"com.apple.cloudvpp", "", "InvalidInvitationURL"},
		"no host":         {"com.apple.cloudvpp", "https:///x", "InvalidInvitationURL"},
		"words":           {"com.apple.cloudvpp", "https://a b", "InvalidInvitationURL"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			id := s.enqueue(t, "U1", map[string]any{"RequestType": "InviteToProgram", "ProgramID": c.program, "InvitationURL": c.url})
			require.NoError(t, d.Poll(t.Context()))
			require.Equal(t, c.result, s.reports(t, id, 1)[0].text("InvitationResult"))
		})
	}
	require.Zero(t, f.Counts().Shown)
}

func TestInvitationsOfADemo(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{PlainLoopback: true})
	s.enroll(t, f, devicesim.Options{UDID: "U1"})
	for url, result := range map[string]string{
		"http://127.0.0.1:8025/x": "Acknowledged", "http://localhost/x": "Acknowledged", invite: "Acknowledged",
		"http://buy.example/x": "InvalidInvitationURL", "ftp://127.0.0.1/x": "InvalidInvitationURL",
	} {
		require.Equal(t, result, s.reports(t, s.invite(t, "U1", url), 1)[0].text("InvitationResult"), url)
	}
}

func TestDevicesThatCanNotBeInvited(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	els := devicesim.User{ID: "A", ShortName: "els"}
	s.enroll(t, f, devicesim.Options{UDID: "T1", Platform: devicesim.AppleTV})
	s.enroll(t, f, devicesim.Options{UDID: "P1", Platform: devicesim.IPhone})
	s.enroll(t, f, devicesim.Options{UDID: "S1", Enrollment: devicesim.SharedIPad, User: els})
	for id, status := range map[string]string{"T1": "Error", "P1": "Acknowledged", "S1": "Error", "S1:els": "Acknowledged"} {
		report := s.reports(t, s.invite(t, id, invite), 1)[0]
		require.Equal(t, status, report.text("Status"), id)
		require.Equal(t, status, map[string]string{"": "Error", "Acknowledged": "Acknowledged"}[report.text("InvitationResult")], id)
	}
}

func TestDeviceCarriesOutWhatItKnows(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d := s.enroll(t, f, devicesim.Options{UDID: "U1", SerialNumber: "S1", Name: "iPad"})
	info := s.enqueue(t, "U1", map[string]any{"RequestType": "DeviceInformation", "Queries": []string{"UDID", "SerialNumber", "DeviceName", "IsSupervised", "Mood"}})
	profiles := s.enqueue(t, "U1", map[string]any{"RequestType": "ProfileList"})
	unknown := s.enqueue(t, "U1", map[string]any{"RequestType": "MakeTea"})
	require.NoError(t, d.Poll(t.Context()))

	require.Equal(t, map[string]any{"UDID": "U1", "SerialNumber": "S1", "DeviceName": "iPad", "IsSupervised": false},
		s.reports(t, info, 1)[0].plist["QueryResponses"])
	require.Equal(t, "example.school", s.reports(t, profiles, 1)[0].first(t, "ProfileList")["PayloadIdentifier"])
	report := s.reports(t, unknown, 1)[0]
	require.Equal(t, "Error", report.text("Status"))
	chain := report.first(t, "ErrorChain")
	require.EqualValues(t, 12021, chain["ErrorCode"])
	require.Equal(t, "MCMDMErrorDomain", chain["ErrorDomain"])
	require.Equal(t, 1, f.Counts().Sessions, "all in one session")
	require.Equal(t, 3, f.Counts().Cycles)
}

func TestDeviceTriesAgainWhileTheServerIsAway(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	s.enroll(t, f, devicesim.Options{UDID: "U1"})
	s.setAnswer(http.StatusServiceUnavailable)
	id := s.invite(t, "U1", invite)
	require.Eventually(t, func() bool { return f.Counts().Failed > 0 }, patient, interval)
	s.setAnswer(0)
	s.reports(t, id, 1)
}
