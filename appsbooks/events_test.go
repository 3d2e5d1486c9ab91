package appsbooks_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	appsbookssim "heraut/simulator/appsbooks"
)

func TestEventThatFailsInPart(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	p.create(t, appsbooks.NewUser{ClientUserID: "old"})
	e := p.create(t, appsbooks.NewUser{ClientUserID: "new"}, appsbooks.NewUser{ClientUserID: "old"})[0]
	require.Equal(t, appsbooks.Failed, e.State)
	require.Equal(t, []int{1, 2}, []int{e.Completed, e.Requested})
	results := e.Results([]string{"new", "old"})
	require.Equal(t, appsbooks.Result{Target: "new", Outcome: appsbooks.Done}, results[0])
	require.Equal(t, appsbooks.Undone, results[1].Outcome)
	require.Equal(t, appsbooks.UserExists, results[1].Err.Number, "exists: look it up")
	require.Equal(t, appsbooks.Input, results[1].Err.Class)

	p.script(t, appsbookssim.Rule{Path: "/users/create", Event: appsbookssim.Fail, Number: 9644, Targets: []string{"c"}})
	results = p.create(t, appsbooks.NewUser{ClientUserID: "c"}, appsbooks.NewUser{ClientUserID: "d"})[0].Results([]string{"c", "d"})
	require.Equal(t, appsbooks.Retry, results[0].Err.Class)
	require.Equal(t, appsbooks.Done, results[1].Outcome)
}

func TestResultsOfAnEvent(t *testing.T) {
	about := func(ids ...string) *appsbooks.Error {
		return &appsbooks.Error{Number: 9709, Info: appsbooks.ErrorInfo{ClientUserIDs: ids}}
	}
	serial := &appsbooks.Error{Number: 9603, Info: appsbooks.ErrorInfo{SerialNumbers: []string{"b"}}}
	const done, undone, unclear = appsbooks.Done, appsbooks.Undone, appsbooks.Unclear
	for name, c := range map[string]struct {
		event appsbooks.Event
		a, b  appsbooks.Outcome
	}{
		"complete":           {appsbooks.Event{State: appsbooks.Complete, Completed: 2}, done, done},
		"one named":          {appsbooks.Event{State: appsbooks.Failed, Completed: 14, Failures: []*appsbooks.Error{about("a")}}, undone, done},
		"two reasons":        {appsbooks.Event{State: appsbooks.Failed, Completed: 1, Failures: []*appsbooks.Error{about("a"), serial}}, undone, undone},
		"nothing completed":  {appsbooks.Event{State: appsbooks.Failed, Failures: []*appsbooks.Error{about("a")}}, undone, unclear},
		"nobody named":       {appsbooks.Event{State: appsbooks.Failed, Completed: 1, Failures: []*appsbooks.Error{about()}}, unclear, unclear},
		"named and unnamed":  {appsbooks.Event{State: appsbooks.Failed, Completed: 1, Failures: []*appsbooks.Error{about("a"), about()}}, undone, unclear},
		"without a reason":   {appsbooks.Event{State: appsbooks.Failed, Completed: 1}, unclear, unclear},
		"pending":            {appsbooks.Event{State: appsbooks.Pending, Completed: 1}, unclear, unclear},
		"a state of its own": {appsbooks.Event{State: "RESTING"}, unclear, unclear},
	} {
		results := c.event.Results([]string{"a", "b"})
		require.Equal(t, []appsbooks.Outcome{c.a, c.b}, []appsbooks.Outcome{results[0].Outcome, results[1].Outcome}, name)
		require.Equal(t, c.a == undone, results[0].Err != nil, name)
	}
}

func TestPollingRule(t *testing.T) {
	told, alone := appsbooks.ApplePolling(true), appsbooks.ApplePolling(false)
	at := func(minutes float64) time.Time { return now.Add(time.Duration(minutes * float64(time.Minute))) }
	for name, c := range map[string]struct {
		rule       appsbooks.Polling
		asked, now time.Time
		wait       time.Duration
		stuck      bool
	}{
		"a notification may come":      {told, time.Time{}, now, 5 * time.Minute, false},
		"none has come":                {told, time.Time{}, at(6), 0, false},
		"none can come":                {alone, time.Time{}, now, 30 * time.Second, false},
		"between questions":            {told, at(5), at(5.1), 24 * time.Second, false},
		"long since":                   {told, at(5), at(9), 0, false},
		"asked before it was too old":  {told, at(9.9), at(10.4), 0, false},
		"asked at ten minutes":         {told, at(10), at(10), 30 * time.Second, true},
		"process was away for an hour": {told, time.Time{}, at(60), 0, false},
	} {
		wait, stuck := c.rule.Next(now, c.asked, c.now)
		require.Equal(t, c.wait, wait, name)
		require.Equal(t, c.stuck, stuck, name)
	}
}

func TestAwaitAnEvent(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	p.script(t,
		appsbookssim.Rule{Path: "/users/create", Event: appsbookssim.Stuck},
		appsbookssim.Rule{Path: "/status", Skip: 1, Count: 2, Status: 500, Number: 9603})
	done, err := p.client.CreateUsers(t.Context(), newUsers(1))
	require.NoError(t, err)
	rule := quick
	rule.Stuck = 200 * time.Millisecond
	e, err := p.client.Await(t.Context(), done[0], rule, nil)
	require.ErrorIs(t, err, appsbooks.ErrStuck)
	require.Equal(t, appsbooks.Pending, e.State)
	require.Equal(t, 2, p.apple.Played()[1], "errors that pass were waited out")

	require.NoError(t, p.apple.SetScript(appsbookssim.Script{}))
	done, err = p.client.CreateUsers(t.Context(), newUsers(1))
	require.NoError(t, err, "the request is made again")
	heard := make(chan struct{}, 1)
	heard <- struct{}{}
	p.await(t, done)
	e, err = p.client.Await(t.Context(), done[0], appsbooks.ApplePolling(true), heard)
	require.NoError(t, err, "a notification ends the first wait")
	require.Equal(t, appsbooks.Complete, e.State)

	_, err = p.client.Await(t.Context(), appsbooks.Submission{EventID: "unknown"}, quick, nil)
	require.Equal(t, appsbooks.UnknownEvent, asError(t, err).Number)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = p.client.Await(ctx, done[0], appsbooks.ApplePolling(true), nil)
	require.ErrorIs(t, err, context.Canceled)
}
