package devicesim

import "sync/atomic"

// Counts are what the devices of a fleet have done so far.
type Counts struct {
	// Enrolled is how often a device checked in with Authenticate.
	Enrolled int
	// Woken is the pushes that woke a channel; Ignored those that came with
	// another's magic, or to a device that is silent.
	Woken, Ignored int
	// Sessions is how often a device connected; Failed those that broke off.
	Sessions, Failed int
	// Cycles is the commands that were fetched and reported on, NotNow included.
	Cycles int
	// Shown is the invitations that were shown; NotNow and Errors count
	// reports with that status.
	Shown, NotNow, Errors int
}

type counters struct {
	enrolled, woken, ignored, sessions, failed, cycles, shown, notNow, errors atomic.Int64
}

// Counts tells what the devices have done so far.
func (f *Fleet) Counts() Counts {
	c := &f.counts
	return Counts{
		Enrolled: int(c.enrolled.Load()),
		Woken:    int(c.woken.Load()), Ignored: int(c.ignored.Load()),
		Sessions: int(c.sessions.Load()), Failed: int(c.failed.Load()),
		Cycles: int(c.cycles.Load()),
		Shown:  int(c.shown.Load()), NotNow: int(c.notNow.Load()), Errors: int(c.errors.Load()),
	}
}
