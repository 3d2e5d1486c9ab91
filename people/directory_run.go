package people

import "time"

// RunState is how far a run is.
type RunState string

// The states of a run. A held one has done all but take away, and waits for a
// person's word; a superseded one was held when a later one began.
const (
	RunRunning    RunState = "running"
	RunHeld       RunState = "held"
	RunSucceeded  RunState = "succeeded"
	RunFailed     RunState = "failed"
	RunSuperseded RunState = "superseded"
)

// RunMode is how much of a directory a run reads.
type RunMode string

// The modes.
const (
	RunFull        RunMode = "full"
	RunIncremental RunMode = "incremental"
)

// DirectoryRun is one look at a directory.
type DirectoryRun struct {
	ID, DirectoryID string
	State           RunState
	Mode            RunMode
	Report          DirectoryReport
	Failure         string // a sentence, when State is RunFailed
	AskedBy         Actor
	// Settings is the version of the directory by which the run reads. It is
	// not kept: a run that is gone on with reads by those of that time.
	Settings   int64
	CreatedAt  time.Time
	UpdatedAt  time.Time
	FinishedAt time.Time
}

// KeptProblems bounds what one run leaves behind of its problems.
const KeptProblems = 1000

// DirectoryReport counts what a run found and did.
type DirectoryReport struct {
	People  DirectoryCounts `json:"people"`
	Groups  DirectoryCounts `json:"groups"`
	Members MemberCounts    `json:"members"`
	// Refused entries were not taken over; Warnings are the other problems.
	Refused  int `json:"refused"`
	Warnings int `json:"warnings"`
	// Takes is what the run wants to take away, or has. A person's word for a
	// held run is for so many, and not for more.
	Takes DirectoryTakes `json:"takes"`
	// Allowed is what a person has given the word for.
	Allowed *DirectoryTakes `json:"allowed,omitempty"`
	// Kept says that who was not found was kept, because the answer was not whole.
	Kept bool `json:"kept"`
}

// DirectoryCounts are numbers of people or groups.
type DirectoryCounts struct {
	Read     int `json:"read"`
	Created  int `json:"created"`
	Adopted  int `json:"adopted"` // people alone, who were there already
	Updated  int `json:"updated"`
	Disabled int `json:"disabled"` // people alone
	Gone     int `json:"gone"`
}

// MemberCounts are numbers of memberships.
type MemberCounts struct {
	Added   int `json:"added"`
	Removed int `json:"removed"`
}

// DirectoryTakes is what a run takes away, of how much.
type DirectoryTakes struct {
	// People leave or are disabled now.
	People   int `json:"people"`
	OfPeople int `json:"of_people"`
	Groups   int `json:"groups"`
	OfGroups int `json:"of_groups"`
	// Members are memberships that end and that no new one makes up for.
	Members   int `json:"members"`
	OfMembers int `json:"of_members"`
}

// Many tells whether so much goes that a person has to look at it: more than a
// tenth of the people or groups, or more than half of the memberships. Those
// change by the hundred in an ordinary week; half of them go when an account
// may no longer read who belongs to what.
func (t DirectoryTakes) Many() bool {
	return 10*t.People > t.OfPeople || 10*t.Groups > t.OfGroups || 2*t.Members > t.OfMembers
}

// Within tells whether a person's word covers it.
func (t DirectoryTakes) Within(allowed *DirectoryTakes) bool {
	return allowed != nil && t.People <= allowed.People && t.Groups <= allowed.Groups && t.Members <= allowed.Members
}

// SyncedPeople is what became of a page of people.
type SyncedPeople struct {
	// IDs are users' ids by stable id; those who are not known and disabled
	// are not made, and have none.
	IDs map[string]string
	// Disable are users who have to be disabled. That takes something away,
	// and is done when everything was read.
	Disable []string
	Created int
	// Adopted is how many were there already and are the directory's now.
	Adopted int
	// Doubts are the stable ids of those who were made although somebody is
	// there, from elsewhere, whom they may be.
	Doubts []string
	// Enabled is how many were disabled and are no longer.
	Enabled int
}

// DirectoryLink is a user or group of a directory.
type DirectoryLink struct{ StableID, ID string }
