package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/store"
)

// alreadyThere makes a user of Heraut's own.
func (b *bound) alreadyThere(name, email, externalID string) string {
	b.t.Helper()
	u, err := b.s.CreateUser(b.t.Context(), actor, people.User{FullName: name, Email: email, ExternalID: externalID})
	require.NoError(b.t, err)
	return u.ID
}

// adoptPeople holds that a directory takes over who is there already, where
// that is certain.
func adoptPeople(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	ann, bob := b.alreadyThere("Ann of old", "ANN@school.example", ""), b.alreadyThere("Bob of old", "", "id-bob")
	b.alreadyThere("One of two", "carl@school.example", "")
	b.alreadyThere("Two of two", "carl@school.example", "")
	twin := person("twin")
	twin.Email = "dora@school.example"
	dora := b.alreadyThere("Dora of old", "dora@school.example", "")
	off := person("off")
	off.Disabled = true
	gone := b.alreadyThere("Off of old", "off@school.example", "")

	page := []people.DirectoryPerson{person("ann"), person("bob"), person("carl"), person("dora"), twin, off, person("eve")}
	synced := b.people(page...)
	require.Equal(t, []int{4, 3}, []int{synced.Created, synced.Adopted})
	require.ElementsMatch(t, []string{"id-carl", "id-dora", "id-twin"}, synced.Doubts)
	require.Equal(t, []string{ann, bob, gone}, []string{synced.IDs["id-ann"], synced.IDs["id-bob"], synced.IDs["id-off"]})
	require.NotContains(t, synced.IDs, dora)
	require.Equal(t, []string{gone}, synced.Disable, "who is disabled there is disabled here, when everything was read")
	u := b.user(ann)
	require.Equal(t, []string{"ann", "ann@school.example", b.dir.ID}, []string{u.FullName, u.Email, u.DirectoryID})
	require.Equal(t, "id-bob", b.user(bob).ExternalID)
	require.Equal(t, 3, b.report().People.Adopted)

	again := b.people(page...)
	require.Equal(t, synced.IDs, again.IDs)
	require.Zero(t, again.Created+again.Adopted, "once is enough")
	b.adoptsNoneOfOthers()
}

// adoptsNoneOfOthers binds another directory with the same people.
func (b *bound) adoptsNoneOfOthers() {
	b.t.Helper()
	d, err := b.s.CreateDirectory(b.t.Context(), actor, anyDirectory("Another"), []byte("secret"))
	require.NoError(b.t, err)
	other := &bound{t: b.t, s: b.s, dir: d}
	other.begin(true)
	synced := other.people(person("ann"), person("bob"))
	require.Equal(b.t, []int{2, 0}, []int{synced.Created, synced.Adopted}, "who comes from elsewhere stays there")
	require.ElementsMatch(b.t, []string{"id-ann", "id-bob"}, synced.Doubts)
}

// adoptedFromRoster holds that a roster leaves alone whom a directory has
// taken over.
func adoptedFromRoster(t *testing.T, s *store.Store) {
	t.Helper()
	roster := people.Roster{People: []people.RosterPerson{{ExternalID: "p1", FullName: "Roster's Name", Email: "ann@school.example"}}}
	apply(t, s, roster, people.RosterOptions{})
	b := bind(t, s)
	synced := b.people(person("ann"))
	require.Equal(t, []int{0, 1}, []int{synced.Created, synced.Adopted})
	report := apply(t, s, roster, people.RosterOptions{})
	require.Equal(t, people.RosterCounts{Unchanged: 1}, report.Users)
	require.Equal(t, "ann", b.user(synced.IDs["id-ann"]).FullName)
	report = apply(t, s, people.Roster{}, people.RosterOptions{RemoveMissing: true, Force: true})
	require.Zero(t, report.Users.Missing)
	require.Equal(t, b.dir.ID, b.user(synced.IDs["id-ann"]).DirectoryID)
}

// adoptedFromSCIM holds that whom a SCIM client brings stays the client's, and
// that a directory takes over whom a removed client has left behind.
func adoptedFromSCIM(t *testing.T, s *store.Store) {
	t.Helper()
	here, gone := addSCIMClient(t, s, "Okta"), addSCIMClient(t, s, "Entra")
	addSCIMUser(t, s, here, "ann")
	bob := addSCIMUser(t, s, gone, "bob")
	require.NoError(t, s.DeleteSCIMClient(t.Context(), actor, gone.ID))
	page := []people.DirectoryPerson{person("ann"), person("bob")}
	for i := range page {
		page[i].Email = page[i].FullName + "@example.org"
	}

	synced := bind(t, s).people(page...)
	require.Equal(t, []int{1, 1}, []int{synced.Created, synced.Adopted})
	require.Equal(t, []string{"id-ann"}, synced.Doubts)
	require.Equal(t, bob.ID, synced.IDs["id-bob"])
}

// relinkPeople holds that another stable id finds the same people, until all
// were read once.
func relinkPeople(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	ids := b.people(person("ann"), person("bob")).IDs
	b.finish(people.RunSucceeded, "")
	number := func(name string) people.DirectoryPerson {
		p := person(name)
		p.StableID = "number of " + name
		return p
	}
	b.edit(func(d *people.Directory) { d.Attributes.StableID = "employeeNumber" })
	b.begin(true)
	synced := b.people(number("ann"))
	require.Equal(t, map[string]string{"number of ann": ids["id-ann"]}, synced.IDs)
	require.Zero(t, synced.Created+synced.Adopted)
	b.finish(people.RunFailed, "")
	b.begin(true)
	require.Equal(t, ids["id-bob"], b.people(number("ann"), number("bob")).IDs["number of bob"], "a run that failed is not all")
	b.finish(people.RunSucceeded, "")
	b.begin(true)
	require.NotContains(t, b.people(person("bob")).IDs, ids["id-bob"], "from then on the same name is not the same person")
	links, err := s.DirectoryPeople(t.Context(), b.dir.ID, "", 10)
	require.NoError(t, err)
	require.Len(t, links, 3)
}
