package mirror

import (
	"context"
	"math"
	"time"

	"heraut/people"
)

// pass is one run's work. What it keeps in memory for a person are a few keys
// of 16 bytes, whatever the entry holds.
type pass struct {
	ledger    Ledger
	source    Source
	directory people.Directory
	run       people.DirectoryRun

	// index finds users and groups by what groups name them by.
	index map[people.DirectoryKey]target
	ids   []string
	// present are the stable ids of entries that are there and were not taken
	// over: nobody of them is gone.
	present map[people.DirectoryKey]bool
	// kept are users and groups who were not read and who stay: what they
	// belong to stays too. keptNesting tells that groups among them hold groups.
	kept        map[string]bool
	keptNesting bool
	nameless    nameless
	nodes       []node

	peopleRead, groupsRead int
	// hidden is of how many the directory did not show whether they are
	// disabled; enabled is how many were disabled and are no longer.
	hidden, enabled int
	progressed      time.Time
	problems        []people.DirectoryProblem

	taking  taking
	looking []string
	changed bool
}

// target is whom a key names: above zero a user by its number in ids from 1,
// below zero a node by its number from 1.
type target int32

// ambiguous is the target of a key that several people have.
const ambiguous target = math.MinInt32

// node is a group that was read.
type node struct {
	stable, dn, id string
	keys, members  []people.DirectoryKey
	aside          bool
}

// taking gathers what goes, until everything was read.
type taking struct {
	people, disable, groups []string
	members                 []people.MemberPair
	// late are memberships that may be added once others have gone: before, a
	// group would hold itself.
	late []people.MemberPair
}

func newPass(ledger Ledger, d people.Directory, run people.DirectoryRun) *pass {
	run.Settings = d.Version
	p := &pass{ledger: ledger, directory: d, run: run}
	p.begin()
	return p
}

// again forgets what was read, to read everything.
func (p *pass) again() {
	p.run.Mode = people.RunFull
	p.begin()
}

func (p *pass) begin() {
	p.index, p.present = map[people.DirectoryKey]target{}, map[people.DirectoryKey]bool{}
	p.kept, p.keptNesting, p.nameless, p.run.Report.Kept = map[string]bool{}, false, nameless{}, false
	p.ids, p.nodes, p.problems, p.taking = nil, nil, nil, taking{}
	p.peopleRead, p.groupsRead, p.hidden = 0, 0, 0
}

// ours marks an error of the ledger.
func (p *pass) ours(err error) error {
	if err == nil {
		return nil
	}
	return &ledgerError{err}
}

// mostProblems bounds what a run remembers of what was wrong.
const mostProblems = 10_000

func (p *pass) problem(severity people.Severity, entry, message string) {
	if len(p.problems) < mostProblems {
		p.problems = append(p.problems, people.DirectoryProblem{Severity: severity, Entry: entry, Message: message})
	}
}

// progressEvery is how often a run tells how far it is.
const progressEvery = 2 * time.Second

func (p *pass) progress(ctx context.Context, now bool) error {
	if !now && time.Since(p.progressed) < progressEvery {
		return nil
	}
	p.progressed = time.Now()
	return p.ours(p.ledger.RunProgress(ctx, p.run, p.peopleRead, p.groupsRead))
}
