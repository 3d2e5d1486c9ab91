package storetest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/store"
)

// rosterKeepsMembers holds that nobody loses a class by missing from a roster,
// nor by a roster of which parts are not known.
func rosterKeepsMembers(t *testing.T, s *store.Store) {
	t.Helper()
	apply(t, s, school(20), people.RosterOptions{})
	before := membersNamed(t, s, "Class 0", "Class 1", "School")
	require.Equal(t, []int{10, 10, 20}, before)

	apply(t, s, school(15), people.RosterOptions{})
	require.Equal(t, before, membersNamed(t, s, "Class 0", "Class 1", "School"), "who is missing is kept, with class and location")

	moved := school(20)
	moved.Groups[0].MemberIDs = moved.Groups[0].MemberIDs[1:]
	moved.Groups[1].MemberIDs = append(moved.Groups[1].MemberIDs, "p0")
	dry := apply(t, s, moved, people.RosterOptions{KeepMembers: true, DryRun: true})
	report := apply(t, s, moved, people.RosterOptions{KeepMembers: true})
	require.Equal(t, dry.Groups, report.Groups)
	require.Equal(t, []int{10, 11, 20}, membersNamed(t, s, "Class 0", "Class 1", "School"), "members are only added")

	apply(t, s, moved, people.RosterOptions{})
	require.Equal(t, []int{9, 11, 20}, membersNamed(t, s, "Class 0", "Class 1", "School"))

	apply(t, s, school(18), people.RosterOptions{RemoveMissing: true})
	require.Equal(t, []int{10, 8, 18}, membersNamed(t, s, "Class 0", "Class 1", "School"), "who is removed is no member")
}

// membersNamed counts the members of groups.
func membersNamed(t *testing.T, s *store.Store, names ...string) []int {
	t.Helper()
	var n []int
	for _, name := range names {
		got, err := s.GroupCounts(t.Context(), groupNamed(t, s, name).ID)
		require.NoError(t, err)
		for _, c := range got {
			n = append(n, c.Members)
		}
	}
	return n
}

// rosterUnknownOwner holds that a device whose owner is not known stays with
// the one it has.
func rosterUnknownOwner(t *testing.T, s *store.Store) {
	t.Helper()
	r := school(2)
	apply(t, s, r, people.RosterOptions{})
	devices := func() []people.OwnedDevice {
		page, err := s.ListDevices(t.Context(), people.DeviceFilter{}, people.Cursor{}, 9)
		require.NoError(t, err)
		return page.Items
	}
	before := devices()

	alone := people.Roster{Devices: slices.Clone(r.Devices)}
	alone.Devices[0].PersonID = "nobody"
	report := apply(t, s, alone, people.RosterOptions{})
	require.Equal(t, counts(0, 0, 2, 0), report.Devices)
	require.Equal(t, 1, report.UnknownPeople)
	require.Equal(t, before, devices())

	alone.Devices[0].PersonID = "" // said to be nobody's
	require.Equal(t, counts(0, 1, 1, 0), apply(t, s, alone, people.RosterOptions{}).Devices)
}
