package storetest

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

func groupsInside(t *testing.T, s *store.Store) {
	t.Helper()
	low := addGroup(t, s, "low", nil, nil)
	zed, able := addGroup(t, s, "Zed", nil, nil), addGroup(t, s, "éable", nil, []string{low.ID})
	gone := addGroup(t, s, "gone", nil, nil)
	top := addGroup(t, s, "top", nil, []string{zed.ID, able.ID, gone.ID})
	require.NoError(t, s.DeleteGroup(t.Context(), actor, gone.ID, nil))
	inside := func(id string) []string {
		return everyPage(t, func(g people.Group) string { return g.Name }, func(after people.Cursor, limit int) (people.Page[people.Group], error) {
			return s.GroupsInGroup(t.Context(), id, after, limit)
		})
	}
	require.Equal(t, []string{"éable", "Zed"}, inside(top.ID), "by name, and not what is below them")
	require.Equal(t, []string{"low"}, inside(able.ID))
	require.Empty(t, inside("none"))
}

func namesByID(t *testing.T, s *store.Store) {
	t.Helper()
	u, gone := addUser(t, s, awkward[2]), addUser(t, s, "gone")
	require.NoError(t, s.DeleteUser(t.Context(), actor, gone.ID, nil))
	g := addGroup(t, s, "g", nil, nil)
	d, err := s.CreateDevice(t.Context(), actor, people.Device{Name: "d", Platform: people.IOS})
	require.NoError(t, err)
	ids := []string{u.ID, gone.ID, g.ID, d.ID, "none"}
	for want, read := range map[[2]string]func(context.Context, ...string) (map[string]string, error){
		{u.ID, awkward[2]}: s.UserNames, {g.ID, "g"}: s.GroupNames, {d.ID, "d"}: s.DeviceNames,
	} {
		names, err := read(t.Context(), ids...)
		require.NoError(t, err)
		require.Equal(t, map[string]string{want[0]: want[1]}, names)
	}
	none, err := s.UserNames(t.Context())
	require.NoError(t, err)
	require.Empty(t, none)
}

func deviceFacts(t *testing.T, s *store.Store) {
	t.Helper()
	d, err := s.CreateDevice(t.Context(), actor, people.Device{Name: "d", Platform: people.IOS})
	require.NoError(t, err)
	facts, err := s.DeviceMDM(t.Context(), d.ID)
	require.NoError(t, err)
	require.False(t, facts.Known)
	require.False(t, facts.Enabled)
	_, err = s.DeviceMDM(t.Context(), "none")
	requireCode(t, err, fault.NotFound)

	_, err = s.DeviceEnrolled(t.Context(), people.EnrolledDevice{
		EnrollmentID: "UDID-1", Kind: people.MDMPersonalDevice, Name: "personal", Platform: people.IOS, UDID: "UDID-1",
	})
	require.NoError(t, err)
	page, err := s.ListDevices(t.Context(), people.DeviceFilter{Query: "personal"}, people.Cursor{}, 1)
	require.NoError(t, err)
	facts, err = s.DeviceMDM(t.Context(), page.Items[0].ID)
	require.NoError(t, err)
	require.True(t, facts.Known)
	require.False(t, facts.Invitable, "a User Enrollment")
}

// lastInvitations: the accepted one speaks before newer ones.
func lastInvitations(s *campus) {
	a, b, none := s.user("a"), s.user("b"), s.user("none")
	g := s.group(a, b)
	s.write(s.send(by(invitation.PolicyMail, ofGroup(g))))
	first := s.only(a)
	s.say(invitation.Accept, first.ID)
	s.record(a)
	_, err := s.CancelInvitation(s.t.Context(), actor, s.only(b).ID)
	require.NoError(s.t, err)
	s.write(s.send(by(invitation.PolicyMail, ofGroup(g))))
	last, err := s.LastInvitations(s.t.Context(), a.ID, b.ID, none.ID)
	require.NoError(s.t, err)
	require.Len(s.t, last, 2)
	require.Equal(s.t, first.ID, last[a.ID].ID)
	require.Equal(s.t, invitation.Accepted, last[a.ID].State)
	require.Equal(s.t, invitation.Queued, last[b.ID].State, "the newest")
	enrolled, err := s.EnrollmentsOf(s.t.Context(), a.ID, b.ID)
	require.NoError(s.t, err)
	require.Len(s.t, enrolled, 1)
	require.Equal(s.t, invitation.SourcePage, enrolled[a.ID].Source)
	require.Equal(s.t, "a", enrolled[a.ID].FullName)
	empty, err := s.LastInvitations(s.t.Context())
	require.NoError(s.t, err)
	require.Empty(s.t, empty)
}

func assetsFound(l *library) {
	name := func(ref content.AssetRef, text string) {
		a := owned(ref, 3, 0)
		a.Name = text
		require.NoError(l.t, l.KeepAsset(l.t.Context(), place, a))
	}
	name(app, "Página 100%")
	name(book, "<b>Boek</b>")
	for query, want := range map[string][]string{
		"PAGINA": {app.AdamID}, "%": {app.AdamID}, "<b>": {book.AdamID}, "4": {book.AdamID, other.AdamID}, "nothing": {},
		" ": {book.AdamID, app.AdamID, other.AdamID},
	} {
		got := everyPage(l.t, func(a content.Asset) string { return a.AdamID }, func(after people.Cursor, limit int) (people.Page[content.Asset], error) {
			return l.FindAssets(l.t.Context(), query, after, limit)
		})
		require.ElementsMatch(l.t, want, got, query)
	}
	one, err := l.Asset(l.t.Context(), place, app)
	require.NoError(l.t, err)
	require.Equal(l.t, "Página 100%", one.Name)
	_, err = l.Asset(l.t.Context(), place, content.AssetRef{AdamID: app.AdamID, Pricing: content.PricingPlus})
	requireCode(l.t, err, fault.NotFound)
}

func contentAbove(l *library) {
	u := l.user("u")
	low := l.group(u)
	top := addGroup(l.t, l.Store, "top", nil, []string{low.ID})
	l.assign(low, app)
	l.assign(top, app, book)
	above := func(o content.Owner) string {
		all, err := l.ContentAbove(l.t.Context(), o)
		require.NoError(l.t, err)
		return strings.Join(names(all, func(i content.Inherited) string { return i.AdamID + " " + i.GroupName }), ", ")
	}
	require.Equal(l.t, book.AdamID+" top, "+app.AdamID+" "+low.Name+", "+app.AdamID+" top", above(content.Owner{UserID: u.ID}))
	require.Equal(l.t, book.AdamID+" top, "+app.AdamID+" top", above(content.Owner{GroupID: low.ID}))
	require.Empty(l.t, above(content.Owner{GroupID: top.ID}))
}

// whoHasAndWaits: by name, and by turn.
func whoHasAndWaits(l *library) {
	users := l.accepted("zoe", "éva", "bram", "ada")
	l.assign(l.group(users...), app)
	l.planned()
	l.settleAll(l.claimBatch(app, content.Associate, 2), content.Has)
	list := func(of func(after people.Cursor, limit int) (people.Page[content.License], error)) []string {
		return everyPage(l.t, func(x content.License) string { return x.FullName }, of)
	}
	require.Equal(l.t, []string{"éva", "zoe"}, list(func(after people.Cursor, limit int) (people.Page[content.License], error) {
		return l.AssetHolders(l.t.Context(), place, app, after, limit)
	}))
	require.Equal(l.t, []string{"bram", "ada"}, list(func(after people.Cursor, limit int) (people.Page[content.License], error) {
		return l.AssetQueue(l.t.Context(), place, app, after, limit)
	}), "who accepted first is first")
	_, err := l.AssetQueue(l.t.Context(), place, app, people.Cursor{Key: "x"}, 1)
	requireCode(l.t, err, fault.InvalidRequest)
}
