package storetest

import (
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
)

// crowd is more than are looked up one by one.
const crowd = 1100

// crowded is a location of many people with a device each, all but one of whom
// are called alike; the devices of half of them are.
func crowded(s *campus) people.Group {
	s.t.Helper()
	r := people.Roster{Groups: []people.RosterGroup{{ExternalID: people.RosterLocation + "l", Name: "All"}}}
	for i := range crowd {
		id, name, device := fmt.Sprintf("p%04d", i), fmt.Sprintf("P%04d van den Bérg", i), "iPad"
		if i == 0 {
			name = "Zoë"
		}
		if i%2 == 0 {
			device = "100%_Mac"
		}
		r.People = append(r.People, people.RosterPerson{ExternalID: id, FullName: name, Email: id + "@example.org"})
		r.Groups[0].MemberIDs = append(r.Groups[0].MemberIDs, id)
		r.Devices = append(r.Devices, people.RosterDevice{SerialNumber: "SN" + id, Name: device, Platform: people.IPadOS, PersonID: id})
	}
	apply(s.t, s.Store, r, people.RosterOptions{})
	page, err := s.ListGroups(s.t.Context(), people.GroupFilter{}, people.Cursor{}, 1)
	require.NoError(s.t, err)
	g, err := s.UpdateGroup(s.t.Context(), actor, page.Items[0].ID, nil, func(g people.Group) (people.Group, error) {
		g.ManagedDistribution = true
		return g, nil
	})
	require.NoError(s.t, err)
	return g
}

// manyFound: a query that finds more than are looked up one by one means the
// same as one that finds few.
func manyFound(s *campus) {
	g := crowded(s)
	s.write(s.send(invitation.Request{GroupID: g.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail}))
	for query, want := range map[string]int{
		"": crowd, "BERG": crowd - 1, "zoe": 1, "ipad": crowd / 2, "%_m": crowd / 2, "p00": 100, "_": crowd / 2, `\`: 0, "a": crowd, "nobody": 0,
	} {
		f := invitation.Filter{Query: query}
		n, err := s.CountInvitations(s.t.Context(), f)
		require.NoError(s.t, err)
		require.Equal(s.t, want, n, query)
		lately, err := s.CountInvitationsLately(s.t.Context(), f)
		require.NoError(s.t, err)
		require.Equal(s.t, want, lately, query)
		ids, err := s.MatchInvitations(s.t.Context(), f, "", 2*crowd)
		require.NoError(s.t, err)
		require.Len(s.t, ids, want, query)
		page, err := s.ListActive(s.t.Context(), f, people.Cursor{}, 10)
		require.NoError(s.t, err)
		slices.Reverse(ids)
		require.Equal(s.t, append([]string{}, ids[:min(10, len(ids))]...), names(page.Items, func(i invitation.Invitation) string { return i.ID }), query)
	}
	ahead := invitation.Request{GroupID: g.ID, Audience: invitation.NotEnrolled}
	exact, err := s.PreviewPlan(s.t.Context(), ahead, invitation.PolicyMail)
	require.NoError(s.t, err)
	for range 2 {
		lately, err := s.PreviewPlanLately(s.t.Context(), ahead, invitation.PolicyMail)
		require.NoError(s.t, err)
		require.Equal(s.t, exact, lately)
	}
	for _, sort := range []people.Sort{people.ByName, people.ByOwner} {
		page, err := s.ListDevices(s.t.Context(), people.DeviceFilter{Query: "berg", Sort: sort}, people.Cursor{}, 2*crowd)
		require.NoError(s.t, err)
		require.Len(s.t, page.Items, crowd-1)
	}
}

// manyCounted: counts of a group of many are those of its members, soon after a
// change too.
func manyCounted(s *campus) {
	g := crowded(s)
	top, err := s.CreateGroup(s.t.Context(), actor, people.Group{Name: "top"})
	require.NoError(s.t, err)
	zoe, err := s.ListUsers(s.t.Context(), people.UserFilter{Query: "zoe"}, people.Cursor{}, 2)
	require.NoError(s.t, err)
	_, err = s.SetMembers(s.t.Context(), actor, top.ID, []string{zoe.Items[0].ID}, []string{g.ID})
	require.NoError(s.t, err)
	counted := func() [2]people.GroupCounts {
		counts, err := s.GroupCounts(s.t.Context(), g.ID, top.ID)
		require.NoError(s.t, err)
		return [2]people.GroupCounts{counts[g.ID], counts[top.ID]}
	}
	all := people.GroupCounts{Members: crowd, NotInvited: crowd}
	require.Equal(s.t, [2]people.GroupCounts{all, all}, counted(), "nobody counts twice")

	require.NoError(s.t, s.DeleteUser(s.t.Context(), actor, zoe.Items[0].ID, nil))
	all = people.GroupCounts{Members: crowd - 1, NotInvited: crowd - 1}
	require.Eventually(s.t, func() bool { return counted() == [2]people.GroupCounts{all, all} }, time.Minute, time.Millisecond)
}
