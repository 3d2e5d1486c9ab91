package storetest

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

// answerAtOnce: of all that would settle an invitation at once, one wins.
func answerAtOnce(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	send := s.send(ofUser(u))
	s.deliver(u)
	one := s.only(u)
	var won atomic.Int32
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			var err error
			switch i % 3 {
			case 0:
				_, err = s.Answer(s.t.Context(), one.ID, invitation.Accept, people.Actor{Kind: people.ActorUser}, invitation.SourcePage)
			case 1:
				_, err = s.Answer(s.t.Context(), one.ID, invitation.Decline, actor, invitation.SourceAPI)
			default:
				_, err = s.CancelInvitation(s.t.Context(), actor, one.ID)
			}
			if err == nil {
				won.Add(1)
			} else if !fault.Is(err, fault.InvitationSettled) {
				s.t.Errorf("answering: %v", err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(s.t, 1, won.Load())
	read := s.again(send)
	require.Equal(s.t, invitation.SendSettled, read.State)
	require.Equal(s.t, 1, read.Counts[s.only(u).State])
	require.Len(s.t, s.story(one.ID), 3, "created, delivered, settled once")
	require.Len(s.t, s.actions(one.ID), 1)
}

// answerSettled: every way on from a settled state is refused.
func answerSettled(s *campus) {
	ctx := s.t.Context()
	for _, end := range invitation.SettledStates {
		u := s.user("u")
		s.device(u, "device")
		send := s.send(ofUser(u))
		one := s.only(u)
		s.settleAs(u, one.ID, end)
		require.Equal(s.t, end, s.only(u).State)
		for _, try := range []func() error{
			func() error {
				_, err := s.Answer(ctx, one.ID, invitation.Accept, actor, invitation.SourceAPI)
				return err
			},
			func() error {
				_, err := s.Answer(ctx, one.ID, invitation.Decline, actor, invitation.SourceAPI)
				return err
			},
			func() error { _, err := s.CancelInvitation(ctx, actor, one.ID); return err },
			func() error { _, err := s.ResendInvitation(ctx, actor, one.ID, "batch"); return err },
			func() error { _, err := s.ExtendInvitation(ctx, actor, one.ID); return err },
		} {
			requireCode(s.t, try(), fault.InvitationSettled)
		}
		require.NoError(s.t, s.CancelUser(ctx, actor, u.ID, "reason"))
		s.record(u)
		require.Equal(s.t, end, s.only(u).State)
		require.Equal(s.t, 1, s.again(send).Counts[end])
	}
	_, err := s.Answer(ctx, "none", invitation.Accept, actor, invitation.SourceAPI)
	requireCode(s.t, err, fault.NotFound)
	_, err = s.Answer(ctx, "none", "perhaps", actor, invitation.SourceAPI)
	requireCode(s.t, err, fault.InvalidRequest)
}

// settleAs ends a user's one invitation, which nobody has delivered yet.
func (s *campus) settleAs(u people.User, id string, end invitation.State) {
	s.t.Helper()
	switch end {
	case invitation.Accepted:
		s.say(invitation.Accept, id)
	case invitation.Declined:
		s.say(invitation.Decline, id)
	case invitation.Expired:
		s.clock.Advance(schedule().ExpiresAfter)
		s.record(u)
	case invitation.Cancelled:
		_, err := s.CancelInvitation(s.t.Context(), actor, id)
		require.NoError(s.t, err)
	default:
		m := s.claim(u)
		s.mark(m...)
		s.answer(invitation.Outcome{Class: invitation.Refused, Answer: "no"}, m...)
	}
}

// answerExpired: the clock decides, without anybody sweeping.
func answerExpired(s *campus) {
	u := s.user("u")
	s.live(u, "device")
	send := s.send(ofUser(u))
	s.deliver(u)
	one := s.only(u)
	s.clock.Advance(schedule().ExpiresAfter - time.Microsecond)
	view := s.view(one.ID)
	require.Equal(s.t, invitation.Sent, view.State)
	s.clock.Advance(time.Microsecond)
	view = s.view(one.ID)
	require.Equal(s.t, invitation.Expired, view.State)
	require.Equal(s.t, one.ExpiresAt, view.SettledAt)
	_, err := s.Answer(s.t.Context(), one.ID, invitation.Accept, actor, invitation.SourceAPI)
	requireCode(s.t, err, fault.InvitationSettled)
	_, err = s.ExtendInvitation(s.t.Context(), actor, one.ID)
	requireCode(s.t, err, fault.InvitationSettled)
	require.Empty(s.t, s.claim(u))
	_, err = s.CancelSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, invitation.Expired, s.only(u).State, "the expiry was first")
	require.True(s.t, s.record(u).Next.Done)
	require.Equal(s.t, people.Invited, s.reread(u).State)
}

// answerByRealClock leaves the time to the database.
func answerByRealClock(t *testing.T, st *store.Store) {
	t.Helper()
	s := campusOf(t, st, nil)
	u := s.user("u")
	s.live(u, "device")
	s.sendBy(ofUser(u), invitation.Schedule{ExpiresAfter: 300 * time.Millisecond})
	one := s.only(u)
	require.Eventually(t, func() bool { return s.view(one.ID).State == invitation.Expired }, 10*time.Second, 20*time.Millisecond)
	_, err := s.Answer(t.Context(), one.ID, invitation.Accept, actor, invitation.SourceAPI)
	requireCode(t, err, fault.InvitationSettled)
	require.True(t, s.record(u).Next.Done)
	require.Equal(t, invitation.Expired, s.only(u).State)
}

func recordAcceptance(s *campus) {
	u := s.user("u")
	s.live(u, "one")
	s.live(u, "two")
	group := s.send(ofGroup(s.group(u)))
	s.write(group)
	s.deliver(u)
	all := s.invitations(invitation.Filter{UserID: u.ID})
	decided := s.say(invitation.Accept, all[0].ID)
	require.Equal(s.t, invitation.Decided{UserID: u.ID}, decided, "the send has another open one")
	require.Equal(s.t, people.Invited, s.reread(u).State, "the enrollment is recorded after")
	unrecorded, err := s.UnrecordedUsers(s.t.Context(), 10)
	require.NoError(s.t, err)
	require.Len(s.t, unrecorded, 1)

	s.clock.Advance(time.Minute)
	r := s.record(u)
	require.True(s.t, r.Next.Done)
	require.Equal(s.t, []string{group.ID}, r.SettledSends)
	require.Equal(s.t, invitation.SendSettled, s.again(group).State)
	enrolled := s.reread(u)
	require.Equal(s.t, people.Enrolled, enrolled.State)
	require.Equal(s.t, s.clock.Now().Add(-time.Minute), enrolled.EnrolledAt, "by the time of the answer")
	require.Equal(s.t, []string{"enrollment.create"}, s.actions(u.ID)[1:])
	for _, i := range s.invitations(invitation.Filter{UserID: u.ID}) {
		require.Equal(s.t, invitation.Accepted, i.State)
	}

	again := s.record(u)
	require.Equal(s.t, invitation.Recorded{Next: invitation.Next{Done: true}}, again)
	unrecorded, err = s.UnrecordedUsers(s.t.Context(), 10)
	require.NoError(s.t, err)
	require.Empty(s.t, unrecorded)
	require.Equal(s.t, []string{"user.create", "enrollment.create"}, s.actions(u.ID))
}

// recordRefusal settles what was open when the user declined, nothing that
// came after.
func recordRefusal(s *campus) {
	u := s.user("u")
	s.live(u, "one")
	s.live(u, "two")
	s.send(ofUser(u))
	s.deliver(u)
	s.say(invitation.Decline, s.invitations(invitation.Filter{UserID: u.ID})[0].ID)
	s.clock.Advance(time.Second)
	third := s.live(u, "three")
	s.send(ofUser(u))

	require.False(s.t, s.record(u).Next.Done)
	require.Equal(s.t, people.Invited, s.reread(u).State)
	states := map[invitation.State]int{}
	for _, i := range s.invitations(invitation.Filter{UserID: u.ID}) {
		states[i.State]++
	}
	require.Equal(s.t, map[invitation.State]int{invitation.Declined: 2, invitation.Queued: 2}, states)
	require.Equal(s.t, invitation.Queued, s.invitations(invitation.Filter{DeviceID: third.ID})[0].State)
}

// recordAtOnce records one answer many times at once.
func recordAtOnce(s *campus) {
	u := s.user("u")
	s.live(u, "one")
	s.live(u, "two")
	send := s.send(ofGroup(s.group(u)))
	s.write(send)
	s.say(invitation.Accept, s.invitations(invitation.Filter{UserID: u.ID})[0].ID)
	var wg sync.WaitGroup
	var over atomic.Int32
	for range 8 {
		wg.Go(func() {
			r, err := s.Record(s.t.Context(), u.ID)
			if err != nil {
				s.t.Errorf("recording: %v", err)
			}
			over.Add(int32(len(r.SettledSends)))
		})
	}
	wg.Wait()
	require.EqualValues(s.t, 1, over.Load(), "one of them settled the send")
	require.Equal(s.t, []string{"user.create", "enrollment.create"}, s.actions(u.ID))
}

// sendsSettled: a send's last open invitation tells of it, exactly once.
func sendsSettled(s *campus) {
	var users []people.User
	for range 12 {
		u := s.user("u")
		s.live(u, "device")
		users = append(users, u)
	}
	send := s.send(ofGroup(s.group(users...)))
	s.write(send)
	var over atomic.Int32
	var wg sync.WaitGroup
	for _, u := range users {
		one := s.only(u)
		wg.Go(func() {
			decided, err := s.Answer(s.t.Context(), one.ID, invitation.Accept, actor, invitation.SourceAPI)
			if err != nil {
				s.t.Errorf("answering: %v", err)
			}
			over.Add(int32(len(decided.SettledSends)))
		})
	}
	wg.Wait()
	require.EqualValues(s.t, 1, over.Load())
	read := s.again(send)
	require.Equal(s.t, invitation.SendSettled, read.State)
	require.Equal(s.t, 12, read.Counts[invitation.Accepted])
	require.Equal(s.t, s.clock.Now(), read.SettledAt)
}

func deleteEnrollment(s *campus) {
	u := s.user("u")
	requireCode(s.t, s.DeleteEnrollment(s.t.Context(), actor, u.ID), fault.NotFound)
	s.enroll(u)
	require.NoError(s.t, s.DeleteEnrollment(s.t.Context(), actor, u.ID))
	after := s.reread(u)
	require.Equal(s.t, people.Invited, after.State)
	require.Zero(s.t, after.EnrolledAt)
	require.Equal(s.t, []string{"user.create", "enrollment.create", "enrollment.delete"}, s.actions(u.ID))
	s.enroll(u)
	requireCode(s.t, s.DeleteEnrollment(s.t.Context(), actor, "none"), fault.NotFound)
}

func listEnrollments(s *campus) {
	var users []people.User
	for range 5 {
		u := s.user("u")
		s.enroll(u)
		s.clock.Advance(time.Second)
		users = append(users, u)
	}
	g := s.group(users[0], users[3])
	list := func(groupID string) []string {
		var got []string
		for after := (people.Cursor{}); ; {
			page, err := s.ListEnrollments(s.t.Context(), groupID, after, 2)
			require.NoError(s.t, err)
			for _, e := range page.Items {
				require.Equal(s.t, invitation.SourcePage, e.Source)
				got = append(got, e.UserID)
			}
			if page.Next == nil {
				return got
			}
			after = *page.Next
		}
	}
	require.Equal(s.t, []string{users[4].ID, users[3].ID, users[2].ID, users[1].ID, users[0].ID}, list(""))
	require.Equal(s.t, []string{users[3].ID, users[0].ID}, list(g.ID))
	_, err := s.ListEnrollments(s.t.Context(), "", people.Cursor{Key: "x", ID: "y"}, 2)
	requireCode(s.t, err, fault.InvalidRequest)
	_, err = s.ListEnrollments(s.t.Context(), "", people.Cursor{ID: "y"}, 2)
	requireCode(s.t, err, fault.InvalidRequest)
}
