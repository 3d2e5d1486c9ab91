// Package activities holds the deeds of Heraut, each safe to run twice: write
// a page of invitations, deliver what is due, record an answer, start and wake
// users' workflows, reconcile. It declares the small interfaces it needs.
package activities

import (
	"log/slog"
	"sync"
	"time"
)

// Activities is the receiver of all activities: a struct of dependencies.
type Activities struct {
	Ledger Ledger
	Mailer Mailer
	Pusher Pusher
	Users  Users
	Engine Engine
	// Libraries and Licenses distribute apps and books; without Libraries
	// nothing is distributed.
	Libraries Libraries
	Licenses  Licenses
	Limits    Limits
	Log       *slog.Logger
	// Owner names this process in claims and probes.
	Owner string

	once      sync.Once
	committer *committer
	turns     turns
}

// commits is the one committer of this process.
func (a *Activities) commits() *committer {
	a.once.Do(func() { a.committer = &committer{ledger: a.Ledger} })
	return a.committer
}

// Limits bound one worker's share of the work.
type Limits struct {
	// Mails is how many mails are on the wire at once.
	Mails int
	// Pushes is how many pushes are on the wire at once.
	Pushes int
	// Starts is how many workflows are started at once.
	Starts int
	// PageSize is how many targets a page of a group holds, about.
	PageSize int
}

// DefaultLimits suit two cores.
func DefaultLimits() Limits { return Limits{Mails: 10, Pushes: 50, Starts: 16, PageSize: 250} }

// probePause is the shortest wait before a route that is down is tried again.
const probePause = time.Second
