package storetest

import (
	"fmt"
	"maps"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// ready lets MDM carry invitations: a content token and a push certificate.
func (s *campus) ready() {
	s.t.Helper()
	for _, name := range []string{settings.NameContentToken, settings.NamePush(people.PushMDM)} {
		s.set(name, map[string]string{"topic": "com.apple.mgmt.x"})
	}
}

func (s *campus) set(name string, doc any) {
	s.t.Helper()
	_, err := s.PutSetting(s.t.Context(), actor, name, doc, nil, nil)
	require.NoError(s.t, err)
}

func (s *campus) unset(name string) {
	s.t.Helper()
	require.NoError(s.t, s.DeleteSetting(s.t.Context(), actor, name))
}

// iPad is what an iPad of the user tells when it enrolls.
func (s *campus) iPad(u people.User, name string) people.EnrolledDevice {
	s.made++
	udid := fmt.Sprintf("UDID-%d", s.made)
	return people.EnrolledDevice{
		EnrollmentID: udid, Kind: people.MDMDevice, Name: name, Platform: people.IPadOS,
		SerialNumber: fmt.Sprintf("SERIAL-%d", s.made), UDID: udid, UserID: u.ID,
	}
}

func channelOf(e people.EnrolledDevice) people.MDMChannel {
	return people.MDMChannel{
		EnrollmentID: e.EnrollmentID, DeviceID: e.EnrollmentID, Kind: e.Kind,
		Topic: "com.apple.mgmt.x", Token: "A0", PushMagic: "magic",
	}
}

// enrollDevice enrolls a device, and reads what was kept of it.
func (s *campus) enrollDevice(e people.EnrolledDevice) (people.Device, invitation.Woken) {
	s.t.Helper()
	woken, err := s.DeviceEnrolled(s.t.Context(), e)
	require.NoError(s.t, err)
	return s.byUDID(e), woken
}

func (s *campus) byUDID(e people.EnrolledDevice) people.Device {
	s.t.Helper()
	page, err := s.ListDevices(s.t.Context(), people.DeviceFilter{}, people.Cursor{}, 500)
	require.NoError(s.t, err)
	for _, d := range page.Items {
		if d.UDID == e.UDID {
			return d.Device
		}
	}
	s.t.Fatalf("no device has UDID %q", e.UDID)
	return people.Device{}
}

func (s *campus) renew(m people.MDMChannel) invitation.Woken {
	s.t.Helper()
	woken, err := s.ChannelRenewed(s.t.Context(), m)
	require.NoError(s.t, err)
	return woken
}

// managed makes an iPad of the user that is enrolled and can be woken.
func (s *campus) managed(u people.User) (people.EnrolledDevice, people.Device) {
	s.t.Helper()
	e := s.iPad(u, "iPad")
	s.enrollDevice(e)
	s.renew(channelOf(e))
	return e, s.byUDID(e)
}

// alerted adds a live alert channel to a device.
func (s *campus) alerted(d people.Device) {
	s.t.Helper()
	_, err := s.UpdateDevice(s.t.Context(), actor, d.ID, nil, func(d people.Device) (people.Device, error) {
		d.Push = append(d.Push, people.PushChannel{Kind: people.PushAlert, Topic: "org.example.app", Token: "b0"})
		return d, nil
	})
	require.NoError(s.t, err)
}

func (s *campus) channels(p invitation.Plan) map[invitation.Channel]int {
	by := maps.Clone(p.Totals.ByChannel)
	maps.DeleteFunc(by, func(_ invitation.Channel, n int) bool { return n == 0 })
	return by
}

// queue keeps the command of a message and lets its wake-up be taken.
func (s *campus) queue(m invitation.Message) string {
	s.t.Helper()
	uuid := s.keep(m)
	s.mark(m)
	s.answer(took, m)
	return uuid
}

// keep notes the command of a message, by a name that its send key makes.
func (s *campus) keep(m invitation.Message) string {
	s.t.Helper()
	require.Equal(s.t, invitation.ChannelMDM, m.Channel)
	uuid := "C/" + m.SendKey
	require.NoError(s.t, s.KeepCommand(s.t.Context(), invitation.Command{UUID: uuid, DeliveryID: m.DeliveryID, EnrollmentID: m.EnrollmentID}))
	return uuid
}

func (s *campus) report(uuid string, r invitation.Report) invitation.Decided {
	s.t.Helper()
	decided, err := s.CommandReported(s.t.Context(), uuid, r)
	require.NoError(s.t, err)
	return decided
}

var (
	shows   = invitation.Report{Status: "Acknowledged", Result: "Acknowledged"}
	notNow  = invitation.Report{Status: "NotNow"}
	refuses = invitation.Report{Status: "Error", Words: "The invitation can not be shown."}
)

// invited makes a user with a managed iPad whose invitation is queued and woken.
func (s *campus) invited(policy invitation.Policy) (people.User, people.EnrolledDevice, string) {
	s.t.Helper()
	u := s.user("u")
	e, _ := s.managed(u)
	s.send(by(policy, ofUser(u)))
	messages := s.claim(u)
	require.Len(s.t, messages, 1)
	return u, e, s.queue(messages[0])
}

// planMDM: the best live channel of a device is that of its MDM server.
func planMDM(s *campus) {
	s.ready()
	u := s.user("u")
	_, both := s.managed(u)
	s.alerted(both)
	s.managed(u)
	s.live(u, "alert alone")
	s.device(u, "none")
	for policy, want := range map[invitation.Policy]map[invitation.Channel]int{
		invitation.PolicyAuto: {invitation.ChannelMDM: 2, invitation.ChannelAlert: 1, invitation.ChannelMail: 1},
		invitation.PolicyPush: {invitation.ChannelMDM: 2, invitation.ChannelAlert: 1},
		invitation.PolicyMail: {invitation.ChannelMail: 4},
		invitation.PolicyBoth: {invitation.ChannelMDM: 2, invitation.ChannelAlert: 1, invitation.ChannelMail: 1},
	} {
		require.Equal(s.t, want, s.channels(s.plan(by(policy, ofUser(u)))), policy)
	}
	p := s.plan(ofUser(u))
	s.unset(settings.NameContentToken)
	_, _, err := s.SendPlan(s.t.Context(), actor, p.ID, p.Digest, schedule())
	require.ErrorContains(s.t, err, "no longer matches", "other channels make a plan stale")
}

// planMDMNotReady: without a content token, or a way to wake devices, mdm
// channels are not there.
func planMDMNotReady(s *campus) {
	u := s.user("u")
	_, d := s.managed(u)
	is := func(want invitation.Channel) {
		s.t.Helper()
		require.Equal(s.t, map[invitation.Channel]int{want: 1}, s.channels(s.plan(ofUser(u))))
		read, err := s.Device(s.t.Context(), d.ID)
		require.NoError(s.t, err)
		require.Equal(s.t, want == invitation.ChannelMDM, read.Push[0].Live())
	}
	is(invitation.ChannelMail)
	s.set(settings.NameContentToken, struct{}{})
	is(invitation.ChannelMail)
	s.set(settings.NamePush(people.PushAlert), struct{}{})
	is(invitation.ChannelMail)
	s.set(settings.NamePush(people.PushMDM), struct{}{})
	is(invitation.ChannelMDM)
	s.unset(settings.NamePush(people.PushMDM))
	is(invitation.ChannelMail)
	server := settings.DefaultMDMServer()
	s.set(settings.NameMDMServer, server)
	is(invitation.ChannelMail)
	server.Mode = settings.MDMExternal
	s.set(settings.NameMDMServer, server)
	is(invitation.ChannelMDM)
	s.unset(settings.NameContentToken)
	is(invitation.ChannelMail)
}

// planBarred: a User Enrollment can not be invited.
func planBarred(s *campus) {
	s.ready()
	personal, driven := s.user("personal"), s.user("account-driven")
	e := s.iPad(personal, "iPad")
	e.Kind = people.MDMPersonalDevice
	s.enrollDevice(e)
	s.renew(channelOf(e))
	e = s.iPad(driven, "iPhone")
	e.AccountDriven = true
	d, _ := s.enrollDevice(e)
	s.renew(channelOf(e))

	r := ofGroup(s.group(personal, driven))
	require.Equal(s.t, map[invitation.Channel]int{invitation.ChannelMail: 2}, s.channels(s.plan(r)))
	p := s.plan(by(invitation.PolicyPush, r))
	require.Empty(s.t, s.channels(p))
	require.Equal(s.t, map[invitation.Reason]int{invitation.DeviceNotInvitable: 2}, p.Totals.Skipped)
	s.alerted(d)
	require.Equal(s.t, map[invitation.Channel]int{invitation.ChannelAlert: 1}, s.channels(s.plan(by(invitation.PolicyPush, r))), "another way is another way")
	s.unset(settings.NameContentToken)
	require.Equal(s.t, map[invitation.Reason]int{invitation.NoChannel: 1}, s.plan(by(invitation.PolicyPush, r)).Totals.Skipped)
}

// liveMDM: a channel over which nothing can be queued is not live.
func liveMDM(s *campus) {
	s.ready()
	u := s.user("u")
	push := []people.PushChannel{{Kind: people.PushMDM, Topic: "com.apple.mgmt.x", Token: "0a", PushMagic: "m"}}
	made, err := s.CreateDevice(s.t.Context(), actor, people.Device{Name: "by hand", Platform: people.IOS, UserID: u.ID, Push: push})
	require.NoError(s.t, err)
	require.False(s.t, made.Push[0].Live(), "our MDM server does not know it")
	_, managed := s.managed(u)
	require.True(s.t, managed.Push[0].Live())
	require.Equal(s.t, map[invitation.Channel]int{invitation.ChannelMDM: 1, invitation.ChannelMail: 1}, s.channels(s.plan(ofUser(u))))

	changed, err := s.UpdateDevice(s.t.Context(), actor, managed.ID, nil, func(d people.Device) (people.Device, error) {
		d.Push = push
		return d, nil
	})
	require.NoError(s.t, err)
	require.True(s.t, changed.Push[0].Live())
	dead, err := s.MarkPushDead(s.t.Context(), managed.ID, people.PushMDM, "0a", s.clock.Now().Add(time.Second))
	require.NoError(s.t, err)
	require.True(s.t, dead)
	read, err := s.Device(s.t.Context(), managed.ID)
	require.NoError(s.t, err)
	require.False(s.t, read.Push[0].Live())
	require.Equal(s.t, map[invitation.Channel]int{invitation.ChannelMail: 2}, s.channels(s.plan(ofUser(u))))
}
