package storetest

import (
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

func (s *campus) unregistered(send invitation.Send, from, to, limit int) []string {
	s.t.Helper()
	list, _, err := s.Unregistered(s.t.Context(), location, send.ID, from, to, limit)
	require.NoError(s.t, err)
	return names(list, func(a content.NewAccount) string { return a.UserID })
}

func (s *campus) needsRegistration(u people.User) bool {
	s.t.Helper()
	_, ok, err := s.UserUnregistered(s.t.Context(), location, u.ID)
	require.NoError(s.t, err)
	return ok
}

// registerWhom: those for whom something is due and who are not registered.
func registerWhom(s *campus) {
	s.installToken()
	known, fresh, off, accepted := s.user("known"), s.user("fresh"), s.user("off"), s.user("accepted")
	send := s.send(by(invitation.PolicyMail, ofGroup(s.group(known, fresh, off, accepted))))
	require.False(s.t, s.needsRegistration(fresh), "nothing is written yet")
	s.register(known, accepted)
	s.apply(joined(accepted))
	s.change(off.ID, noServices)
	s.write(send)
	require.Equal(s.t, []string{fresh.ID}, s.unregistered(send, 0, 4, 10))
	require.True(s.t, s.needsRegistration(fresh))
	for _, u := range []people.User{known, off, accepted} {
		require.False(s.t, s.needsRegistration(u), u.FullName)
	}
	s.deliver(fresh)
	require.Empty(s.t, s.unregistered(send, 0, 4, 10), "it has left")
	require.False(s.t, s.needsRegistration(fresh), "nothing is due")
}

// registerNobodyTooLate: for what has expired Apple is not asked, so that it ends
// while Apple is away.
func registerNobodyTooLate(s *campus) {
	s.installToken()
	u := s.user("u")
	send := s.send(by(invitation.PolicyMail, ofUser(u)))
	require.True(s.t, s.needsRegistration(u))
	require.Equal(s.t, []string{u.ID}, s.unregistered(send, 0, 1, 10))
	s.clock.Advance(s.only(u).ExpiresAt.Sub(s.clock.Now()) - time.Second)
	require.True(s.t, s.needsRegistration(u))
	s.clock.Advance(time.Second)
	require.False(s.t, s.needsRegistration(u))
	require.Empty(s.t, s.unregistered(send, 0, 1, 10))
	require.True(s.t, s.record(u).Next.Done)
	require.Equal(s.t, invitation.Expired, s.only(u).State)
}

// registerAhead: users of later pages come along, but only with one of this.
func registerAhead(s *campus) {
	s.installToken()
	users := make([]people.User, 6)
	for i := range users {
		users[i] = s.user(strconv.Itoa(i))
	}
	send := s.send(by(invitation.PolicyMail, ofGroup(s.group(users...))))
	require.Len(s.t, s.unregistered(send, 0, 2, 4), 4)
	require.Len(s.t, s.unregistered(send, 0, 2, 10), 6)
	s.register(users[0], users[1])
	require.Empty(s.t, s.unregistered(send, 0, 2, 10))
	require.Len(s.t, s.unregistered(send, 2, 4, 10), 4)
	_, within, err := s.Unregistered(s.t.Context(), location, send.ID, 2, 4, 10)
	require.NoError(s.t, err)
	require.Equal(s.t, 2, within)

	// However far away the next one is.
	class := []people.User{users[2]}
	for range 12 {
		u := s.user("far")
		class = append(class, u)
		s.register(u)
	}
	last := s.user("last")
	send = s.send(by(invitation.PolicyMail, ofGroup(s.group(append(class, last)...))))
	require.Equal(s.t, []string{users[2].ID, last.ID}, s.unregistered(send, 0, 1, 2))
}

func (s *campus) claimAccounts(users ...people.User) []string {
	s.t.Helper()
	mine, err := s.ClaimAccounts(s.t.Context(), location, accounts(users...))
	require.NoError(s.t, err)
	return names(mine, func(a content.NewAccount) string { return a.UserID })
}

// registerOnce: what was asked for is asked for again only when nobody can know
// what became of it.
func registerOnce(s *campus) {
	u, v := s.user("u"), s.user("v")
	require.ElementsMatch(s.t, []string{u.ID, v.ID}, s.claimAccounts(u, v))
	require.Empty(s.t, s.claimAccounts(u, v))
	require.NoError(s.t, s.SubmitAccounts(s.t.Context(), location, accounts(v), "event-1"))
	require.Equal(s.t, "event-1", s.account(v).EventID)

	s.clock.Advance(content.Lost + time.Second)
	require.Equal(s.t, []string{u.ID}, s.claimAccounts(u, v), "its process died")
	asked, err := s.Submitted(s.t.Context(), location, []string{u.ID, v.ID, "nobody"})
	require.NoError(s.t, err)
	require.Len(s.t, asked, 2)
	s.clock.Advance(content.Stuck)
	require.ElementsMatch(s.t, []string{u.ID, v.ID}, s.claimAccounts(u, v), "Apple has not ended it")
	require.Empty(s.t, s.account(v).EventID)

	require.NoError(s.t, s.ReleaseAccounts(s.t.Context(), location, accounts(u)))
	require.Equal(s.t, []string{u.ID}, s.claimAccounts(u, v), "Apple was not asked")
	s.apply(open(u), joined(v))
	require.Empty(s.t, s.claimAccounts(u, v))
}

func registerAtOnce(s *campus) {
	users := make([]people.User, 300)
	for i := range users {
		users[i] = s.user(strconv.Itoa(i))
	}
	var claimed atomic.Int64
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			mine, err := s.ClaimAccounts(s.t.Context(), location, accounts(users...))
			if err != nil {
				s.t.Error(err)
			}
			claimed.Add(int64(len(mine)))
		})
	}
	workers.Wait()
	require.EqualValues(s.t, len(users), claimed.Load())
}

func (s *campus) refuse(u people.User, words string, forGood bool) content.Applied {
	s.t.Helper()
	applied, err := s.RefuseAccounts(s.t.Context(), location, []content.Refusal{{UserID: u.ID, Answer: words, ForGood: forGood}})
	require.NoError(s.t, err)
	return applied
}

// registerRefused: who is refused for now waits, who is refused for good fails.
func registerRefused(s *campus) {
	s.installToken()
	later, never := s.user("later"), s.user("never")
	send := s.send(by(invitation.PolicyMail, ofGroup(s.group(later, never))))
	s.write(send)
	s.claimAccounts(later, never)

	s.refuse(later, "busy (9603)", false)
	i := s.only(later)
	require.Equal(s.t, invitation.Queued, i.State)
	require.Equal(s.t, invitation.WaitingRetry, i.WaitingFor)
	require.Equal(s.t, "busy (9603)", i.LastAnswer)
	require.Equal(s.t, []string{"created", "postponed"}, s.story(i.ID))
	require.Equal(s.t, content.StateWanted, s.account(later).State)
	require.False(s.t, s.needsRegistration(later), "not yet")
	s.clock.Advance(time.Minute)
	require.True(s.t, s.needsRegistration(later))

	require.Equal(s.t, []string{never.ID}, s.refuse(never, "no (9602)", true).Wake)
	require.Equal(s.t, invitation.Failed, s.only(never).State)
	require.Equal(s.t, "no (9602)", s.only(never).LastAnswer)
	require.Empty(s.t, s.refuse(never, "again", true).Wake)
	require.Equal(s.t, "no (9602)", s.account(never).LastAnswer)
	require.Empty(s.t, s.claimAccounts(never))
	s.claimAccounts(later)
	s.apply(open(later), joined(later))
	require.Equal(s.t, invitation.SendSettled, s.again(send).State)
}

func (s *campus) wanted() []string {
	s.t.Helper()
	list, err := s.WantedAccounts(s.t.Context(), location, 100)
	require.NoError(s.t, err)
	return names(list, func(a content.NewAccount) string { return a.UserID })
}

// registerWanted: whom no first delivery will register.
func registerWanted(s *campus) {
	s.installToken()
	before, fresh, lost, ended := s.user("before"), s.user("fresh"), s.user("lost"), s.user("ended")
	for _, u := range []people.User{before, fresh, ended} {
		s.send(by(invitation.PolicyMail, ofUser(u)))
	}
	s.register(ended)
	s.deliver(before)
	s.deliver(ended)
	require.Equal(s.t, []string{before.ID}, s.wanted())
	s.apply(left(ended))
	s.claimAccounts(lost)
	require.ElementsMatch(s.t, []string{before.ID, ended.ID}, s.wanted())
	s.clock.Advance(content.Lost + time.Second)
	require.ElementsMatch(s.t, []string{before.ID, ended.ID, lost.ID}, s.wanted())
	s.claimAccounts(before, ended, lost)
	require.Empty(s.t, s.wanted())
}

// registerRetiringInTurn: who was asked for already comes after the others.
func registerRetiringInTurn(s *campus) {
	users := []people.User{s.user("a"), s.user("b"), s.user("c")}
	s.register(users...)
	claim := func() string {
		list, err := s.ClaimRetiring(s.t.Context(), location, 1)
		require.NoError(s.t, err)
		require.Len(s.t, list, 1)
		return list[0].UserID
	}
	var asked []string
	for _, u := range users {
		require.NoError(s.t, s.DeleteUser(s.t.Context(), actor, u.ID, nil))
		asked = append(asked, claim())
		s.clock.Advance(content.Lost + time.Second)
	}
	require.Equal(s.t, names(users, func(u people.User) string { return u.ID }), asked)
	require.Equal(s.t, users[0].ID, claim())
}

func registerRetiring(s *campus) {
	u, gone, fast := s.user("u"), s.user("gone"), s.user("fast")
	s.register(u, gone)
	s.claimAccounts(fast)
	s.apply(joined(u))
	require.NoError(s.t, s.DeleteEnrollment(s.t.Context(), actor, u.ID))
	for _, one := range []people.User{gone, fast} {
		require.NoError(s.t, s.DeleteUser(s.t.Context(), actor, one.ID, nil))
	}
	claim := func() []string {
		list, err := s.ClaimRetiring(s.t.Context(), location, 10)
		require.NoError(s.t, err)
		return names(list, func(a content.NewAccount) string { return a.UserID })
	}
	require.ElementsMatch(s.t, []string{u.ID, gone.ID, fast.ID}, claim())
	require.Empty(s.t, claim())
	require.NoError(s.t, s.RefuseRetiring(s.t.Context(), location, []string{u.ID}, "refused (9602)"))
	require.Equal(s.t, content.StateRetiring, s.account(u).State)
	require.Equal(s.t, "refused (9602)", s.account(u).LastAnswer)
	require.Empty(s.t, claim(), "not at once")
	s.clock.Advance(content.Lost + time.Second)
	require.Len(s.t, claim(), 3)
	require.Empty(s.t, s.claimAccounts(u), "it has to end first")
	s.apply(joined(u), open(gone))
	require.Equal(s.t, content.StateRetiring, s.account(u).State, "older news")
	_, err := s.InviteCode(s.t.Context(), gone.ID)
	requireCode(s.t, err, fault.NotFound)
	s.apply(left(u), left(gone))
	require.Equal(s.t, []string{u.ID}, s.claimAccounts(u))
	require.Empty(s.t, s.wanted())
}
