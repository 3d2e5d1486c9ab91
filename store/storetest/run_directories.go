package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/store"
)

// runDirectories runs what stores must do for directories.
func runDirectories(t *testing.T, open Open) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, *store.Store){
		"kept":              keepDirectory,
		"secret":            directorySecret,
		"people":            syncPeople,
		"people at once":    syncPeopleAtOnce,
		"disabled":          disablePeople,
		"hidden states":     hiddenStates,
		"adopted":           adoptPeople,
		"adopted by roster": adoptedFromRoster,
		"adopted from SCIM": adoptedFromSCIM,
		"other stable ids":  relinkPeople,
		"who leaves":        peopleLeave,
		"groups":            syncGroups,
		"owned":             ownedByDirectory,
		"runs":              directoryRuns,
		"a person's word":   confirmRun,
		"shared addresses":  sharedAddresses,
		"tallies":           directoryTallies,
		"sources":           sourcesOfPeople,
		"removed directory": forgetDirectory,
	} {
		t.Run("directories/"+name, func(t *testing.T) { test(t, open(t, nil)) })
	}
	t.Run("directories/due", func(t *testing.T) {
		clock := NewClock()
		dueDirectories(t, open(t, clock.Now), clock)
	})
}

// bound is a directory with a run under way.
type bound struct {
	t   *testing.T
	s   *store.Store
	dir people.Directory
	run people.DirectoryRun
}

func anyDirectory(name string) people.Directory {
	return people.Directory{Name: name, Protocol: people.ProtocolLDAP, DirectoryConfig: people.DirectoryConfig{
		Host: "ldap.school.example", BindDN: "cn=heraut,dc=school", BaseDN: "dc=school",
	}.WithDefaults()}
}

func bind(t *testing.T, s *store.Store) *bound {
	t.Helper()
	d, err := s.CreateDirectory(t.Context(), actor, anyDirectory("School"), []byte("secret"))
	require.NoError(t, err)
	b := &bound{t: t, s: s, dir: d}
	b.begin(true)
	return b
}

func (b *bound) begin(full bool) {
	b.t.Helper()
	var err error
	b.run, _, err = b.s.BeginRun(b.t.Context(), actor, b.dir.ID, full)
	require.NoError(b.t, err)
}

func (b *bound) finish(state people.RunState, cookie string) {
	b.t.Helper()
	b.run.State = state
	require.NoError(b.t, b.s.FinishRun(b.t.Context(), b.run, cookie, nil))
}

func (b *bound) edit(change func(*people.Directory)) {
	b.t.Helper()
	_, err := b.s.UpdateDirectory(b.t.Context(), actor, b.dir.ID, nil, nil, func(d people.Directory) (people.Directory, error) {
		change(&d)
		return d, nil
	})
	require.NoError(b.t, err)
}

func (b *bound) report() people.DirectoryReport {
	b.t.Helper()
	run, err := b.s.Run(b.t.Context(), b.dir.ID, b.run.ID)
	require.NoError(b.t, err)
	return run.Report
}

func (b *bound) people(list ...people.DirectoryPerson) people.SyncedPeople {
	b.t.Helper()
	synced, err := b.s.SyncPeople(b.t.Context(), b.run, list)
	require.NoError(b.t, err)
	return synced
}

func (b *bound) user(id string) people.User {
	b.t.Helper()
	u, err := b.s.User(b.t.Context(), id)
	require.NoError(b.t, err)
	return u
}

// person is somebody whose stable id, DN, login and address come from a name.
func person(name string) people.DirectoryPerson {
	return people.DirectoryPerson{
		StableID: "id-" + name, DN: "cn=" + name, Login: name, FullName: name, Email: name + "@school.example",
		Keys: []people.DirectoryKey{people.DirectoryKeyOf(people.KeyDN, "cn="+name), people.DirectoryKeyOf(people.KeyLogin, name)},
	}
}

func persons(n int) []people.DirectoryPerson {
	list := make([]people.DirectoryPerson, n)
	for i := range list {
		list[i] = person(fmt.Sprintf("p%04d", i))
	}
	return list
}

func directoryGroup(name string) people.DirectoryGroup {
	return people.DirectoryGroup{StableID: "id-" + name, DN: "cn=" + name, Name: name, Keys: []people.DirectoryKey{people.DirectoryKeyOf(people.KeyDN, "cn="+name)}}
}
