package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/activities"
	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
	appsbookssim "heraut/simulator/appsbooks"
)

// TestAppleAwayHoldsUpTheDelivery: whatever keeps Apple from deciding leaves
// invitations as they are, and says so; when it is over, all goes on, and
// nobody gets two mails.
func TestAppleAwayHoldsUpTheDelivery(t *testing.T) {
	for name, c := range map[string]struct {
		rule   appsbookssim.Rule
		says   string
		asks   time.Duration // the wait that Apple asks for
		unsure bool          // nobody knows whether the request arrived
		silent bool          // it does not show: it passes by itself
	}{
		"expired":               {rule: appsbookssim.Rule{Status: 401, Number: 9621}, says: "9621"},
		"revoked":               {rule: appsbookssim.Rule{Status: 401, Number: 9625}, says: "9625"},
		"an error under 200":    {rule: appsbookssim.Rule{Status: 200, Number: 9601}, says: "9601"},
		"gone":                  {rule: appsbookssim.Rule{Status: http.StatusGone, Number: 9634}, says: "9634"},
		"down, with a wait":     {rule: appsbookssim.Rule{Path: "/users/create", Status: 503, Number: 9729, RetryAfter: "120"}, says: "9729", asks: time.Minute},
		"down, without a word":  {rule: appsbookssim.Rule{Path: "/users/create", Status: 502}, says: "502", unsure: true},
		"cut off":               {rule: appsbookssim.Rule{Path: "/users", Break: appsbookssim.Reset}, says: "users"},
		"pages without an end":  {rule: appsbookssim.Rule{Path: "/users", PageLoop: true}, says: "circle"},
		"not Apple's words":     {rule: appsbookssim.Rule{Path: "/users", Status: 200, Body: "<html>"}, says: "not that of Apps and Books"},
		"too many, for a while": {rule: appsbookssim.Rule{Path: "/users/create", Count: 2, Status: 429, Number: 9646}, silent: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // they wait most of the time
			o := newBookOffice(t, false)
			users := o.users(3)
			send := o.invite(users...)
			o.script(c.rule)
			err := o.deliver(send)
			if c.silent {
				require.NoError(t, err)
				return
			}
			require.GreaterOrEqual(t, requireAway(t, err), c.asks)
			require.Zero(t, o.mailed())
			state, err := o.parts.store.RouteState(t.Context(), invitation.RouteBooks)
			require.NoError(t, err)
			require.Contains(t, state.Reason, c.says)
			require.NotContains(t, state.Reason, string(o.token))
			require.Equal(t, invitation.WaitingRetry, o.only(users[0]).WaitingFor)
			require.NotContains(t, o.log.String(), string(o.token))
			if c.asks > 0 || c.unsure {
				return // nobody asks again before a minute is over
			}

			o.script()
			o.patiently(send)
			require.Equal(t, 3, o.mailed())
			state, err = o.parts.store.RouteState(t.Context(), invitation.RouteBooks)
			require.NoError(t, err)
			require.Zero(t, state.DownSince)
		})
	}
}

// TestWaitThatAppleAsksForIsEverybodys: of another worker, of one that was
// started anew, and of whoever looks at preflight or opens a page.
func TestWaitThatAppleAsksForIsEverybodys(t *testing.T) {
	o := newBookOffice(t, false)
	user := o.users(1)[0]
	require.NoError(t, o.deliver(o.invite(user)))
	o.script(appsbookssim.Rule{Path: "/users", Count: 1, Status: 503, Number: 9729, RetryAfter: "3600"})
	require.LessOrEqual(t, requireAway(t, o.run(o.WatchAcceptances, nil)), 5*time.Minute, "other locations are looked at as ever")
	asked := len(o.apple.Requests())

	check := &contentCheck{parts: o.parts}
	found := check.check(t.Context())
	require.False(t, found[0].OK)
	require.Contains(t, found[0].Detail, "could not be asked")
	_, err := (&appleLinks{parts: o.parts, codes: o.parts.store}).AppleLink(t.Context(), user)
	require.True(t, fault.Is(err, fault.Unavailable), "%v", err)
	o.restart()
	requireAway(t, o.run(o.WatchAcceptances, nil))
	require.Len(t, o.apple.Requests(), asked)

	require.NoError(t, o.parts.store.RouteUp(t.Context(), invitation.BooksRoute(o.location())))
	require.True(t, check.check(t.Context())[0].OK)
}

func TestTokenThatEndsInTheMiddle(t *testing.T) {
	o := newBookOffice(t, false)
	o.apple.SetLimit("maxUsers", 2)
	send := o.invite(o.users(5)...)
	o.script(appsbookssim.Rule{Path: "/users/create", Skip: 1, Status: 401, Number: 9625})
	requireAway(t, o.deliver(send))
	require.Zero(t, o.mailed())

	warned := func() (n int) {
		log, err := o.parts.store.ListAudit(t.Context(), people.AuditFilter{TargetID: settings.NameContentToken}, people.Cursor{}, 100)
		require.NoError(t, err)
		for _, e := range log.Items {
			if e.Action == "setting.warning" && strings.Contains(e.Became, "9625") {
				n++
			}
		}
		return n
	}
	require.Equal(t, 1, warned(), "an administrator sees it at once")

	// A new token is installed while everything waits.
	o.script()
	o.apple.RevokeToken(o.token)
	install(t, o.parts, o.apple.Token(bookOrg, nextYear()))
	o.patiently(send)
	require.Equal(t, 5, o.mailed())
	require.Len(t, o.apple.Users(bookOrg), 5)
}

func TestLocationThatAnotherServiceClaims(t *testing.T) {
	o := newBookOffice(t, false)
	send := o.invite(o.users(1)...)
	o.apple.Claim(bookOrg, appsbookssim.MDMInfo{ID: "other", Name: "Other MDM", Metadata: "m"})
	requireAway(t, o.deliver(send))
	state, err := o.parts.store.RouteState(t.Context(), invitation.RouteBooks)
	require.NoError(t, err)
	require.Contains(t, state.Reason, "Other MDM")
	require.Empty(t, o.apple.Users(bookOrg))
}

// TestRegistrationThatFailsInPart: the others are invited; who failed is tried
// again later, with Apple's words to see.
func TestRegistrationThatFailsInPart(t *testing.T) {
	o := newBookOffice(t, false)
	users := o.users(4)
	send := o.invite(users...)
	unlucky := o.parts.keys.ClientUserID(users[2])
	o.script(appsbookssim.Rule{Path: "/users/create", Count: 1, Event: appsbookssim.Fail, Number: 9603, Targets: []string{unlucky}})
	require.NoError(t, o.deliver(send))
	require.Equal(t, 3, o.mailed())
	one := o.only(users[2])
	require.Equal(t, invitation.Queued, one.State)
	require.Equal(t, invitation.WaitingRetry, one.WaitingFor)
	require.Contains(t, one.LastAnswer, "9603")
	require.Equal(t, 1, o.watch().Registered, "the next look asks again")
	require.Equal(t, content.StateRegistered, o.state(users[2]))
}

// usersPage is a page of Apple's list of users.
func usersPage(users ...appsbookssim.User) string {
	text, _ := json.Marshal(map[string]any{"currentPageIndex": 0, "totalPages": 1, "size": len(users), "users": users})
	return string(text)
}

// TestAccountWithoutInviteCode holds up nobody else, and its own user until the
// code is there.
func TestAccountWithoutInviteCode(t *testing.T) {
	o := newBookOffice(t, false)
	users := o.users(3)
	send := o.invite(users...)
	page := make([]appsbookssim.User, len(users))
	for i, user := range users {
		page[i] = appsbookssim.User{ClientUserID: o.parts.keys.ClientUserID(user), Status: "Registered", InviteCode: "code"}
	}
	page[0].InviteCode = ""
	o.script(appsbookssim.Rule{Method: http.MethodGet, Path: "/users", Status: 200, Body: usersPage(page...)})
	require.NoError(t, o.deliver(send))
	require.Equal(t, 2, o.mailed())
	require.Contains(t, o.only(users[0]).LastAnswer, "no invite code")
	_, err := o.parts.store.InviteCode(t.Context(), users[0])
	require.True(t, fault.Is(err, fault.NotFound), "%v", err)

	o.script()
	o.watch()
	require.Equal(t, content.StateRegistered, o.state(users[0]))
}

// TestStatusThatIsNotKnown ends nothing.
func TestStatusThatIsNotKnown(t *testing.T) {
	o := newBookOffice(t, false)
	users := o.users(2)
	require.NoError(t, o.deliver(o.invite(users...)))
	o.accept(users[0])
	o.watch()
	require.True(t, o.enrolled(users[0]))
	page := make([]appsbookssim.User, len(users))
	for i, status := range []string{"Suspended", ""} {
		page[i] = appsbookssim.User{ClientUserID: o.parts.keys.ClientUserID(users[i]), Status: status}
	}
	o.script(appsbookssim.Rule{Method: http.MethodGet, Path: "/users", Status: 200, Body: usersPage(page...)})
	require.Zero(t, o.watch().Retired)
	require.True(t, o.enrolled(users[0]))
	require.Equal(t, content.StateRegistered, o.state(users[1]))
	require.Contains(t, o.log.String(), "Apple tells a status of users that is not known")
}

func TestRegistrationThatFailsWithoutAName(t *testing.T) {
	o := newBookOffice(t, false)
	users := o.users(2)
	send := o.invite(users...)
	o.script(appsbookssim.Rule{Path: "/users/create", Count: 1, Event: appsbookssim.Fail, Number: 9644, Unnamed: true})
	require.NoError(t, o.deliver(send))
	require.Zero(t, o.mailed())
	require.Contains(t, o.only(users[0]).LastAnswer, "9644")
}

// TestEventThatNeverEnds gives up its place, and comes back.
func TestEventThatNeverEnds(t *testing.T) {
	o := newBookOffice(t, false)
	o.Pace.Hold = 200 * time.Millisecond
	send := o.invite(o.users(2)...)
	o.script(appsbookssim.Rule{Path: "/users/create", Event: appsbookssim.Stuck})
	for range 2 {
		require.ErrorContains(t, o.deliver(send), "still at work")
	}
	creates, _ := o.requests("/users/create")
	require.Equal(t, 1, creates, "nobody is asked for twice before ten minutes are over")
	require.Zero(t, o.mailed())
}

// TestKilledInTheMiddle: the process dies after Apple took the request, before
// it could note that.
func TestKilledInTheMiddle(t *testing.T) {
	o := newBookOffice(t, false)
	o.apple.SetLimit("maxUsers", 10)
	send := o.invite(o.users(25)...)
	for killed := range 3 {
		o.Books = dying{o.Books}
		require.ErrorContains(t, o.deliver(send), errDied.Error())
		o.restart()
		_, elements := o.requests("/users/create")
		require.Equal(t, min(10*(killed+1), 25), elements)
	}
	require.NoError(t, o.deliver(send))
	require.Equal(t, 25, o.mailed())
	creates, elements := o.requests("/users/create")
	require.Equal(t, 3, creates)
	require.Equal(t, 25, elements, "Apple was asked for nobody twice")
}

var errDied = errors.New("died")

// dying is a process that dies when Apple has taken a request.
type dying struct{ activities.Books }

func (d dying) Register(ctx context.Context, location string, accounts []content.NewAccount) ([]content.Taken, error) {
	if _, err := d.Books.Register(ctx, location, accounts); err != nil {
		return nil, err
	}
	return nil, errDied
}

// TestAccountThatExists: Apple has the account from before a restore.
func TestAccountThatExists(t *testing.T) {
	o := newBookOffice(t, false)
	user := o.users(1)[0]
	before := &books{parts: o.parts}
	locations, err := before.Locations(t.Context())
	require.NoError(t, err)
	_, err = before.Register(t.Context(), locations[0], []content.NewAccount{{UserID: user, ClientUserID: o.parts.keys.ClientUserID(user)}})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(o.apple.Users(bookOrg)) == 1 }, 10*time.Second, 10*time.Millisecond)
	before.Close()
	o.watch() // reads it, and does not know it

	require.NoError(t, o.deliver(o.invite(user)))
	require.Equal(t, content.StateRegistered, o.state(user))
	require.Len(t, o.apple.Users(bookOrg), 1)
	o.accept(user)
	require.Equal(t, 1, o.watch().Enrolled)
}

// TestVersionThatAppleForgot: all accounts are read then.
func TestVersionThatAppleForgot(t *testing.T) {
	o := newBookOffice(t, false)
	user := o.users(1)[0]
	require.NoError(t, o.deliver(o.invite(user)))
	var token settings.ContentToken
	_, err := o.parts.store.Setting(t.Context(), settings.NameContentToken, &token)
	require.NoError(t, err)
	require.NoError(t, o.parts.store.KeepUsersVersion(t.Context(), token.UID, "no-version", false))
	o.accept(user)
	require.Equal(t, 1, o.watch().Enrolled)
}

// TestRetiredElsewhere: an account that ended is registered anew while its
// invitation is open, and an enrollment ends with it.
func TestRetiredElsewhere(t *testing.T) {
	o := newBookOffice(t, false)
	users := o.users(2)
	require.NoError(t, o.deliver(o.invite(users...)))
	o.accept(users[0])
	o.watch()
	_, err := o.parts.store.Record(t.Context(), users[0])
	require.NoError(t, err)
	shelf := &books{parts: o.parts}
	defer shelf.Close()
	locations, err := shelf.Locations(t.Context())
	require.NoError(t, err)
	var accounts []content.NewAccount
	for _, user := range append(users, "unknown") {
		accounts = append(accounts, content.NewAccount{ClientUserID: o.parts.keys.ClientUserID(user)})
	}
	_, gone, err := shelf.Retire(t.Context(), locations[0], accounts)
	require.NoError(t, err)
	require.Equal(t, []string{o.parts.keys.ClientUserID("unknown")}, gone)

	require.Eventually(t, func() bool { o.watch(); return !o.enrolled(users[0]) }, 10*time.Second, 50*time.Millisecond)
	require.Equal(t, content.StateRetired, o.state(users[0]))
	u, err := o.parts.store.User(t.Context(), users[0])
	require.NoError(t, err)
	require.Equal(t, people.Invited, u.State)
	require.Eventually(t, func() bool { o.watch(); return o.state(users[1]) == content.StateRegistered }, 10*time.Second, 50*time.Millisecond)
	o.accept(users[1])
	require.Equal(t, 1, o.watch().Enrolled)
}
