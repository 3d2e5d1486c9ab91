package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

// shelf makes two devices for each of three people and three of nobody.
func shelf(t *testing.T, s *store.Store) {
	t.Helper()
	n := 0
	add := func(name, owner string, platform people.Platform) {
		n++
		_, err := s.CreateDevice(t.Context(), actor, people.Device{
			Name: name, Platform: platform, UserID: owner, SerialNumber: fmt.Sprintf("SN_%d%%", n), UDID: fmt.Sprintf("UDID-%d", n),
		})
		require.NoError(t, err)
	}
	for _, owner := range []string{"Åsa Öberg", "ليلى منصور", "Åsa Öberg"} { // two have the same name
		u := addUser(t, s, owner)
		add("Mac", u.ID, people.MacOS)
		add("iPad é", u.ID, people.IPadOS)
	}
	for _, name := range []string{"spare b", "Spare A", "spare c"} {
		add(name, "", people.IPadOS)
	}
}

func findDevices(t *testing.T, s *store.Store) {
	t.Helper()
	shelf(t, s)
	show := func(d people.OwnedDevice) string { return d.Name + "/" + d.Owner }
	by := func(f people.DeviceFilter) []string {
		return everyPage(t, show, func(after people.Cursor, limit int) (people.Page[people.OwnedDevice], error) {
			return s.ListDevices(t.Context(), f, after, limit)
		})
	}
	up := by(people.DeviceFilter{})
	require.Len(t, up, 9)
	require.Equal(t, []string{"iPad é/Åsa Öberg", "iPad é/ليلى منصور", "iPad é/Åsa Öberg"}, up[:3])
	require.Equal(t, reversed(up), by(people.DeviceFilter{Sort: people.ByNameDown}))
	owned := []string{"iPad é/Åsa Öberg", "Mac/Åsa Öberg", "iPad é/Åsa Öberg", "Mac/Åsa Öberg", "iPad é/ليلى منصور", "Mac/ليلى منصور"}
	spare := []string{"Spare A/", "spare b/", "spare c/"}
	require.Equal(t, append(owned, spare...), by(people.DeviceFilter{Sort: people.ByOwner}))
	require.Equal(t, owned, by(people.DeviceFilter{Sort: people.ByOwner, Assigned: people.AssignedYes}))
	require.Equal(t, spare, by(people.DeviceFilter{Sort: people.ByOwner, Assigned: people.AssignedNo}))
	require.Equal(t, spare, by(people.DeviceFilter{Assigned: people.AssignedNo, Platform: people.IPadOS}))
	require.Len(t, by(people.DeviceFilter{Assigned: people.AssignedYes}), 6)
	require.Len(t, by(people.DeviceFilter{Platform: people.MacOS}), 3)
	for query, want := range map[string][]string{
		"SPARE": spare, "asa": {owned[0], owned[2], owned[1], owned[3]}, "منصور": owned[4:], "sn_7%": {"spare b/"}, "udid-8": {"Spare A/"}, "ipad e": up[:3],
		"_": up, "%": up, `\`: {}, "nothing": {},
	} {
		require.Equal(t, want, by(people.DeviceFilter{Query: query}), query)
	}
	require.Equal(t, spare, by(people.DeviceFilter{Query: "spare", Sort: people.ByOwner}))
	require.Equal(t, owned[4:], by(people.DeviceFilter{Query: "منصور", Sort: people.ByOwner}))

	found, err := s.ListDevices(t.Context(), people.DeviceFilter{Query: "sn_7%"}, people.Cursor{}, 1)
	require.NoError(t, err)
	_, err = s.UpdateDevice(t.Context(), actor, found.Items[0].ID, nil, func(d people.Device) (people.Device, error) {
		d.SerialNumber, d.UDID = "Other", ""
		return d, nil
	})
	require.NoError(t, err)
	require.Empty(t, by(people.DeviceFilter{Query: "sn_7%"}))
	require.Empty(t, by(people.DeviceFilter{Query: "udid-7"}))
	require.Equal(t, []string{"spare b/"}, by(people.DeviceFilter{Query: "OTHER"}))

	_, err = s.ListDevices(t.Context(), people.DeviceFilter{Sort: people.ByChange}, people.Cursor{}, 2)
	requireCode(t, err, fault.InvalidRequest)
	_, err = s.ListDevices(t.Context(), people.DeviceFilter{Sort: people.ByOwner}, people.Cursor{Key: "a\nb", ID: "c"}, 2)
	requireCode(t, err, fault.InvalidRequest)
}

func searchEverything(t *testing.T, s *store.Store) {
	t.Helper()
	shelf(t, s)
	for _, name := range awkward {
		addGroup(t, s, name, nil, nil)
	}
	addUser(t, s, "Vera Åsasson")
	addUser(t, s, "van Asa")
	device := func(d people.OwnedDevice) string { return d.Name + "/" + d.Owner }
	group := func(g people.Group) string { return g.Name }
	for query, want := range map[string][3][]string{
		"asa":     {{"Åsa Öberg", "Åsa Öberg", "van Asa", "Vera Åsasson"}, {"Åsa Öberg"}, {}},
		"SPARE":   {{}, {}, {"Spare A/", "spare b/", "spare c/"}},
		"sn_7":    {{}, {}, {"spare b/"}},
		"%":       {{}, {"100%_zeker"}, {"iPad é/Åsa Öberg", "iPad é/ليلى منصور", "iPad é/Åsa Öberg", "Mac/Åsa Öberg"}},
		"ليلى":    {{"ليلى منصور"}, {"ليلى منصور"}, {}},
		"  ":      {{}, {}, {}},
		"nothing": {{}, {}, {}},
	} {
		found, err := s.Search(t.Context(), query, 4)
		require.NoError(t, err)
		require.Equal(t, want, [3][]string{names(found.Users, userName), names(found.Groups, group), names(found.Devices, device)}, query)
	}
	found, err := s.Search(t.Context(), "asa", 1)
	require.NoError(t, err)
	require.Equal(t, []string{"Åsa Öberg"}, names(found.Users, userName))
}
