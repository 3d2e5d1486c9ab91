package devicesim_test

import (
	"net/http"
	"testing"

	"github.com/smallstep/pkcs7"
	"github.com/stretchr/testify/require"

	devicesim "heraut/simulator/device"
)

func TestDeviceEnrolls(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d := s.enroll(t, f, devicesim.Options{UDID: "U1", SerialNumber: "S1", Name: "iPad van Els", Owner: "P1"})
	require.True(t, d.Enrolled())
	require.Equal(t, 1, f.Counts().Enrolled)
	require.Same(t, d, f.Find("S1"))
	require.Equal(t, []string{"CN=device,O=School"}, s.scep.subjects)

	all := s.heard("MessageType", "Authenticate")
	require.Len(t, all, 1)
	require.Equal(t, map[string]any{
		"MessageType": "Authenticate", "Topic": topic, "UDID": "U1", "SerialNumber": "S1", "DeviceName": "iPad van Els",
		"Model": "MQ6J3", "ModelName": "iPad", "ProductName": "iPad14,1", "OSVersion": "26.1", "BuildVersion": "23B85",
	}, all[0].plist)
	tokens := s.heard("MessageType", "TokenUpdate")
	require.Len(t, tokens, 1, "an iPad has one channel")
	require.Len(t, tokens[0].plist["Token"], 32)
	require.Equal(t, topic, tokens[0].text("Topic"))
	require.Equal(t, 200, s.wake(t, "U1"), "APNs knows the token")
}

func TestProfileMayBeSigned(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d, err := f.Add(devicesim.Options{})
	require.NoError(t, err)
	signed, err := pkcs7.NewSignedData(s.profile(profileOf{challenge: s.scep.challenge()}))
	require.NoError(t, err)
	require.NoError(t, signed.AddSigner(s.scep.certificate, s.scep.key, pkcs7.SignerInfoConfig{}))
	profile, err := signed.Finish()
	require.NoError(t, err)
	require.NoError(t, d.Enroll(t.Context(), profile))
	require.Len(t, s.heard("MessageType", "Authenticate"), 1)

	profile[len(profile)-5] ^= 1
	require.Error(t, d.Enroll(t.Context(), profile), "the signature is broken")
	require.True(t, d.Enrolled(), "the profile before stays")
}

func TestSCEPServerWithoutPOST(t *testing.T) {
	s := newServer(t)
	s.scep.noPost = true
	d := s.enroll(t, s.fleet(t, devicesim.FleetOptions{}), devicesim.Options{})
	require.True(t, d.Enrolled())
}

func TestEnrollmentThatIsRefused(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d, err := f.Add(devicesim.Options{})
	require.NoError(t, err)
	challenge := s.scep.challenge()
	require.NoError(t, d.Enroll(t.Context(), s.profile(profileOf{challenge: challenge})))
	other, err := f.Add(devicesim.Options{})
	require.NoError(t, err)
	require.ErrorContains(t, other.Enroll(t.Context(), s.profile(profileOf{challenge: challenge})), "refuses", "a challenge works once")
	require.False(t, other.Enrolled())

	s.setAnswer(http.StatusServiceUnavailable)
	require.ErrorContains(t, other.Enroll(t.Context(), s.profile(profileOf{challenge: s.scep.challenge()})), "503")
	require.False(t, other.Enrolled())
	require.ErrorIs(t, other.Poll(t.Context()), devicesim.ErrNotEnrolled)
}

func TestMacHasAChannelForItsUser(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	s.enroll(t, f, devicesim.Options{UDID: "M1", Platform: devicesim.Mac, User: devicesim.User{ID: "A-1", ShortName: "els", LongName: "Els de Wit"}})
	tokens := s.heard("MessageType", "TokenUpdate")
	require.Len(t, tokens, 2)
	device, user := tokens[0], tokens[1]
	require.Equal(t, "M1", device.id)
	require.Equal(t, "M1:A-1", user.id)
	require.Equal(t, "els", user.text("UserShortName"))
	require.Equal(t, "Els de Wit", user.text("UserLongName"))
	require.NotEqual(t, device.plist["Token"], user.plist["Token"])
	require.NotEqual(t, device.text("PushMagic"), user.text("PushMagic"))
}

func TestUserChannelNeedsTheProfilesLeave(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d, err := f.Add(devicesim.Options{Platform: devicesim.Mac, User: devicesim.User{ShortName: "els"}})
	require.NoError(t, err)
	require.NoError(t, d.Enroll(t.Context(), s.profile(profileOf{challenge: s.scep.challenge(), noUsers: true})))
	require.NoError(t, d.Login(t.Context(), devicesim.User{ShortName: "jan"}))
	require.Len(t, s.heard("MessageType", "TokenUpdate"), 1)
}

func TestPeopleSignInLater(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	mac := s.enroll(t, f, devicesim.Options{UDID: "M1", Platform: devicesim.Mac})
	require.Len(t, s.heard("UDID", "M1"), 2)
	require.NoError(t, mac.Login(t.Context(), devicesim.User{ID: "A-1", ShortName: "els"}))
	require.Equal(t, "M1:A-1", s.heard("UserShortName", "els")[0].id)

	shared := s.enroll(t, f, devicesim.Options{UDID: "U1", Enrollment: devicesim.SharedIPad})
	require.NoError(t, shared.Login(t.Context(), devicesim.User{ShortName: "jan@school.example"}))
	require.Equal(t, "U1:jan@school.example", s.heard("UserID", "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF")[0].id)

	require.Error(t, mac.Login(t.Context(), devicesim.User{}))
	require.Error(t, s.enroll(t, f, devicesim.Options{}).Login(t.Context(), devicesim.User{ShortName: "els"}))
}

func TestUserEnrollmentTellsLittle(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	s.enroll(t, f, devicesim.Options{EnrollmentID: "E1", Enrollment: devicesim.UserEnrollment})
	require.Len(t, s.heard("EnrollmentID", "E1"), 2)
	for _, m := range s.heard("EnrollmentID", "E1") {
		require.NotContains(t, m.plist, "UDID")
		require.NotContains(t, m.plist, "SerialNumber")
	}
	info := s.enqueue(t, "E1", map[string]any{"RequestType": "DeviceInformation", "Queries": []string{"UDID", "OSVersion"}})
	require.NoError(t, f.Devices()[0].Poll(t.Context()))
	require.Equal(t, map[string]any{"OSVersion": "26.1"}, s.reports(t, info, 1)[0].plist["QueryResponses"])
	invite := s.invite(t, "E1", "https://buy.example/x")
	require.Equal(t, "Error", s.reports(t, invite, 1)[0].text("Status"))
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	f := devicesim.NewFleet(devicesim.FleetOptions{})
	defer func() { require.NoError(t, f.Close()) }()
	for name, o := range map[string]devicesim.Options{
		"platform":      {Platform: "newton"},
		"enrollment":    {Enrollment: "half"},
		"a shared Mac":  {Platform: devicesim.Mac, Enrollment: devicesim.SharedIPad},
		"an iPad's":     {User: devicesim.User{ShortName: "els"}},
		"not now":       {Behaviour: devicesim.Behaviour{NotNow: -1}},
		"result":        {Behaviour: devicesim.Behaviour{Result: "Acknowledged"}},
		"report status": {Behaviour: devicesim.Behaviour{Status: "Idle"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.Add(o)
			require.Error(t, err)
		})
	}
	require.Empty(t, f.Devices())
}
