package storetest

import (
	"strconv"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// pageBounds: a page ends after its last user, and writing it again does not
// write it twice.
func pageBounds(s *campus) {
	var users []people.User
	for i := range 3 {
		u := s.user(strconv.Itoa(i))
		for range 3 {
			s.live(u, "device")
		}
		users = append(users, u)
	}
	send := s.send(ofGroup(s.group(users...)))
	write := func(from, size int) invitation.Page {
		page, err := s.WritePage(s.t.Context(), send.ID, from, size)
		require.NoError(s.t, err)
		return page
	}
	require.Equal(s.t, invitation.Page{Next: 6}, write(0, 4))
	require.Equal(s.t, invitation.Page{Next: 6}, write(0, 4))
	require.Len(s.t, s.invitations(invitation.Filter{}), 6)
	require.Equal(s.t, 9, s.again(send).Counts[invitation.Queued])
	require.Equal(s.t, invitation.Page{Next: 3}, write(0, 3), "exactly one user")
	require.Equal(s.t, invitation.Page{Next: 9, Last: true}, write(0, 9), "a larger page over what is written")
	require.Equal(s.t, invitation.Page{Next: 9, Last: true}, write(6, 4))
	require.Len(s.t, s.invitations(invitation.Filter{SendID: send.ID}), 9)
	require.Equal(s.t, 9, s.again(send).Counts[invitation.Queued])
	_, err := s.WritePage(s.t.Context(), "none", 0, 1)
	requireCode(s.t, err, fault.NotFound)
}

// pageCheck: a target that no longer holds is cancelled with the reason.
func pageCheck(s *campus) {
	for reason, change := range map[invitation.Reason]func(people.User, people.Device, people.Group){
		invitation.Deleted: func(u people.User, _ people.Device, _ people.Group) {
			require.NoError(s.t, s.DeleteUser(s.t.Context(), actor, u.ID, nil))
		},
		invitation.ServicesOff: func(u people.User, _ people.Device, _ people.Group) { s.change(u.ID, noServices) },
		invitation.Disabled:    func(u people.User, _ people.Device, _ people.Group) { leave(s.t, s.Store, u) },
		invitation.AlreadyEnrolled: func(u people.User, _ people.Device, _ people.Group) {
			s.enroll(u)
		},
		invitation.Reassigned: func(_ people.User, d people.Device, _ people.Group) {
			_, err := s.UpdateDevice(s.t.Context(), actor, d.ID, nil, func(d people.Device) (people.Device, error) {
				d.UserID = ""
				return d, nil
			})
			require.NoError(s.t, err)
		},
		invitation.NotAMember: func(_ people.User, _ people.Device, g people.Group) {
			_, err := s.SetMembers(s.t.Context(), actor, g.ID, nil, nil)
			require.NoError(s.t, err)
		},
	} {
		u := s.user("u")
		d := s.live(u, "device")
		g := s.group(u)
		send := s.send(ofGroup(g))
		change(u, d, g)
		s.write(send)
		one := s.invitations(invitation.Filter{SendID: send.ID})
		require.Len(s.t, one, 1, reason)
		require.Equal(s.t, invitation.Cancelled, one[0].State, reason)
		require.Equal(s.t, string(reason), one[0].LastAnswer)
		require.Equal(s.t, []string{"created", "cancelled"}, s.story(one[0].ID))
		require.Equal(s.t, invitation.SendSettled, s.again(send).State, "nothing of it is open")
		require.Empty(s.t, s.claim(u))
	}
}

func pageInvitedMeanwhile(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	r := ofGroup(s.group(u))
	r.Audience = invitation.NotInvited
	send := s.send(r)
	s.send(ofUser(u))
	s.deliver(u)
	s.write(send)
	require.Equal(s.t, 1, s.again(send).Counts[invitation.Cancelled])
	require.Equal(s.t, string(invitation.PreviouslyInvited), s.invitations(invitation.Filter{State: invitation.Cancelled})[0].LastAnswer)
}

// pageAgain: a device with an open invitation gets another attempt of it.
func pageAgain(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	first := s.send(ofUser(u))
	s.deliver(u)
	require.NoError(s.t, s.StopReminders(s.t.Context(), s.only(u).ID))
	s.clock.Advance(24 * time.Hour)

	second := s.send(ofGroup(s.group(u)))
	s.write(second)
	one := s.only(u)
	require.Equal(s.t, invitation.Sent, one.State)
	require.Equal(s.t, []string{first.ID, second.ID}, one.SendIDs)
	require.Equal(s.t, s.clock.Now().Add(schedule().ExpiresAfter), one.ExpiresAt, "the time begins anew")
	require.Equal(s.t, one.ID, s.targets(s.planOf(second))[0].InvitationID)
	require.Equal(s.t, 1, s.again(first).Counts[invitation.Sent])
	require.Equal(s.t, 1, s.again(second).Counts[invitation.Sent])

	messages := s.deliver(u)
	require.Len(s.t, messages, 1)
	require.Equal(s.t, one.ID, messages[0].InvitationID)
	require.Equal(s.t, s.clock.Now().Add(2*24*time.Hour), s.next(u).At, "so do the reminders")
	require.Equal(s.t, []string{"created", "delivery_accepted", "reminders_stopped", "delivery_accepted", "invited_again"}, s.story(one.ID))

	s.say(invitation.Accept, one.ID)
	for _, send := range []invitation.Send{first, second} {
		require.Equal(s.t, invitation.SendSettled, s.again(send).State)
	}
}

// pageJoined: a first delivery that did not leave yet is joined.
func pageJoined(s *campus) {
	for name, before := range map[string]func(people.User) []invitation.Message{
		"unclaimed": func(people.User) []invitation.Message { return nil },
		"claimed":   s.claim,
	} {
		u := s.user("u")
		s.live(u, "device")
		s.send(ofUser(u))
		held := before(u)
		s.send(ofUser(u))
		require.Len(s.t, s.deliver(u), 1, name)
		marked, err := s.Commit(s.t.Context(), names(held, func(m invitation.Message) string { return m.DeliveryID }), nil)
		require.NoError(s.t, err)
		require.Empty(s.t, marked, "the older claim may not leave any more")
		require.Empty(s.t, s.claim(u))
		require.Equal(s.t, 1, s.only(u).Attempts)
	}
}

// pageExpired: nothing revives an invitation that is past its expiry.
func pageExpired(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	first := s.send(ofUser(u))
	s.clock.Advance(schedule().ExpiresAfter)
	second := s.send(ofUser(u))
	all := s.invitations(invitation.Filter{UserID: u.ID})
	require.Len(s.t, all, 2)
	require.Equal(s.t, invitation.Expired, all[0].State)
	require.Equal(s.t, invitation.Queued, all[1].State)
	require.Equal(s.t, invitation.SendSettled, s.again(first).State)
	require.Equal(s.t, []string{second.ID}, all[1].SendIDs)
}

func pageHalt(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	send := s.send(ofGroup(s.group(u)))
	_, err := s.PauseSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	page, err := s.WritePage(s.t.Context(), send.ID, 0, 10)
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.HaltPaused, page.Halt)
	require.Empty(s.t, s.invitations(invitation.Filter{}))
	claim, err := s.ClaimPage(s.t.Context(), send.ID, 0, 1)
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.HaltPaused, claim.Halt)
	_, err = s.ResumeSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	s.write(send)
	claim, err = s.ClaimPage(s.t.Context(), send.ID, 0, 1)
	require.NoError(s.t, err)
	require.Len(s.t, claim.Messages, 1)
	s.say(invitation.Accept, s.only(u).ID)
	halt, err := s.SendHalt(s.t.Context(), send.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.HaltOver, halt)
}
