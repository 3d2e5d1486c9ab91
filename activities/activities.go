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
	// Books and Registrations register users at Apple; without Books people
	// accept on Heraut's own page.
	Books         Books
	Registrations Registrations
	// Pace is ApplePace unless it is set.
	Pace Pace
	// LookEvery is how often the schedules look at Apple; 0: five minutes.
	LookEvery time.Duration
	// Libraries and Licenses distribute apps and books; without Libraries
	// nothing is distributed. Distributor is asked to as soon as somebody is
	// enrolled; without it the schedule's next run does.
	Libraries   Libraries
	Licenses    Licenses
	Distributor Distributor
	// Directories are read, each when Syncer has started it; without them nobody
	// comes from elsewhere.
	Directories Directories
	Syncer      Syncer
	// Commands are looked after by Reconcile; without them by nobody.
	Commands Commands
	Limits   Limits
	Log      *slog.Logger
	// Owner names this process in claims and probes.
	Owner string

	once      sync.Once
	committer *committer
	reading   *readings
	turns     turns
}

// share makes what all activities of this process share.
func (a *Activities) share() {
	a.once.Do(func() {
		a.committer = &committer{ledger: a.Ledger}
		a.reading = &readings{turn: make(chan struct{}, 1), began: map[string]time.Time{}}
	})
}

func (a *Activities) commits() *committer {
	a.share()
	return a.committer
}

func (a *Activities) readings() *readings {
	a.share()
	return a.reading
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
