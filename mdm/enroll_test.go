package mdm_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	devicesim "heraut/simulator/device"
)

func TestDeviceEnrollsForItsUser(t *testing.T) {
	s := newSite(t)
	user := s.user("Noor de Wit")
	ipad := s.enroll(devicesim.Options{Name: "iPad van Noor", Platform: devicesim.IPad}, user)
	require.Equal(t, []people.EnrolledDevice{{
		EnrollmentID: ipad.UDID(), Kind: people.MDMDevice, Name: "iPad van Noor", Platform: people.IPadOS,
		SerialNumber: ipad.SerialNumber(), UDID: ipad.UDID(), UserID: user,
	}}, s.enrolled)
	require.Len(t, s.channels, 1)
	require.Equal(t, ipad.UDID(), s.channels[0].EnrollmentID)
	require.Equal(t, topic, s.channels[0].Topic)
	require.NoError(t, s.channels[0].Check())

	require.NoError(t, ipad.RenewTokens(t.Context()))
	require.Len(t, s.channels, 2)
	require.NotEqual(t, s.channels[0].Token, s.channels[1].Token)

	require.NoError(t, ipad.CheckOut(t.Context()))
	require.Equal(t, []string{ipad.UDID()}, s.left)
}

func TestChannelsOfUsers(t *testing.T) {
	s := newSite(t)
	mac := s.enroll(devicesim.Options{Platform: devicesim.Mac, User: devicesim.User{ShortName: "b", LongName: "B"}}, s.user("B"))
	require.Equal(t, people.MacOS, s.enrolled[0].Platform)
	require.Len(t, s.channels, 2, "a Mac has a channel for its user beside the device's")
	require.Equal(t, people.MDMDevice, s.channels[0].Kind)
	require.Equal(t, people.MDMUser, s.channels[1].Kind)
	require.Equal(t, mac.UDID(), s.channels[1].DeviceID)
	require.NotEqual(t, s.channels[0].Token, s.channels[1].Token)
	command := s.invite(s.channels[1].EnrollmentID, "1")
	require.NoError(t, mac.Poll(t.Context()))
	require.Equal(t, inviteURL, <-s.shown)
	require.Equal(t, invitation.VerdictShown, s.said(command)[0].Verdict())
}

func TestEnrollmentsThatAreNotInvited(t *testing.T) {
	s := newSite(t)
	s.enroll(devicesim.Options{Platform: devicesim.IPhone, Enrollment: devicesim.UserEnrollment}, s.user("A"))
	require.Equal(t, people.MDMPersonalDevice, s.enrolled[0].Kind)
	require.False(t, s.enrolled[0].Invitable())
	require.Empty(t, s.enrolled[0].UDID)
}

func TestInvitationIsShown(t *testing.T) {
	s := newSite(t)
	ipad := s.enroll(devicesim.Options{Platform: devicesim.IPad}, s.user("A"))
	command := s.invite(ipad.UDID(), "mdm/1")
	require.Equal(t, command, s.invite(ipad.UDID(), "mdm/1"), "delivered twice, it is one command")
	require.NoError(t, ipad.Poll(t.Context()))
	require.Equal(t, inviteURL, <-s.shown)
	require.Equal(t, []invitation.Report{{Status: "Acknowledged", Result: "Acknowledged"}}, s.said(command))
	require.NoError(t, ipad.Poll(t.Context()))
	require.Empty(t, s.shown)
	require.NotContains(t, s.log.text(), "c0de-c0de")
}

func TestWhatDevicesSayInstead(t *testing.T) {
	s := newSite(t)
	d := s.enroll(devicesim.Options{Platform: devicesim.IPhone, Behaviour: devicesim.Behaviour{NotNow: 1}}, s.user("A"))
	later := s.invite(d.UDID(), "1")
	require.NoError(t, d.Poll(t.Context()))
	require.Equal(t, inviteURL, <-s.shown)
	require.Eventually(t, func() bool { return len(s.said(later)) == 2 }, patient, interval)
	require.Equal(t, invitation.VerdictNotNow, s.said(later)[0].Verdict())
	require.Equal(t, invitation.VerdictShown, s.said(later)[1].Verdict())

	require.NoError(t, d.Behave(devicesim.Behaviour{Result: "InvalidInvitationURL"}))
	invalid := s.invite(d.UDID(), "2")
	require.NoError(t, d.Poll(t.Context()))
	require.Equal(t, "InvalidInvitationURL", s.said(invalid)[0].Result)
	require.NoError(t, d.Behave(devicesim.Behaviour{ErrorCode: 12021}))
	refused := s.invite(d.UDID(), "3")
	require.NoError(t, d.Poll(t.Context()))
	require.Equal(t, invitation.VerdictRefused, s.said(refused)[0].Verdict())
	require.Contains(t, s.said(refused)[0].Words, "12021")
}

func TestEnrollingAnewBeginsWithAnEmptyQueue(t *testing.T) {
	s := newSite(t)
	user := s.user("A")
	d := s.enroll(devicesim.Options{Platform: devicesim.IPad}, user)
	s.invite(d.UDID(), "1")
	require.NoError(t, d.Reenroll(t.Context()), "with its own certificate")
	require.NoError(t, d.Poll(t.Context()))
	require.Empty(t, s.shown)
	require.Len(t, s.enrolled, 2)

	d.Remove() // erased, and enrolled by somebody else
	other := s.user("B")
	require.NoError(t, d.Enroll(t.Context(), s.profile(other)))
	require.Equal(t, other, s.enrolled[2].UserID)
	require.Equal(t, d.UDID(), s.enrolled[2].UDID)
}

func TestDeviceSaysAgainWhatCouldNotBeKept(t *testing.T) {
	s := newSite(t)
	d := s.enroll(devicesim.Options{Platform: devicesim.IPad}, s.user("A"))
	command := s.invite(d.UDID(), "1")
	s.failWith(io.ErrUnexpectedEOF)
	require.ErrorContains(t, d.Poll(t.Context()), "500")
	require.ErrorContains(t, d.RenewTokens(t.Context()), "500")
	s.failWith(fault.New(fault.Unavailable, "Not now."))
	require.ErrorContains(t, d.RenewTokens(t.Context()), "503")
	s.failWith(fault.Invalid(fault.Field{Pointer: "/token", Message: "No."}))
	require.ErrorContains(t, d.RenewTokens(t.Context()), "400")

	s.failWith(nil)
	require.Empty(t, s.said(command))
	require.NoError(t, d.Poll(t.Context()), "the command is still in the queue")
	require.Equal(t, invitation.VerdictShown, s.said(command)[0].Verdict())
}

func TestPeopleOnSharedAndDirectoryMachines(t *testing.T) {
	s := newSite(t)
	d := s.handMade(s.identity(s.user("A")), someKey(t))
	require.Equal(t, http.StatusOK, d.checkIn(authenticate("UDID-1")))
	require.Equal(t, http.StatusOK, d.checkIn(tokenUpdate()))

	person := tokenUpdate()
	person["UserID"], person["UserShortName"] = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "noor@school.example"
	require.Equal(t, http.StatusOK, d.checkIn(person))
	require.Equal(t, people.MDMSharedIPad, s.channels[1].Kind)
	require.Equal(t, "noor@school.example", s.channels[1].Account)
	require.Equal(t, "UDID-1", s.channels[1].DeviceID)
	require.NotContains(t, s.log.text(), "noor@school.example")

	// A Mac's user from a directory introduces itself in two steps.
	user := said{"MessageType": "UserAuthenticate", "UDID": "UDID-1", "UserID": "U-1", "UserShortName": "noor"}
	require.Equal(t, http.StatusOK, d.checkIn(user))
	user["DigestResponse"] = "anything"
	require.Equal(t, http.StatusOK, d.checkIn(user))
	person["UserID"] = "U-1"
	require.Equal(t, http.StatusOK, d.checkIn(person))
	require.Equal(t, people.MDMUser, s.channels[2].Kind)
}
