package people

// Counts are how much of everything there is, for a menu.
type Counts struct {
	Users, Groups, Devices, Assets int
	// Invitations are the open ones, Licenses those under way: together the
	// active tasks.
	Invitations, Licenses int
	// Marked are settled invitations whose invited person asks for a new link.
	Marked int
	// Failed are invitations that failed within the last FailedDays days.
	// More than MaxFailed are not counted.
	Failed int
}

// MaxFailed is where counting failed invitations ends.
const MaxFailed = 10_000

// FailedDays is how long a failed invitation is counted among what needs
// attention.
const FailedDays = 7

// Tasks is how many active tasks there are.
func (c Counts) Tasks() int { return c.Invitations + c.Licenses }
