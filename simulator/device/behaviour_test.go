package devicesim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	devicesim "heraut/simulator/device"
)

func statuses(reports []said) []string {
	var found []string
	for _, r := range reports {
		found = append(found, r.text("Status")+" "+r.text("InvitationResult"))
	}
	return found
}

func TestNotNowAndThenByItself(t *testing.T) {
	s := newServer(t)
	var at screen
	f := s.fleet(t, devicesim.FleetOptions{Shown: at.show})
	s.enroll(t, f, devicesim.Options{UDID: "U1", Behaviour: devicesim.Behaviour{NotNow: 2}})
	id := s.invite(t, "U1", invite)
	require.Equal(t, []string{"NotNow ", "NotNow ", "Acknowledged Acknowledged"}, statuses(s.reports(t, id, 3)))
	require.Len(t, at.all(), 1)
	require.Equal(t, 1, f.Counts().Woken, "one push was enough")
	require.Equal(t, 2, f.Counts().NotNow)
}

func TestNotNowWhileSetupAssistantRuns(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d := s.enroll(t, f, devicesim.Options{UDID: "U1", Behaviour: devicesim.Behaviour{Setup: true}})
	info := s.enqueue(t, "U1", map[string]any{"RequestType": "DeviceInformation"})
	id := s.invite(t, "U1", invite)
	s.reports(t, id, 1)
	require.Equal(t, "Acknowledged", s.reports(t, info, 1)[0].text("Status"), "the rest goes on")
	d.FinishSetup()
	require.Equal(t, []string{"NotNow ", "Acknowledged Acknowledged"}, statuses(s.reports(t, id, 2)))
}

func TestScriptedAnswers(t *testing.T) {
	s := newServer(t)
	cases := map[string]struct {
		behaviour devicesim.Behaviour
		reports   []string
	}{
		"program":  {devicesim.Behaviour{Result: "InvalidProgramID"}, []string{"Acknowledged InvalidProgramID"}},
		"URL":      {devicesim.Behaviour{Result: "InvalidInvitationURL"}, []string{"Acknowledged InvalidInvitationURL"}},
		"as error": {devicesim.Behaviour{Result: "InvalidInvitationURL", Status: "Error"}, []string{"Error InvalidInvitationURL"}},
		"error":    {devicesim.Behaviour{ErrorCode: 4001}, []string{"Error "}},
		"doubled":  {devicesim.Behaviour{Doubled: true}, []string{"Acknowledged Acknowledged", "Acknowledged Acknowledged"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var at screen
			f := s.fleet(t, devicesim.FleetOptions{Shown: at.show})
			d := s.enroll(t, f, devicesim.Options{Behaviour: c.behaviour})
			id := s.invite(t, d.UDID(), invite)
			require.Equal(t, c.reports, statuses(s.reports(t, id, len(c.reports))))
			require.Len(t, at.all(), f.Counts().Shown)
			require.Equal(t, name == "doubled", len(at.all()) == 1)
		})
	}
}

func TestSilentDevice(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d := s.enroll(t, f, devicesim.Options{UDID: "U1", Behaviour: devicesim.Behaviour{Silent: true}})
	id := s.invite(t, "U1", invite)
	require.Equal(t, 1, f.Counts().Ignored)
	require.Zero(t, f.Counts().Sessions)
	require.NoError(t, d.Behave(devicesim.Behaviour{}))
	require.Error(t, d.Behave(devicesim.Behaviour{NotNow: -1}))
	require.Equal(t, 200, s.wake(t, "U1"))
	s.reports(t, id, 1)
}

func TestLateToken(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d := s.enroll(t, f, devicesim.Options{UDID: "U1", Behaviour: devicesim.Behaviour{LateToken: true}})
	require.NoError(t, d.Poll(t.Context()))
	require.Zero(t, f.Counts().Sessions, "nobody knows it yet")
	require.Empty(t, s.heard("MessageType", "TokenUpdate"))
	require.NoError(t, d.SendTokens(t.Context()))
	s.reports(t, s.invite(t, "U1", invite), 1)
}

func TestUDIDThatIsNotItsCertificates(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	s.enroll(t, f, devicesim.Options{UDID: "U1"})
	liar := s.enroll(t, f, devicesim.Options{UDID: "U2"})
	require.NoError(t, liar.Behave(devicesim.Behaviour{ClaimUDID: "U1"}))
	id := s.enqueue(t, "U1", invitation(invite))
	require.ErrorContains(t, liar.Poll(t.Context()), "500")
	require.Error(t, liar.SendTokens(t.Context()))
	require.Error(t, liar.Reenroll(t.Context()))
	require.Empty(t, s.heard("CommandUUID", id))
}
