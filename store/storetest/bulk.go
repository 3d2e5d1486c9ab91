package storetest

import (
	"sync"
	"sync/atomic"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// again: one invitation resent and extended.
func resend(s *campus) {
	u := s.user("u")
	s.device(u, "one")
	s.device(u, "two")
	s.send(ofUser(u))
	first := s.deliver(u)
	s.clock.Advance(day)
	all := s.invitations(invitation.Filter{UserID: u.ID})
	for range 2 {
		decided, err := s.ResendInvitation(s.t.Context(), actor, all[0].ID, "batch")
		require.NoError(s.t, err)
		require.Equal(s.t, u.ID, decided.UserID)
	}
	mail := s.deliver(u)
	require.Len(s.t, mail, 1)
	require.NotEqual(s.t, first[0].SendKey, mail[0].SendKey)
	require.Len(s.t, mail[0].Devices, 1)
	s.clock.Advance(day)
	_, err := s.ResendInvitation(s.t.Context(), actor, all[1].ID, "batch")
	require.NoError(s.t, err)
	require.Empty(s.t, s.claim(u), "the mail of this batch has left")
	require.Equal(s.t, 2, s.invitation(all[1].ID).Attempts, "and covers this one too")
	_, err = s.ResendInvitation(s.t.Context(), actor, all[0].ID, "batch")
	require.NoError(s.t, err)
	require.Empty(s.t, s.claim(u), "resending in the same batch does nothing new")

	one := s.invitation(all[0].ID)
	require.Equal(s.t, s.clock.Now().Add(-day).Add(schedule().ExpiresAfter), one.ExpiresAt)
	require.Equal(s.t, []string{"created", "delivery_accepted", "delivery_accepted", "resent"}, s.story(one.ID))
	require.Equal(s.t, []string{"invitation.resend"}, s.actions(one.ID))
	require.Equal(s.t, s.clock.Now().Add(4*day), s.next(u).At, "reminders count from the first taken delivery of the batch")
}

func extend(s *campus) {
	u := s.user("u")
	s.device(u, "device")
	s.send(ofUser(u))
	s.deliver(u)
	s.clock.Advance(3 * day)
	one := s.only(u)
	for range 2 {
		require.NoError(s.t, s.AskNewLink(s.t.Context(), one.ID))
	}
	require.True(s.t, s.only(u).Marked)
	require.True(s.t, s.view(one.ID).NewLinkAsked)
	_, err := s.ExtendInvitation(s.t.Context(), actor, one.ID)
	require.NoError(s.t, err)
	one = s.only(u)
	require.False(s.t, one.Marked, "an administrator has answered")
	require.Equal(s.t, s.clock.Now().Add(schedule().ExpiresAfter), one.ExpiresAt)
	require.Equal(s.t, s.clock.Now().Add(2*day), s.next(u).At, "the reminders stay where they were")
	require.Equal(s.t, []string{"created", "delivery_accepted", "new_link_asked", "extended"}, s.story(one.ID))
	require.Equal(s.t, []string{"invitation.new_link_asked", "invitation.extend"}, s.actions(one.ID))

	for _, err := range []error{
		s.AskNewLink(s.t.Context(), "none"), s.StopReminders(s.t.Context(), "none"),
	} {
		requireCode(s.t, err, fault.NotFound)
	}
	_, err = s.ExtendInvitation(s.t.Context(), actor, "none")
	requireCode(s.t, err, fault.NotFound)
	_, err = s.ResendInvitation(s.t.Context(), actor, "none", "batch")
	requireCode(s.t, err, fault.NotFound)
	_, err = s.CancelInvitation(s.t.Context(), actor, "none")
	requireCode(s.t, err, fault.NotFound)
}

// askAfterExpiry: the page of an expired invitation asks for a new link.
func askAfterExpiry(s *campus) {
	u := s.user("u")
	s.device(u, "device")
	s.send(ofUser(u))
	s.clock.Advance(schedule().ExpiresAfter)
	s.record(u)
	require.NoError(s.t, s.AskNewLink(s.t.Context(), s.only(u).ID))
	require.True(s.t, s.only(u).Marked)
	require.Equal(s.t, invitation.Expired, s.only(u).State)
	require.Empty(s.t, s.claim(u))
	require.Equal(s.t, 1, s.counts().Marked)
}

// answerAskers: whoever asked for a new link and is invited again, enrolled or
// gone needs nobody's attention any more.
func answerAskers(s *campus) {
	askers := func(n int) []people.User {
		var users []people.User
		for range n {
			u := s.user("asker")
			s.live(u, "device")
			users = append(users, u)
		}
		s.write(s.send(ofGroup(s.group(users...))))
		s.clock.Advance(schedule().ExpiresAfter)
		for _, u := range users {
			s.record(u)
			require.NoError(s.t, s.AskNewLink(s.t.Context(), s.only(u).ID))
		}
		return users
	}
	users := askers(5)
	require.Equal(s.t, 5, s.counts().Marked)
	s.send(ofUser(users[0]))
	require.Equal(s.t, 4, s.counts().Marked, "invited alone")
	s.write(s.send(ofGroup(s.group(users[1], users[2]))))
	require.Equal(s.t, 2, s.counts().Marked, "invited as a group")
	require.NoError(s.t, s.DeleteUser(s.t.Context(), actor, users[3].ID, nil))
	require.Equal(s.t, 1, s.counts().Marked, "deleted")
	require.Len(s.t, s.invitations(invitation.Filter{Marked: true}), 1)

	s.device(users[4], "another")
	open := s.later(users[4])
	require.NoError(s.t, s.AskNewLink(s.t.Context(), s.expired(users[4])))
	require.Equal(s.t, 1, s.counts().Marked)
	s.say(invitation.Accept, open.ID)
	s.record(users[4])
	require.Zero(s.t, s.counts().Marked, "enrolled")
}

// later invites a user again, and returns the invitation that is open.
func (s *campus) later(u people.User) invitation.Invitation {
	s.t.Helper()
	s.send(ofUser(u))
	for _, i := range s.invitations(invitation.Filter{UserID: u.ID}) {
		if i.State.Open() {
			return i
		}
	}
	s.t.Fatal("nothing is open")
	return invitation.Invitation{}
}

// expired is an invitation of a user that expired.
func (s *campus) expired(u people.User) string {
	s.t.Helper()
	over := s.invitations(invitation.Filter{UserID: u.ID, State: invitation.Expired})
	require.NotEmpty(s.t, over)
	return over[0].ID
}

// class makes a group of n users with one open invitation each.
func (s *campus) class(n int) ([]people.User, invitation.Send) {
	s.t.Helper()
	var users []people.User
	for range n {
		u := s.user("u")
		s.live(u, "device")
		users = append(users, u)
	}
	send := s.send(ofGroup(s.group(users...)))
	s.write(send)
	return users, send
}

func (s *campus) bulk(action invitation.Action, f invitation.Filter) invitation.Bulk {
	s.t.Helper()
	b, err := s.CreateBulk(s.t.Context(), actor, action, f)
	require.NoError(s.t, err)
	return b
}

func bulkSteps(s *campus) {
	users, send := s.class(5)
	s.say(invitation.Decline, s.only(users[0]).ID)
	b := s.bulk(invitation.Cancel, invitation.Filter{SendID: send.ID})
	require.Equal(s.t, 4, b.Count)
	require.Equal(s.t, []string{"bulk.cancel"}, s.actions(b.ID))
	open, err := s.OpenBulks(s.t.Context())
	require.NoError(s.t, err)
	require.Equal(s.t, []string{b.ID}, open)

	var wake, sends []string
	for finished := false; !finished; {
		step, err := s.StepBulk(s.t.Context(), b.ID, 3)
		require.NoError(s.t, err)
		wake, sends, finished = append(wake, step.Wake...), append(sends, step.Sends...), step.Finished
	}
	require.ElementsMatch(s.t, names(users[1:], func(u people.User) string { return u.ID }), wake)
	require.Equal(s.t, []string{send.ID}, sends)
	require.Equal(s.t, 4, s.again(send).Counts[invitation.Cancelled])
	require.Equal(s.t, []string{"invitation.cancel"}, s.actions(s.only(users[1]).ID))

	read, err := s.Bulk(s.t.Context(), b.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, []int{4, 4, 0}, []int{read.Count, read.Done, read.Skipped})
	require.Equal(s.t, s.clock.Now(), read.FinishedAt)
	step, err := s.StepBulk(s.t.Context(), b.ID, 3)
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.BulkStep{Finished: true}, step)
	open, err = s.OpenBulks(s.t.Context())
	require.NoError(s.t, err)
	require.Empty(s.t, open)

	_, err = s.CreateBulk(s.t.Context(), actor, "praise", invitation.Filter{})
	requireCode(s.t, err, fault.InvalidRequest)
	_, err = s.CreateBulk(s.t.Context(), actor, invitation.Cancel, invitation.Filter{State: "odd"})
	requireCode(s.t, err, fault.InvalidRequest)
	for _, try := range []func() error{
		func() error { _, err := s.Bulk(s.t.Context(), "none"); return err },
		func() error { _, err := s.StepBulk(s.t.Context(), "none", 1); return err },
	} {
		requireCode(s.t, try(), fault.NotFound)
	}
}

// bulkOnce: an id stands for one bulk action, however often it is begun.
func bulkOnce(s *campus) {
	_, send := s.class(3)
	id := "0192f0c1-7f60-7c3e-9a51-000000000001"
	first, fresh, err := s.CreateBulkOnce(s.t.Context(), actor, id, invitation.Extend, invitation.Filter{SendID: send.ID})
	require.NoError(s.t, err)
	require.True(s.t, fresh)
	require.Equal(s.t, []any{id, 3}, []any{first.ID, first.Count})
	for _, other := range []invitation.Filter{{SendID: send.ID}, {}} {
		again, fresh, err := s.CreateBulkOnce(s.t.Context(), actor, id, invitation.Extend, other)
		require.NoError(s.t, err)
		require.False(s.t, fresh)
		require.Equal(s.t, first.Filter, again.Filter)
		require.Equal(s.t, first.CreatedAt, again.CreatedAt)
	}
	open, err := s.OpenBulks(s.t.Context())
	require.NoError(s.t, err)
	require.Equal(s.t, []string{id}, open)
	require.Equal(s.t, []string{"bulk.extend"}, s.actions(id))
}

// bulkAtOnce takes the steps of one action by two processes.
func bulkAtOnce(s *campus) {
	users, send := s.class(12)
	b := s.bulk(invitation.Resend, invitation.Filter{SendID: send.ID})
	var woken atomic.Int32
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				step, err := s.StepBulk(s.t.Context(), b.ID, 2)
				if err != nil {
					s.t.Errorf("stepping: %v", err)
					return
				}
				woken.Add(int32(len(step.Wake)))
				if step.Finished {
					return
				}
			}
		})
	}
	wg.Wait()
	require.EqualValues(s.t, 12, woken.Load())
	for _, u := range users {
		require.Len(s.t, s.deliver(u), 1)
		require.Equal(s.t, []string{"invitation.resend"}, s.actions(s.only(u).ID), "each once")
	}
}

// bulkExpired: what expired without a sweep is skipped.
func bulkExpired(s *campus) {
	_, send := s.class(2)
	b := s.bulk(invitation.Extend, invitation.Filter{SendID: send.ID})
	s.clock.Advance(schedule().ExpiresAfter)
	step, err := s.StepBulk(s.t.Context(), b.ID, 10)
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.BulkStep{Finished: true}, step)
	read, err := s.Bulk(s.t.Context(), b.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, 2, read.Skipped)
}
