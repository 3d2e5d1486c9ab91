package storetest

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

func syncPeople(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	first := b.people(persons(900)...)
	require.Equal(t, 900, first.Created)
	require.Equal(t, 900, b.report().People.Created)
	before := snapshotOf(t, s)
	again := b.people(persons(900)...)
	require.Zero(t, again.Created)
	require.Equal(t, first.IDs, again.IDs)
	require.Equal(t, before, snapshotOf(t, s), "a page without a difference writes nothing")

	changed := person("p0001")
	changed.FullName, changed.Email, changed.DN, changed.Login = "Renamed", "", "cn=moved", "other"
	changed.Keys[0] = people.DirectoryKeyOf(people.KeyDN, changed.DN)
	require.Equal(t, first.IDs["id-p0001"], b.people(changed).IDs["id-p0001"], "a user keeps the id")
	u := b.user(first.IDs["id-p0001"])
	require.Equal(t, "Renamed", u.FullName)
	require.Empty(t, u.Email, "an address that the directory has no more is gone")
	require.Equal(t, b.dir.ID, u.DirectoryID)
	require.Equal(t, 1, b.report().People.Updated)
	found, err := s.ResolveKeys(t.Context(), b.dir.ID, []people.DirectoryKey{
		changed.Keys[0], people.DirectoryKeyOf(people.KeyLogin, "other"), people.DirectoryKeyOf(people.KeyDN, "cn=p0001"),
	})
	require.NoError(t, err)
	require.Len(t, found, 2, "groups find the person by the new names, not by the old")
	page, err := s.ListUsers(t.Context(), people.UserFilter{Query: "renamed"}, people.Cursor{}, 2)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)

	same := person("p0002")
	same.Login = "other"
	b.people(same)
	found, err = s.ResolveKeys(t.Context(), b.dir.ID, []people.DirectoryKey{people.DirectoryKeyOf(people.KeyLogin, "other")})
	require.NoError(t, err)
	require.Empty(t, found, "a login of two names neither")

	version := u.Version
	moved := changed
	moved.DN = "cn=moved again"
	moved.Keys = []people.DirectoryKey{people.DirectoryKeyOf(people.KeyDN, moved.DN)}
	b.people(moved)
	require.Equal(t, version, b.user(u.ID).Version, "a move alone changes no user")

	other := person("p0001")
	other.StableID = "made again"
	require.NotEqual(t, u.ID, b.people(other).IDs["made again"], "the same name is not the same person")
}

// syncPeopleAtOnce is what two workers do of which each takes the other for dead.
func syncPeopleAtOnce(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			_, err := s.SyncPeople(t.Context(), b.run, persons(50))
			require.NoError(t, err)
		})
	}
	wait.Wait()
	page, err := s.ListUsers(t.Context(), people.UserFilter{}, people.Cursor{}, 100)
	require.NoError(t, err)
	require.Len(t, page.Items, 50)
	require.Equal(t, 50, b.report().People.Created)
}

// fromDirectory makes the user who was invited one of the directory's.
func (b *bound) fromDirectory(name string) (people.User, people.DirectoryGroup) {
	b.t.Helper()
	id := b.people(person(name)).IDs["id-"+name]
	group := directoryGroup("class of " + name)
	groups, err := b.s.SyncGroups(b.t.Context(), b.run, []people.DirectoryGroup{group})
	require.NoError(b.t, err)
	require.NoError(b.t, b.s.AddMembers(b.t.Context(), b.run, []people.MemberPair{{GroupID: groups[group.StableID], UserID: id}}))
	require.NoError(b.t, switchGroup(b.t, b.s, groups[group.StableID], true))
	_, err = b.s.CreateDevice(b.t.Context(), actor, people.Device{
		Name: "iPad", Platform: people.IPadOS, SerialNumber: name, UserID: id, Push: channels()[:1],
	})
	require.NoError(b.t, err)
	plan := b.plan(groups[group.StableID])
	_, _, err = b.s.SendPlan(b.t.Context(), actor, plan.ID, plan.Digest, invitation.Schedule{ExpiresAfter: 3600e9})
	require.NoError(b.t, err)
	_, err = b.s.WritePage(b.t.Context(), b.send(), 0, 10)
	require.NoError(b.t, err)
	requireOpen(b.t, b.s, id, 1)
	group.Name = groups[group.StableID]
	return b.user(id), group
}

func (b *bound) plan(groupID string) invitation.Plan {
	b.t.Helper()
	plan, err := b.s.CreatePlan(b.t.Context(), actor, invitation.Request{GroupID: groupID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto})
	require.NoError(b.t, err)
	return plan
}

// send is the newest send.
func (b *bound) send() string {
	b.t.Helper()
	page, err := b.s.ListSends(b.t.Context(), people.Cursor{}, 1)
	require.NoError(b.t, err)
	return page.Items[0].ID
}

func (b *bound) lastWords(userID string) string {
	b.t.Helper()
	page, err := b.s.ListCompleted(b.t.Context(), invitation.Filter{UserID: userID}, people.Cursor{}, 10)
	require.NoError(b.t, err)
	require.Len(b.t, page.Items, 1)
	require.Equal(b.t, invitation.Cancelled, page.Items[0].State)
	return page.Items[0].LastAnswer
}

func disablePeople(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	u, group := b.fromDirectory("ann")
	off := person("ann")
	off.Disabled = true
	synced := b.people(off)
	require.Equal(t, []string{u.ID}, synced.Disable)
	require.False(t, b.user(u.ID).Disabled, "nobody is disabled before everything was read")
	look, err := s.DisablePeople(t.Context(), b.run, synced.Disable)
	require.NoError(t, err)
	require.Equal(t, []string{u.ID}, look)
	require.Equal(t, string(invitation.Disabled), b.lastWords(u.ID))
	require.True(t, b.user(u.ID).Disabled)
	require.Equal(t, map[invitation.Reason]int{invitation.ServicesOff: 1}, b.plan(group.Name).Totals.Skipped)
	on, err := s.ServicesOn(t.Context(), u.ID)
	require.NoError(t, err)
	require.False(t, on)

	off.FullName = "Ann, renamed"
	require.Empty(t, b.people(off).Disable, "who is disabled is not disabled again")
	require.True(t, b.user(u.ID).Disabled, "a new name does not enable")
	b.people(person("ann"))
	require.False(t, b.user(u.ID).Disabled, "back again")
	require.Equal(t, 1, b.plan(group.Name).Totals.Invitations)

	stranger := person("bob")
	stranger.Disabled = true
	require.Empty(t, b.people(stranger).IDs, "nobody is made for an account that is disabled")
}

// hiddenStates is an account that may not read who is disabled.
func hiddenStates(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	ids := b.people(person("ann"), person("bob")).IDs
	_, err := s.DisablePeople(t.Context(), b.run, []string{ids["id-ann"]})
	require.NoError(t, err)
	hidden := func(name string) people.DirectoryPerson {
		p := person(name)
		p.StateHidden, p.FullName = true, "Renamed "+name
		return p
	}
	synced := b.people(hidden("ann"), hidden("bob"), hidden("carl"))
	require.Equal(t, ids, synced.IDs, "nobody is made who may be disabled")
	require.Empty(t, synced.Disable)
	require.Zero(t, synced.Enabled)
	require.True(t, b.user(ids["id-ann"]).Disabled, "what is hidden enables nobody")
	require.Equal(t, "Renamed ann", b.user(ids["id-ann"]).FullName)
	require.False(t, b.user(ids["id-bob"]).Disabled)
	require.Equal(t, 1, b.people(person("ann"), person("bob")).Enabled)
	require.False(t, b.user(ids["id-ann"]).Disabled)
}

func peopleLeave(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	u, group := b.fromDirectory("ann")
	require.Equal(t, 0, b.run.Report.Takes.OfPeople)
	look, err := s.RemovePeople(t.Context(), b.run, []string{u.ID})
	require.NoError(t, err)
	require.Equal(t, []string{u.ID}, look)
	require.Equal(t, string(invitation.LeftDirectory), b.lastWords(u.ID))
	_, err = s.User(t.Context(), u.ID)
	requireCode(t, err, fault.NotFound)
	require.Equal(t, 1, b.report().People.Gone)
	again := b.people(person("ann"))
	require.Equal(t, 1, again.Created)
	require.NotEqual(t, u.ID, again.IDs["id-ann"])

	carl, class := b.fromDirectory("carl")
	look, err = s.RemoveMembers(t.Context(), b.run, []people.MemberPair{{GroupID: class.Name, UserID: carl.ID}})
	require.NoError(t, err)
	require.Equal(t, []string{carl.ID}, look)
	require.Equal(t, string(invitation.ServicesOff), b.lastWords(carl.ID))
	dora, class := b.fromDirectory("dora")
	look, err = s.RemoveGroups(t.Context(), b.run, []string{class.Name, group.Name})
	require.NoError(t, err)
	require.Equal(t, []string{dora.ID}, look)
	require.Equal(t, string(invitation.ServicesOff), b.lastWords(dora.ID))
	require.Equal(t, 2, b.report().Groups.Gone)
}

func sharedAddresses(t *testing.T, s *store.Store) {
	t.Helper()
	b := bind(t, s)
	one, two := person("ann"), person("bob")
	one.Email, two.Email = "Home@school.example", "home@school.example"
	b.people(one, two, person("carl"))
	shared, err := s.SharedAddresses(t.Context(), b.dir.ID, 10)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"home@school.example": 2}, shared)
}
