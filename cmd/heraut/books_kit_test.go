package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"heraut/activities"
	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	appsbookssim "heraut/simulator/appsbooks"
)

// bookOffice is the deeds of a worker with a real store and a simulated Apple,
// over the network. Mail is taken by nobody real, and no engine runs.
type bookOffice struct {
	*activities.Activities
	t     *testing.T
	parts *parts
	apple *appsbookssim.Server
	token []byte
	log   *safeBuffer

	mu    sync.Mutex
	mails map[string]int // by user
	woken []string
}

// safeBuffer is a log that several goroutines write.
type safeBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// quickPace is for an Apple that works for milliseconds.
var quickPace = activities.Pace{Read: 5 * time.Millisecond, ReadMost: 50 * time.Millisecond, Ask: 50 * time.Millisecond, Hold: 10 * time.Second}

// testPatience is long enough for Apple's first two waits after too many
// requests, and too short for the one after a broken request.
const testPatience = 2 * time.Second

// newBookOffice opens an office whose content token is installed. Apple's limit of
// requests a second is out of the way, unless slow is set.
func newBookOffice(t *testing.T, slow bool) *bookOffice {
	t.Helper()
	p, apple := bookParts(t)
	if !slow {
		apple.SetLimit("maxRequestPerSecond", 100_000)
	}
	return bookOfficeOf(t, p, apple)
}

// bookOfficeOf installs a content token and opens an office.
func bookOfficeOf(t *testing.T, p *parts, apple *appsbookssim.Server) *bookOffice {
	t.Helper()
	o := &bookOffice{t: t, parts: p, apple: apple, token: apple.Token(bookOrg, nextYear()), log: &safeBuffer{}, mails: map[string]int{}}
	p.log = slog.New(slog.NewJSONHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	install(t, p, o.token)
	o.restart()
	return o
}

// restart makes the worker's parts anew, as a new process has them.
func (o *bookOffice) restart() {
	shelf := &books{parts: o.parts, patience: testPatience}
	o.t.Cleanup(shelf.Close)
	o.Activities = &activities.Activities{
		Ledger: o.parts.store, Mailer: o, Pusher: o, Users: o, Books: shelf, Registrations: o.parts.store, Pace: quickPace,
		Limits: activities.Limits{Mails: 4, Pushes: 4, Starts: 4, PageSize: 250}, Log: o.parts.log, Owner: "tests",
	}
}

// Mail implements activities.Mailer.
func (o *bookOffice) Mail(ctx context.Context, m invitation.Message, before func(context.Context) error) invitation.Outcome {
	if err := before(ctx); err != nil {
		return invitation.Outcome{Class: invitation.Later, Answer: err.Error()}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mails[m.UserID]++
	return invitation.Outcome{Class: invitation.Taken, Code: 250, Answer: "ok"}
}

// Push implements activities.Pusher.
func (o *bookOffice) Push(context.Context, invitation.Message) invitation.Outcome {
	return invitation.Outcome{Class: invitation.Refused, Answer: "nobody has a device"}
}

// WakeUser implements activities.Users.
func (o *bookOffice) WakeUser(_ context.Context, userID string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.woken = append(o.woken, userID)
	return nil
}

func (o *bookOffice) WakeGroup(context.Context, string) error           { return nil }
func (o *bookOffice) StartUser(context.Context, invitation.Start) error { return nil }
func (o *bookOffice) RestartGroup(context.Context, string) error        { return nil }
func (o *bookOffice) RestartBulk(context.Context, string) error         { return nil }

// mailed is how many users got a mail; none gets two.
func (o *bookOffice) mailed() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	for user, n := range o.mails {
		require.Equal(o.t, 1, n, "mails to %s", user)
	}
	return len(o.mails)
}

// location is Apple's uid of the first content token.
func (o *bookOffice) location() string {
	o.t.Helper()
	locations, err := o.Books.Locations(o.t.Context())
	require.NoError(o.t, err)
	return locations[0]
}

// users makes n users with the services on.
func (o *bookOffice) users(n int) []string {
	o.t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = o.user(people.User{FullName: fmt.Sprintf("User %d", i), Email: fmt.Sprintf("u%d@example.org", i)})
	}
	return ids
}

func (o *bookOffice) user(u people.User) string {
	o.t.Helper()
	u.ManagedDistribution = true
	made, err := o.parts.store.CreateUser(o.t.Context(), operatorKey, u)
	require.NoError(o.t, err)
	return made.ID
}

// invite plans and confirms a group of the users, by mail.
func (o *bookOffice) invite(users ...string) invitation.Send {
	o.t.Helper()
	group, err := o.parts.store.CreateGroup(o.t.Context(), operatorKey, people.Group{Name: "group"})
	require.NoError(o.t, err)
	_, err = o.parts.store.SetMembers(o.t.Context(), operatorKey, group.ID, users, nil)
	require.NoError(o.t, err)
	plan, err := o.parts.store.CreatePlan(o.t.Context(), operatorKey, invitation.Request{GroupID: group.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	require.NoError(o.t, err)
	send, _, err := o.parts.store.SendPlan(o.t.Context(), operatorKey, plan.ID, plan.Digest, invitation.Schedule{ExpiresAfter: 30 * 24 * time.Hour})
	require.NoError(o.t, err)
	return send
}

// run runs an activity as a worker would.
func (o *bookOffice) run(activity, result any, args ...any) error {
	o.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.SetTestTimeout(time.Minute)
	env.RegisterActivity(o.Activities)
	value, err := env.ExecuteActivity(activity, args...)
	if err == nil && result != nil {
		require.NoError(o.t, value.Get(result))
	}
	return err
}

// deliver writes and delivers all pages of a send.
func (o *bookOffice) deliver(send invitation.Send) error {
	o.t.Helper()
	for from := 0; ; {
		var page activities.WritePageResult
		if err := o.run(o.WriteAndDeliver, &page, activities.WritePageInput{SendID: send.ID, From: from}); err != nil {
			return err
		}
		if page.Last {
			return nil
		}
		from = page.To
	}
}

// patiently delivers until it works: what goes wrong passes.
func (o *bookOffice) patiently(send invitation.Send) {
	o.t.Helper()
	require.Eventually(o.t, func() bool { return o.deliver(send) == nil }, time.Minute, 100*time.Millisecond)
}

func (o *bookOffice) watch() activities.WatchResult {
	o.t.Helper()
	var result activities.WatchResult
	require.NoError(o.t, o.run(o.WatchAcceptances, &result))
	return result
}

// accept is a person who opens the invitation of Apple and signs in.
func (o *bookOffice) accept(userID string) {
	o.t.Helper()
	code, err := o.parts.store.InviteCode(o.t.Context(), userID)
	require.NoError(o.t, err)
	require.NoError(o.t, o.apple.Accept(string(code), userID+"@icloud.example"))
}

func (o *bookOffice) state(userID string) content.RegistrationState {
	o.t.Helper()
	r, err := o.parts.store.AccountOf(o.t.Context(), userID)
	if fault.Is(err, fault.NotFound) {
		return ""
	}
	require.NoError(o.t, err)
	return r.State
}

// only is the one invitation of a user.
func (o *bookOffice) only(userID string) invitation.Invitation {
	o.t.Helper()
	page, err := o.parts.store.ListInvitations(o.t.Context(), invitation.Filter{UserID: userID}, people.Cursor{}, 2)
	require.NoError(o.t, err)
	require.Len(o.t, page.Items, 1)
	return page.Items[0]
}

func (o *bookOffice) enrolled(userID string) bool {
	o.t.Helper()
	u, err := o.parts.store.User(o.t.Context(), userID)
	require.NoError(o.t, err)
	return u.State == people.Enrolled
}

// requests counts the requests to a path, and the users in them.
func (o *bookOffice) requests(path string) (n, elements int) {
	for _, r := range o.apple.Requests() {
		if r.Path == path {
			n, elements = n+1, elements+r.Elements
		}
	}
	return n, elements
}

func (o *bookOffice) script(rules ...appsbookssim.Rule) {
	o.t.Helper()
	require.NoError(o.t, o.apple.SetScript(appsbookssim.Script{Rules: rules}))
}

// requireAway tells that an activity waits for Apple, without an event in the
// history, and returns the delay that it asks for.
func requireAway(t *testing.T, err error) time.Duration {
	t.Helper()
	away, ok := errors.AsType[*temporal.ApplicationError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, activities.TypeRouteDown, away.Type())
	require.Equal(t, temporal.ApplicationErrorCategoryBenign, away.Category())
	return away.NextRetryDelay()
}

// mostASecond is the most requests that came within any second.
func mostASecond(requests []appsbookssim.Request) (most int) {
	for i, first := range requests {
		last, _ := slices.BinarySearchFunc(requests, first.At.Add(time.Second), func(r appsbookssim.Request, at time.Time) int { return r.At.Compare(at) })
		most = max(most, last-i)
	}
	return most
}
