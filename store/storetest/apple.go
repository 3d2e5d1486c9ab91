package storetest

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// ClientUserID makes the ids of users at Apple, for store.Options.
func ClientUserID(userID string) string { return "apple-" + userID }

const location = "uid-1"

// installToken makes Apple decide who accepts.
func (s *campus) installToken() {
	s.t.Helper()
	_, err := s.PutSetting(s.t.Context(), actor, settings.NameContentToken, settings.ContentToken{UID: location}, []byte("token"), nil)
	require.NoError(s.t, err)
}

func accounts(users ...people.User) []content.NewAccount {
	list := make([]content.NewAccount, len(users))
	for i, u := range users {
		list[i] = content.NewAccount{UserID: u.ID, ClientUserID: ClientUserID(u.ID)}
	}
	return list
}

// open is an account that waits for its person.
func open(u people.User) content.Account {
	return content.Account{ClientUserID: ClientUserID(u.ID), State: content.Registered, InviteCode: content.Secret("code of " + u.FullName)}
}

// joined is an account whose person has accepted.
func joined(u people.User) content.Account {
	return content.Account{ClientUserID: ClientUserID(u.ID), State: content.Associated, IDHash: "hash of " + u.FullName}
}

func left(u people.User) content.Account {
	return content.Account{ClientUserID: ClientUserID(u.ID), State: content.Retired}
}

func (s *campus) register(users ...people.User) {
	s.t.Helper()
	mine, err := s.ClaimAccounts(s.t.Context(), location, accounts(users...))
	require.NoError(s.t, err)
	require.Len(s.t, mine, len(users))
	list := make([]content.Account, len(users))
	for i, u := range users {
		list[i] = open(u)
	}
	s.apply(list...)
}

func (s *campus) apply(list ...content.Account) content.Applied {
	s.t.Helper()
	applied, err := s.ApplyAccounts(s.t.Context(), location, list)
	require.NoError(s.t, err)
	return applied
}

func (s *campus) account(u people.User) content.Registration {
	s.t.Helper()
	r, err := s.AccountOf(s.t.Context(), u.ID)
	require.NoError(s.t, err)
	return r
}

func appleCodes(s *campus) {
	u, stranger := s.user("u"), s.user("stranger")
	_, err := s.InviteCode(s.t.Context(), u.ID)
	requireCode(s.t, err, fault.NotFound)
	_, err = s.AccountOf(s.t.Context(), u.ID)
	requireCode(s.t, err, fault.NotFound)

	bare := open(u)
	bare.InviteCode = ""
	_, err = s.ClaimAccounts(s.t.Context(), location, accounts(u))
	require.NoError(s.t, err)
	s.apply(bare)
	require.Equal(s.t, content.StateSubmitted, s.account(u).State, "without a code nobody can accept")
	_, err = s.InviteCode(s.t.Context(), u.ID)
	requireCode(s.t, err, fault.NotFound)

	s.apply(open(u))
	s.apply(open(stranger), bare)
	code, err := s.InviteCode(s.t.Context(), u.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, "code of u", string(code))
	_, err = s.AccountOf(s.t.Context(), stranger.ID)
	requireCode(s.t, err, fault.NotFound)

	another := open(u)
	another.InviteCode = "another"
	s.apply(another)
	code, err = s.InviteCode(s.t.Context(), u.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, "another", string(code), "it was made anew elsewhere")
	s.apply(joined(u))
	_, err = s.InviteCode(s.t.Context(), u.ID)
	requireCode(s.t, err, fault.NotFound)

	// With a token of another location, what was elsewhere does not count.
	s.installToken()
	s.clock.Advance(time.Minute)
	_, err = s.ClaimAccounts(s.t.Context(), "elsewhere", accounts(u))
	require.NoError(s.t, err)
	require.Equal(s.t, location, s.account(u).Location)
}

// appleAcceptance: what Apple says settles like an answer, once.
func appleAcceptance(s *campus) {
	u := s.user("u")
	s.live(u, "one")
	s.live(u, "two")
	send := s.send(ofGroup(s.group(u)))
	s.write(send)
	s.register(u)

	applied := s.apply(joined(u))
	require.Equal(s.t, []string{u.ID}, applied.Wake)
	require.Equal(s.t, []string{u.ID}, applied.Enrolled)
	require.Equal(s.t, []string{send.ID}, applied.SettledSends)
	for _, i := range s.invitations(invitation.Filter{UserID: u.ID}) {
		require.Equal(s.t, invitation.Accepted, i.State)
		require.Contains(s.t, s.story(i.ID), "accepted")
		require.Contains(s.t, s.actions(i.ID), "invitation.accept")
	}
	require.Equal(s.t, people.Enrolled, s.reread(u).State)
	require.Equal(s.t, content.Applied{}, s.apply(joined(u), joined(u)), "once is enough")
	require.True(s.t, s.record(u).Next.Done)
	page, err := s.ListEnrollments(s.t.Context(), "", people.Cursor{}, 10)
	require.NoError(s.t, err)
	require.Len(s.t, page.Items, 1)
	require.Equal(s.t, invitation.SourceBooks, page.Items[0].Source)
	require.Equal(s.t, []string{"enrollment.create"}, s.actions(u.ID)[1:])
}

func appleOrder(s *campus) {
	users := []people.User{s.user("a"), s.user("b"), s.user("c"), s.user("d")}
	s.register(users...)
	s.apply(joined(users[2]), open(users[3]), joined(users[0]))
	s.clock.Advance(time.Minute)
	s.apply(joined(users[0]), joined(users[1]), joined(users[2]))
	var order []int64
	for _, u := range users {
		order = append(order, s.account(u).AcceptedOrder)
	}
	require.Equal(s.t, []int64{2, 3, 1, 0}, order)
}

// appleOrderAtOnce: readings that run beside each other share one order.
func appleOrderAtOnce(s *campus) {
	users := make([]people.User, 12)
	for i := range users {
		users[i] = s.user(strconv.Itoa(i))
	}
	s.register(users...)
	var readings sync.WaitGroup
	for range 4 {
		readings.Go(func() {
			for _, u := range users {
				if _, err := s.ApplyAccounts(s.t.Context(), location, []content.Account{joined(u)}); err != nil {
					s.t.Error(err)
				}
			}
		})
	}
	readings.Wait()
	orders := names(users, func(u people.User) string { return strconv.FormatInt(s.account(u).AcceptedOrder, 10) })
	slices.SortFunc(orders, func(a, b string) int { return len(a) - len(b) })
	require.Len(s.t, slices.Compact(slices.Sorted(slices.Values(orders))), len(users))
	require.Contains(s.t, orders, strconv.Itoa(len(users)), "without a gap")
}

// appleLate: after the end the enrollment is written, and the end stays.
func appleLate(s *campus) {
	cancelled, expired, never := s.user("cancelled"), s.user("expired"), s.user("never")
	s.send(by(invitation.PolicyMail, ofUser(expired)))
	s.clock.Advance(31 * 24 * time.Hour)
	send := s.send(by(invitation.PolicyMail, ofUser(cancelled)))
	_, err := s.CancelSend(s.t.Context(), actor, send.ID)
	require.NoError(s.t, err)
	s.register(cancelled, expired, never)

	applied := s.apply(joined(cancelled), joined(expired), joined(never))
	require.Equal(s.t, []string{cancelled.ID, expired.ID, never.ID}, applied.Enrolled)
	require.Empty(s.t, applied.Wake)
	require.Equal(s.t, invitation.Cancelled, s.only(cancelled).State)
	require.Equal(s.t, invitation.Expired, s.only(expired).State)
	for _, u := range []people.User{cancelled, expired, never} {
		require.Equal(s.t, people.Enrolled, s.reread(u).State)
	}
}

func appleRetired(s *campus) {
	u, v := s.user("u"), s.user("v")
	s.register(u, v)
	s.apply(joined(u))
	require.Equal(s.t, 2, s.apply(left(u), left(v)).Retired)
	require.Zero(s.t, s.apply(left(u), left(v)).Retired)
	require.Equal(s.t, people.NotInvited, s.reread(u).State, "whoever was invited by nobody")
	require.Equal(s.t, content.StateRetired, s.account(u).State)
	require.Zero(s.t, s.account(u).AcceptedOrder)
	// An active account beside those that ended is the one that counts.
	s.apply(left(u), joined(u), left(u))
	require.Equal(s.t, content.StateAssociated, s.account(u).State)
	require.EqualValues(s.t, 2, s.account(u).AcceptedOrder, "a new acceptance is last")
}

// appleOlderNews: of two readings the older may come second.
func appleOlderNews(s *campus) {
	u, silent := s.user("u"), s.user("silent")
	s.register(u)
	s.apply(joined(u))
	bare := open(u)
	bare.InviteCode = ""
	s.apply(open(u), bare)
	require.Equal(s.t, content.StateAssociated, s.account(u).State)
	_, err := s.ClaimAccounts(s.t.Context(), location, []content.NewAccount{{UserID: silent.ID, ClientUserID: ClientUserID(silent.ID), ManagedAppleAccount: "m@school.example"}})
	require.NoError(s.t, err)
	s.apply(open(silent))
	require.Equal(s.t, content.StateSubmitted, s.account(silent).State, "its account is not linked yet")
	s.apply(joined(silent))
	s.apply(open(silent))
	require.Equal(s.t, content.StateAssociated, s.account(silent).State)
}

func appleCursor(s *campus) {
	cursor, err := s.UsersVersion(s.t.Context(), location)
	require.NoError(s.t, err)
	require.Zero(s.t, cursor)
	require.NoError(s.t, s.KeepUsersVersion(s.t.Context(), location, "v1", true))
	full := s.clock.Now()
	s.clock.Advance(time.Hour)
	require.NoError(s.t, s.KeepUsersVersion(s.t.Context(), location, "v2", false))
	cursor, err = s.UsersVersion(s.t.Context(), location)
	require.NoError(s.t, err)
	require.Equal(s.t, content.Cursor{Version: "v2", FullAt: full}, cursor)
	// Acceptances do not lose it.
	u := s.user("u")
	s.register(u)
	s.apply(joined(u))
	cursor, err = s.UsersVersion(s.t.Context(), location)
	require.NoError(s.t, err)
	require.Equal(s.t, "v2", cursor.Version)
}

// appleTurns are spaced, and none is kept for later.
func appleTurns(s *campus) {
	turn := func(wait time.Duration) {
		got, err := s.LocationTurn(s.t.Context(), location, time.Second)
		require.NoError(s.t, err)
		require.Equal(s.t, wait, got)
	}
	turn(0)
	turn(time.Second)
	turn(2 * time.Second)
	s.clock.Advance(time.Minute)
	turn(0)
	turn(time.Second)
	_, err := s.LocationTurn(s.t.Context(), "another", time.Second)
	require.NoError(s.t, err)
}

func appleNotifications(s *campus) {
	for _, want := range []bool{true, false, false} {
		fresh, err := s.SeeNotification(s.t.Context(), "n-1")
		require.NoError(s.t, err)
		require.Equal(s.t, want, fresh)
	}
	s.clock.Advance(8 * 24 * time.Hour)
	require.NoError(s.t, s.Purge(s.t.Context()))
	fresh, err := s.SeeNotification(s.t.Context(), "n-1")
	require.NoError(s.t, err)
	require.True(s.t, fresh, "it is forgotten after a week")
}
