package storetest

import (
	"errors"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

func enrollNew(s *campus) {
	u := s.user("u")
	e := s.iPad(u, "  iPad van\nÅsa ")
	for range 2 {
		d, woken := s.enrollDevice(e)
		require.Zero(s.t, woken)
		require.Equal(s.t, "iPad van Åsa", d.Name)
		require.Equal(s.t, people.IPadOS, d.Platform)
		require.Equal(s.t, []string{e.SerialNumber, e.UDID, u.ID}, []string{d.SerialNumber, d.UDID, d.UserID})
		require.Empty(s.t, d.Push, "it can not be woken yet")
	}
	require.Zero(s.t, s.renew(channelOf(e)))
	d := s.byUDID(e)
	push, ok := d.PushOf(people.PushMDM)
	require.True(s.t, ok)
	require.Equal(s.t, []string{"com.apple.mgmt.x", "a0", "magic"}, []string{push.Topic, push.Token, push.PushMagic})
	require.Equal(s.t, []string{"device.enroll", "device.enroll", "device.mdm_channel"}, s.actions(d.ID))

	s.clock.Advance(time.Hour)
	s.renew(channelOf(e))
	again := s.byUDID(e)
	require.Equal(s.t, d.Version, again.Version, "the same token is no change")
	require.Equal(s.t, s.clock.Now(), again.Push[0].UpdatedAt)
	require.Len(s.t, s.actions(d.ID), 3)
	other := channelOf(e)
	other.Token = "bb"
	s.renew(other)
	require.Equal(s.t, "bb", s.byUDID(e).Push[0].Token)
	require.Len(s.t, s.actions(d.ID), 4)

	nameless := s.iPad(u, "\x00")
	d, _ = s.enrollDevice(nameless)
	require.Equal(s.t, nameless.SerialNumber, d.Name)
}

// enrollAtOnce: however often a device enrolls at once, it is one device.
func enrollAtOnce(s *campus) {
	u := s.user("u")
	for range 3 {
		e := s.iPad(u, "iPad")
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				_, enrolled := s.DeviceEnrolled(s.t.Context(), e)
				_, renewed := s.ChannelRenewed(s.t.Context(), channelOf(e))
				if err := errors.Join(enrolled, renewed); err != nil {
					s.t.Errorf("enrolling: %v", err)
				}
			})
		}
		wg.Wait()
		require.Len(s.t, s.byUDID(e).Push, 1)
	}
	page, err := s.ListDevices(s.t.Context(), people.DeviceFilter{UserID: u.ID}, people.Cursor{}, 10)
	require.NoError(s.t, err)
	require.Len(s.t, page.Items, 3)
}

// enrollKnown: devices that an import or a script made keep their row and name.
func enrollKnown(s *campus) {
	owner, u := s.user("owner"), s.user("u")
	for name, known := range map[string]func(e people.EnrolledDevice) people.Device{
		"by serial number": func(e people.EnrolledDevice) people.Device { return people.Device{SerialNumber: e.SerialNumber} },
		"by UDID":          func(e people.EnrolledDevice) people.Device { return people.Device{UDID: e.UDID, UserID: owner.ID} },
		"by both": func(e people.EnrolledDevice) people.Device {
			return people.Device{UDID: e.UDID, SerialNumber: e.SerialNumber, UserID: u.ID}
		},
	} {
		e := s.iPad(u, "told")
		given := known(e)
		given.Name, given.Platform = name, people.IOS
		made, err := s.CreateDevice(s.t.Context(), actor, given)
		require.NoError(s.t, err)
		d, _ := s.enrollDevice(e)
		require.Equal(s.t, made.ID, d.ID, name)
		require.Equal(s.t, name, d.Name)
		require.Equal(s.t, people.IPadOS, d.Platform)
		require.Equal(s.t, []string{e.SerialNumber, e.UDID, u.ID}, []string{d.SerialNumber, d.UDID, d.UserID})
		log, err := s.ListAudit(s.t.Context(), people.AuditFilter{TargetID: d.ID}, people.Cursor{}, 10)
		require.NoError(s.t, err)
		require.Contains(s.t, log.Items[0].Became, `"name_told":"told"`)
		require.Equal(s.t, "mdm", log.Items[0].Actor.Name)
	}
	e := s.iPad(u, "mine")
	s.enrollDevice(e)
	e.UserID, e.SerialNumber = "", ""
	d, _ := s.enrollDevice(e)
	require.Equal(s.t, u.ID, d.UserID, "who enrolls it again is not known, and it stays whose it was")
	require.NotEmpty(s.t, d.SerialNumber)
}

// enrollTwoRows: one device was made twice, by UDID and by serial number.
func enrollTwoRows(s *campus) {
	u := s.user("u")
	e := s.iPad(u, "told")
	byUDID, err := s.CreateDevice(s.t.Context(), actor, people.Device{Name: "one", Platform: people.IPadOS, UDID: e.UDID})
	require.NoError(s.t, err)
	bySerial, err := s.CreateDevice(s.t.Context(), actor, people.Device{Name: "two", Platform: people.IPadOS, SerialNumber: e.SerialNumber})
	require.NoError(s.t, err)
	d, _ := s.enrollDevice(e)
	require.Equal(s.t, byUDID.ID, d.ID)
	require.Empty(s.t, d.SerialNumber)
	read, err := s.Device(s.t.Context(), bySerial.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, e.SerialNumber, read.SerialNumber)
	require.NoError(s.t, s.DeleteDevice(s.t.Context(), actor, byUDID.ID, nil))
	d, _ = s.enrollDevice(e)
	require.Equal(s.t, bySerial.ID, d.ID, "deleting frees the enrollment")
}

// enrollReassigned: whoever enrolls a device has it.
func enrollReassigned(s *campus) {
	s.ready()
	u, v := s.user("u"), s.user("v")
	e, _ := s.managed(u)
	send := s.send(ofGroup(s.group(u)))
	s.write(send)
	s.queue(s.claim(u)[0])
	e.UserID = v.ID
	d, woken := s.enrollDevice(e)
	require.Equal(s.t, v.ID, d.UserID)
	require.Equal(s.t, invitation.Woken{Users: []string{u.ID}, Sends: []string{send.ID}}, woken)
	require.Equal(s.t, invitation.Cancelled, s.only(u).State)
	require.Equal(s.t, string(invitation.Reassigned), s.only(u).LastAnswer)
	require.Zero(s.t, s.renew(channelOf(e)))
	require.Equal(s.t, map[invitation.Channel]int{invitation.ChannelMDM: 1}, s.channels(s.plan(ofUser(v))))
}

func enrollRefused(s *campus) {
	u := s.user("u")
	for name, change := range map[string]func(*people.EnrolledDevice){
		"no id":            func(e *people.EnrolledDevice) { e.EnrollmentID = "" },
		"a user's channel": func(e *people.EnrolledDevice) { e.Kind = people.MDMUser },
		"a television":     func(e *people.EnrolledDevice) { e.Platform = "tvos" },
		"nobody's":         func(e *people.EnrolledDevice) { e.UserID = "nobody" },
	} {
		e := s.iPad(u, "iPad")
		change(&e)
		_, err := s.DeviceEnrolled(s.t.Context(), e)
		require.True(s.t, fault.Is(err, fault.InvalidRequest), "%s: %v", name, err)
	}
	m := channelOf(s.iPad(u, "iPad"))
	require.Zero(s.t, s.renew(m), "nobody knows the device")
	for _, change := range []func(*people.MDMChannel){
		func(m *people.MDMChannel) { m.Token = "not hexadecimal" },
		func(m *people.MDMChannel) { m.PushMagic = `"}` },
		func(m *people.MDMChannel) { m.DeviceID = "" },
	} {
		bad := m
		change(&bad)
		_, err := s.ChannelRenewed(s.t.Context(), bad)
		requireCode(s.t, err, fault.InvalidRequest)
	}
	woken, err := s.DeviceLeft(s.t.Context(), "unknown", time.Time{})
	require.NoError(s.t, err)
	require.Zero(s.t, woken)
}

// enrollMac: a Mac is invited over the channel of its user.
func enrollMac(s *campus) {
	s.ready()
	u := s.user("u")
	e := s.iPad(u, "Mac")
	e.Platform = people.MacOS
	s.enrollDevice(e)
	s.renew(channelOf(e))
	require.Empty(s.t, s.byUDID(e).Push, "the device's channel does not serve")
	user := func(id string) people.MDMChannel {
		m := channelOf(e)
		m.Kind, m.EnrollmentID, m.Token = people.MDMUser, e.EnrollmentID+":"+id, "0"+id
		return m
	}
	goesTo := func(id string) {
		s.t.Helper()
		s.send(ofUser(u))
		m := s.claim(u)
		require.Equal(s.t, invitation.ChannelMDM, m[0].Channel)
		require.Equal(s.t, []string{e.EnrollmentID + ":" + id, "0" + id}, []string{m[0].EnrollmentID, m[0].Token})
	}
	s.renew(user("1"))
	goesTo("1")
	s.renew(user("2"))
	goesTo("1")
	_, err := s.DeviceLeft(s.t.Context(), user("2").EnrollmentID, time.Time{})
	require.NoError(s.t, err)
	goesTo("1")
	_, err = s.DeviceLeft(s.t.Context(), user("1").EnrollmentID, time.Time{})
	require.NoError(s.t, err)
	require.Equal(s.t, map[invitation.Channel]int{invitation.ChannelMail: 1}, s.channels(s.plan(ofUser(u))))
	s.renew(user("2"))
	goesTo("2")

	s.enrollDevice(e)
	require.Equal(s.t, map[invitation.Channel]int{invitation.ChannelMail: 1}, s.channels(s.plan(ofUser(u))), "its user has yet to log in")
	s.renew(user("1"))
	goesTo("1")
}

// enrollShared: a Shared iPad is invited over its owner's channel alone.
func enrollShared(s *campus) {
	s.ready()
	u := s.change(s.user("u").ID, func(u *people.User) { u.ManagedAppleAccount = "asa@school.example.org" })
	e, _ := s.managed(u)
	person := func(account string) people.MDMChannel {
		m := channelOf(e)
		m.Kind, m.EnrollmentID, m.Account, m.Token = people.MDMSharedIPad, e.EnrollmentID+":"+account, account, "cc"
		return m
	}
	mdm := func() bool { p, _ := s.byUDID(e).PushOf(people.PushMDM); return p.Live() }
	require.True(s.t, mdm())
	s.renew(person("somebody@school.example.org"))
	require.False(s.t, mdm(), "its device channel would ask whoever is on it")
	s.renew(channelOf(e))
	require.False(s.t, mdm())
	s.renew(person("Asa@school.example.org"))
	require.True(s.t, mdm())
	s.renew(channelOf(e))
	s.renew(person("somebody@school.example.org"))
	require.Equal(s.t, "cc", s.byUDID(e).Push[0].Token)
	require.True(s.t, mdm())
}

// enrollAgain: an enrollment clears the queue, so what was queued goes again,
// once the device can be woken.
func enrollAgain(s *campus) {
	s.ready()
	for _, shown := range []bool{false, true} {
		u, e, uuid := s.invited(invitation.PolicyAuto)
		if shown {
			s.report(uuid, shows)
		}
		state, story := s.only(u).State, s.story(s.only(u).ID)
		s.clock.Advance(3 * day)
		s.queue(s.claim(u)[0]) // the first reminder
		for range 2 {
			_, woken := s.enrollDevice(e)
			require.LessOrEqual(s.t, len(woken.Users), 1)
		}
		require.Equal(s.t, invitation.WaitingDevice, s.only(u).WaitingFor)
		require.Equal(s.t, s.clock.Now().Add(day), s.next(u).At)
		s.clock.Advance(time.Minute)
		require.Equal(s.t, invitation.Woken{Users: []string{u.ID}}, s.renew(channelOf(e)))
		require.Zero(s.t, s.renew(channelOf(e)))
		require.Equal(s.t, state, s.only(u).State)
		m := s.claim(u)
		require.Len(s.t, m, 1)
		second := s.queue(m[0])
		require.NotEqual(s.t, uuid, second)
		require.Equal(s.t, s.clock.Now().Add(2*day-time.Minute), s.next(u).At, "the second reminder is next, on its day")
		require.Equal(s.t, append(story, "reminder_accepted", "reenrolled", "delivery_accepted"), s.story(s.only(u).ID))
		require.Zero(s.t, s.report(uuid, refuses), "the old command decides nothing")
		s.report(second, shows)
		require.Equal(s.t, invitation.Shown, s.only(u).State)
		require.Equal(s.t, invitation.ChannelMDM, s.only(u).Channel)
	}
}

// enrollOnTheWire: what was on the wire when the queue was cleared is no delivery.
func enrollOnTheWire(s *campus) {
	s.ready()
	u := s.user("u")
	e, _ := s.managed(u)
	s.send(ofUser(u))
	m := s.claim(u)
	s.keep(m[0])
	s.mark(m...)
	_, woken := s.enrollDevice(e)
	require.Equal(s.t, []string{u.ID}, woken.Users)
	s.answer(took, m...)
	s.renew(channelOf(e))
	again := s.claim(u)
	require.Len(s.t, again, 1, "the device does not have it")
	s.report(s.queue(again[0]), shows)
	require.Equal(s.t, invitation.Shown, s.only(u).State)
	require.Empty(s.t, s.claim(u))
}

// enrollNeverBack: an enrollment that is never completed lets another channel
// stand in after a day.
func enrollNeverBack(s *campus) {
	s.ready()
	u := s.user("u")
	e := s.iPad(u, "Mac")
	e.Platform = people.MacOS
	s.enrollDevice(e)
	m := channelOf(e)
	m.Kind, m.EnrollmentID = people.MDMUser, e.EnrollmentID+":1"
	s.renew(m)
	s.send(ofUser(u))
	s.queue(s.claim(u)[0])
	s.enrollDevice(e)
	require.Empty(s.t, s.claim(u))
	s.clock.Advance(day)
	mail := s.deliver(u)
	require.Len(s.t, mail, 1)
	require.Equal(s.t, invitation.ChannelMail, mail[0].Channel)
}

// deviceLeft: what a device that left was not shown goes another way under auto.
func deviceLeft(s *campus) {
	s.ready()
	leave := func(e people.EnrolledDevice) invitation.Woken {
		s.t.Helper()
		woken, err := s.DeviceLeft(s.t.Context(), e.EnrollmentID, time.Time{})
		require.NoError(s.t, err)
		return woken
	}
	u, e, _ := s.invited(invitation.PolicyAuto)
	require.Equal(s.t, invitation.Woken{Users: []string{u.ID}}, leave(e))
	require.Zero(s.t, leave(e))
	d := s.byUDID(e)
	require.False(s.t, d.Push[0].Live())
	require.Equal(s.t, []string{"device.enroll", "device.mdm_channel", "device.leave"}, s.actions(d.ID))
	require.Equal(s.t, invitation.ChannelMail, s.deliver(u)[0].Channel)
	s.renew(channelOf(e))
	require.True(s.t, s.byUDID(e).Push[0].Live(), "a TokenUpdate revives it")

	v, e, uuid := s.invited(invitation.PolicyAuto)
	s.report(uuid, shows)
	require.Zero(s.t, leave(e))
	require.Equal(s.t, invitation.ChannelMDM, s.only(v).Channel, "the person has seen it")

	w, e, _ := s.invited(invitation.PolicyPush)
	require.Zero(s.t, leave(e))
	require.Equal(s.t, invitation.Sent, s.only(w).State)
	require.Equal(s.t, s.only(w).ExpiresAt, func() time.Time { s.clock.Advance(2 * day); return s.next(w).At }(), "reminders have no way")
}

// toldLate: what an MDM server elsewhere tells comes in any order.
func toldLate(s *campus) {
	s.ready()
	u, e, uuid := s.invited(invitation.PolicyAuto)
	first := s.clock.Now()
	s.clock.Advance(time.Hour)
	again := s.clock.Now()
	s.clock.Advance(time.Minute)

	renewed := channelOf(e)
	renewed.Token, renewed.At = "bb", again.Add(time.Second)
	s.renew(renewed)
	old := channelOf(e)
	old.At = first
	s.renew(old)
	require.Equal(s.t, "bb", s.byUDID(e).Push[0].Token, "an older token is no news")
	left, err := s.DeviceLeft(s.t.Context(), e.EnrollmentID, again)
	require.NoError(s.t, err)
	require.Zero(s.t, left, "it has enrolled since")
	require.True(s.t, s.byUDID(e).Push[0].Live())

	e.At = again
	_, woken := s.enrollDevice(e)
	require.Equal(s.t, invitation.Woken{Users: []string{u.ID}}, woken)
	m := s.claim(u)
	require.Len(s.t, m, 1, "its channel is there already")
	require.NotEqual(s.t, uuid, s.queue(m[0]))

	s.clock.Advance(time.Minute)
	_, err = s.DeviceLeft(s.t.Context(), e.EnrollmentID, s.clock.Now())
	require.NoError(s.t, err)
	before := channelOf(e)
	before.At = s.clock.Now().Add(-time.Second)
	s.renew(before)
	require.False(s.t, s.byUDID(e).Push[0].Live(), "it has left since")

	future := channelOf(e)
	future.Token, future.At = "cc", s.clock.Now().Add(day)
	s.renew(future)
	require.Equal(s.t, s.clock.Now(), s.byUDID(e).Push[0].UpdatedAt, "another clock that runs ahead")
}
