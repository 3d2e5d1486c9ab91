package activities

import (
	"context"
	"time"

	"heraut/invitation"
	"heraut/people"
)

// Ledger is the store as activities need it. Each method is one transaction
// and safe to repeat.
type Ledger interface {
	// WritePage writes the invitations of the page that begins at target from.
	WritePage(ctx context.Context, sendID string, from, size int) (invitation.Page, error)
	// ClaimPage claims what is due on the targets [from, to) of a send.
	ClaimPage(ctx context.Context, sendID string, from, to int) (invitation.Claim, error)
	// ClaimUser claims what is due for a user's open invitations.
	ClaimUser(ctx context.Context, userID string) (invitation.Claim, error)
	// Commit marks deliveries as transmitting and records results, all in one
	// transaction; it returns the ids it marked. A delivery is not marked when
	// its send is paused or nothing it covers is open any more.
	Commit(ctx context.Context, mark []string, results []invitation.Result) (marked []string, err error)
	// Record writes what the store's decided answers entail for a user
	// (enrollment, siblings, expiry) and tells what comes next.
	Record(ctx context.Context, userID string) (invitation.Recorded, error)
	// PageStarts lists the workflows to start for the targets [from, to) of a
	// send: of users with open invitations or with unrecorded answers.
	PageStarts(ctx context.Context, sendID string, from, to int) ([]invitation.Start, error)
	// PageAnswered lists the users among the targets [from, to) of a send who
	// have answered and are not recorded.
	PageAnswered(ctx context.Context, sendID string, from, to int) ([]string, error)
	// SendHalt tells whether a send stands still.
	SendHalt(ctx context.Context, sendID string) (invitation.Halt, error)
	// SendUsers lists users of a send after a user id, in order, at most limit.
	SendUsers(ctx context.Context, sendID, after string, limit int) ([]string, error)

	// StepBulk acts on the next invitations of a bulk action.
	StepBulk(ctx context.Context, bulkID string, size int) (invitation.BulkStep, error)

	Routes
	Reconciler
}

// Routes is the store's memory of routes and limits, shared by all workers.
type Routes interface {
	// RouteDown notes that a route is down and returns when it is tried again:
	// not before the wait that the other side asked for (0: none) is over.
	RouteDown(ctx context.Context, route invitation.Route, reason string, asked time.Duration) (until time.Time, err error)
	// RouteTurn tells whether the caller may use a route: it is up, or it is
	// down and the caller has the turn to probe it. Otherwise the turn says how
	// long to wait before asking again.
	RouteTurn(ctx context.Context, route invitation.Route, owner string) (invitation.RouteTurn, error)
	// RouteUp notes that a route works.
	RouteUp(ctx context.Context, route invitation.Route) error
	// LeaseMails takes up to n mails of this minute's limit; until says when
	// to ask again if none were granted.
	LeaseMails(ctx context.Context, n int) (granted int, until time.Time, err error)
}

// Mailer sends one mail. before is called just before the message goes on the
// wire; when it fails nothing is sent and the outcome is Later.
type Mailer interface {
	Mail(ctx context.Context, m invitation.Message, before func(context.Context) error) invitation.Outcome
}

// Pusher sends one push.
type Pusher interface {
	Push(ctx context.Context, m invitation.Message) invitation.Outcome
}

// Users starts and signals workflows.
type Users interface {
	// StartUser starts a user's workflow, or makes the running one look.
	StartUser(ctx context.Context, s invitation.Start) error
	// WakeUser makes a running workflow look; one that does not run is no error.
	WakeUser(ctx context.Context, userID string) error
	// WakeGroup makes a send's workflow look; one that does not run is no error.
	WakeGroup(ctx context.Context, sendID string) error
	// RestartGroup starts a send's workflow, also one that has completed; one that
	// runs is no error.
	RestartGroup(ctx context.Context, sendID string) error
	// RestartBulk starts a bulk action's workflow, also one that has completed; one
	// that runs is no error.
	RestartBulk(ctx context.Context, bulkID string) error
}

// Engine is what Reconcile asks of Temporal.
type Engine interface {
	// RunningUsers calls found with the user ids of running InviteUser
	// workflows, page by page.
	RunningUsers(ctx context.Context, found func(userIDs []string)) error
	// RunningSends calls found with the send ids of running InviteGroup
	// workflows, page by page.
	RunningSends(ctx context.Context, found func(sendIDs []string)) error
	// EndedUsers calls found with each user whose InviteUser workflow a person
	// terminated or cancelled, and when.
	EndedUsers(ctx context.Context, found func(userID string, at time.Time)) error
	// LastRun tells how the latest run of a workflow stands: "running",
	// "completed", "failed", "timed_out", "terminated", "cancelled", or
	// "none".
	LastRun(ctx context.Context, workflowID string) (string, error)
}

// Reconciler is the store as Reconcile needs it.
type Reconciler interface {
	// OpenUsers lists users with open invitations after a user id, in order, at
	// most limit.
	OpenUsers(ctx context.Context, after string, limit int) ([]invitation.Start, error)
	// UnrecordedUsers lists the workflows to start for users with decided,
	// unrecorded answers, at most limit of them.
	UnrecordedUsers(ctx context.Context, limit int) ([]invitation.Start, error)
	// RunningSends lists group sends that are not over after a send's id, in
	// order, at most limit.
	RunningSends(ctx context.Context, after string, limit int) ([]invitation.RunningSend, error)
	// NoteWokenUsers keeps for which due moments users were woken.
	NoteWokenUsers(ctx context.Context, woken []invitation.Told) error
	// NoteWokenSends keeps for the end of which pauses sends were woken.
	NoteWokenSends(ctx context.Context, woken []invitation.Told) error
	// CancelUser cancels a user's open invitations.
	CancelUser(ctx context.Context, actor people.Actor, userID, reason string) error
	// CancelSend cancels a send.
	CancelSend(ctx context.Context, actor people.Actor, sendID string) (invitation.Send, error)
	// OpenBulks lists bulk actions that are not finished.
	OpenBulks(ctx context.Context) ([]string, error)
	// Purge removes what has outlived its use.
	Purge(ctx context.Context) error
}
