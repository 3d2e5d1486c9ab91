package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

// school makes a roster of people with a class for each ten, one location,
// and an iPad each.
func school(n int) people.Roster {
	var r people.Roster
	all := people.RosterGroup{ExternalID: "location:1", Name: "School"}
	for i := range n {
		id := fmt.Sprintf("p%d", i)
		all.MemberIDs = append(all.MemberIDs, id)
		r.People = append(r.People, people.RosterPerson{ExternalID: id, FullName: fmt.Sprintf("Person %d", i), Email: id + "@example.org"})
		r.Devices = append(r.Devices, people.RosterDevice{
			SerialNumber: fmt.Sprintf("S%d", i), Name: "iPad of " + id, Platform: people.IPadOS, PersonID: id,
		})
		if i%10 == 0 {
			r.Groups = append(r.Groups, people.RosterGroup{ExternalID: fmt.Sprintf("class:%d", i/10), Name: fmt.Sprintf("Class %d", i/10)})
		}
		class := &r.Groups[len(r.Groups)-1]
		class.MemberIDs = append(class.MemberIDs, id)
	}
	r.Groups = append(r.Groups, all)
	return r
}

func apply(t *testing.T, s *store.Store, r people.Roster, o people.RosterOptions) people.RosterReport {
	t.Helper()
	report, err := s.ApplyRoster(t.Context(), actor, r, o, nil)
	require.NoError(t, err)
	return report
}

func counts(created, updated, unchanged, missing int) people.RosterCounts {
	return people.RosterCounts{Created: created, Updated: updated, Unchanged: unchanged, Missing: missing}
}

func rosterTwice(t *testing.T, s *store.Store) {
	t.Helper()
	r := school(25)
	dry := apply(t, s, r, people.RosterOptions{DryRun: true})
	require.Equal(t, counts(25, 0, 0, 0), dry.Users)
	require.Zero(t, dry.UnknownPeople)
	page, err := s.ListUsers(t.Context(), people.UserFilter{}, people.Cursor{}, 1)
	require.NoError(t, err)
	require.Empty(t, page.Items, "a dry run changes nothing")

	var done, total int
	first, err := s.ApplyRoster(t.Context(), actor, r, people.RosterOptions{}, func(d, n int) { done, total = d, n })
	require.NoError(t, err)
	dry.DryRun = false
	require.Equal(t, dry, first, "a dry run tells what comes")
	require.Equal(t, counts(4, 0, 0, 0), first.Groups)
	require.Equal(t, counts(25, 0, 0, 0), first.Devices)
	require.Equal(t, []int{54, 54}, []int{done, total})

	before := snapshotOf(t, s)
	second := apply(t, s, r, people.RosterOptions{})
	require.Equal(t, counts(0, 0, 25, 0), second.Users)
	require.Equal(t, counts(0, 0, 4, 0), second.Groups)
	require.Equal(t, counts(0, 0, 25, 0), second.Devices)
	require.Equal(t, before, snapshotOf(t, s), "nothing that is the same is written")
	n, err := s.VerifyAudit(t.Context())
	require.NoError(t, err)
	require.EqualValues(t, 2, n, "one row for each roster")
}

// snapshotOf is all users and devices, versions and times included.
func snapshotOf(t *testing.T, s *store.Store) []any {
	t.Helper()
	users, err := s.ListUsers(t.Context(), people.UserFilter{}, people.Cursor{}, 500)
	require.NoError(t, err)
	devices, err := s.ListDevices(t.Context(), people.DeviceFilter{}, people.Cursor{}, 500)
	require.NoError(t, err)
	return []any{users, devices}
}

func rosterChanges(t *testing.T, s *store.Store) {
	t.Helper()
	r := school(20)
	apply(t, s, r, people.RosterOptions{})
	own, err := s.CreateUser(t.Context(), actor, people.User{FullName: "Made by hand"})
	require.NoError(t, err)
	class := groupNamed(t, s, "Class 0")
	users, _, err := s.GroupMembers(t.Context(), class.ID)
	require.NoError(t, err)
	_, err = s.SetMembers(t.Context(), actor, class.ID, append(users, own.ID), nil)
	require.NoError(t, err)

	r.People[0].FullName = "Another Name"
	r.People[1].Email = ""                            // the address stays
	r.Devices[2].Name = "renamed since"               // the name stays
	r.Devices[3].PersonID = "p4"                      // assigned to another
	r.Devices[5].PersonID = "nobody"                  // the owner stays, and it is said
	r.Groups[0].MemberIDs = r.Groups[0].MemberIDs[1:] // p0 changes class
	r.Groups[1].MemberIDs = append(r.Groups[1].MemberIDs, "p0", "p0", "stranger")
	r.Groups[2].Name = "School, renamed"

	dry := apply(t, s, r, people.RosterOptions{DryRun: true})
	report := apply(t, s, r, people.RosterOptions{})
	dry.DryRun = false
	require.Equal(t, dry, report)
	require.Equal(t, counts(0, 1, 19, 0), report.Users)
	require.Equal(t, counts(0, 3, 0, 0), report.Groups)
	require.Equal(t, counts(0, 1, 19, 0), report.Devices)
	require.Equal(t, 2, report.UnknownPeople)
	require.Equal(t, []people.RenamedDevice{{SerialNumber: "S2", Name: "iPad of p2", RosterName: "renamed since"}}, report.Renamed)

	page, err := s.ListUsers(t.Context(), people.UserFilter{Query: "p1@example.org"}, people.Cursor{}, 2)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	users, _, err = s.GroupMembers(t.Context(), class.ID)
	require.NoError(t, err)
	require.Len(t, users, 10, "nine of the roster and one by hand")
	require.Contains(t, users, own.ID)
}

func groupNamed(t *testing.T, s *store.Store, name string) people.Group {
	t.Helper()
	page, err := s.ListGroups(t.Context(), people.GroupFilter{}, people.Cursor{}, 500)
	require.NoError(t, err)
	for _, g := range page.Items {
		if g.Name == name {
			return g
		}
	}
	require.Fail(t, "no such group", name)
	return people.Group{}
}

func rosterMissing(t *testing.T, s *store.Store) {
	t.Helper()
	_, err := s.CreateUser(t.Context(), actor, people.User{FullName: "By hand", ExternalID: "hand"})
	require.NoError(t, err)
	apply(t, s, school(40), people.RosterOptions{})
	smaller := school(36)

	report := apply(t, s, smaller, people.RosterOptions{})
	require.Equal(t, counts(0, 0, 36, 4), report.Users)
	require.Equal(t, 4, report.Devices.Missing)
	require.Len(t, report.Missing, 4)
	require.Zero(t, report.Removed, "who left is kept")

	_, err = s.ApplyRoster(t.Context(), actor, school(35), people.RosterOptions{RemoveMissing: true}, nil)
	requireCode(t, err, fault.Conflict)
	require.ErrorContains(t, err, "5 of 40")
	_, err = s.ApplyRoster(t.Context(), actor, people.Roster{}, people.RosterOptions{RemoveMissing: true}, nil)
	requireCode(t, err, fault.Conflict)

	report = apply(t, s, smaller, people.RosterOptions{RemoveMissing: true})
	require.Equal(t, 4, report.Removed, "a tenth may go")
	report = apply(t, s, school(9), people.RosterOptions{RemoveMissing: true, Force: true})
	require.Equal(t, 27, report.Removed)
	page, err := s.ListUsers(t.Context(), people.UserFilter{}, people.Cursor{}, 100)
	require.NoError(t, err)
	require.Len(t, page.Items, 10, "nobody made by hand is removed")
}

func rosterRefused(t *testing.T, s *store.Store) {
	t.Helper()
	r := school(3)
	r.People[1].ExternalID = " p0 "
	r.People[2].Email = "nowhere"
	r.Groups[0].ExternalID = "mine"
	r.Devices[0].Platform = "android"
	r.Devices[1].SerialNumber = ""
	r.Devices[2].Name = ""
	_, err := s.ApplyRoster(t.Context(), actor, r, people.RosterOptions{}, nil)
	requireCode(t, err, fault.InvalidRequest)
	for _, pointer := range []string{
		"/people/1/external_id", "/people/2/email", "/groups/0/external_id", "/devices/0/platform",
		"/devices/1/serial_number", "/devices/2/name",
	} {
		require.ErrorContains(t, err, pointer)
	}
	n, err := s.VerifyAudit(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)
}

// rosterCutOff stops a roster in the middle and applies it again.
func rosterCutOff(t *testing.T, s *store.Store) {
	t.Helper()
	r := school(2500) // three pages of people
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("the process ends here")
	_, err := s.ApplyRoster(ctx, actor, r, people.RosterOptions{}, func(done, _ int) {
		if done >= 2000 {
			cancel(stop)
		}
	})
	require.ErrorIs(t, err, stop)
	log, err := s.ListAudit(t.Context(), people.AuditFilter{}, people.Cursor{}, 1)
	require.NoError(t, err)
	require.Contains(t, log.Items[0].Became, `"incomplete":true`)

	report := apply(t, s, r, people.RosterOptions{})
	require.Equal(t, counts(500, 0, 2000, 0), report.Users)
	require.Equal(t, counts(251, 0, 0, 0), report.Groups)
	require.Equal(t, counts(2500, 0, 0, 0), report.Devices)
	got, err := s.GroupCounts(t.Context(), groupNamed(t, s, "School").ID)
	require.NoError(t, err)
	for _, c := range got {
		require.Equal(t, 2500, c.Members)
	}
}
