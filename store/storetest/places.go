package storetest

import (
	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// The locations of the tests, in the order in which they are installed.
const (
	north = "uid-3"
	south = "uid-1"
	west  = "uid-2"
)

// installPlaces installs the content tokens of locations, one after the other.
func (s *campus) installPlaces(uids ...string) {
	s.t.Helper()
	for _, uid := range uids {
		tokens, err := s.ContentTokens(s.t.Context())
		require.NoError(s.t, err)
		t := settings.ContentToken{UID: uid}
		name, rank := settings.NextToken(tokens, uid)
		t.Rank = rank
		_, err = s.PutSetting(s.t.Context(), actor, name, t, []byte("token of "+uid), nil)
		require.NoError(s.t, err)
	}
}

func (s *campus) placeOf(u people.User) string {
	s.t.Helper()
	place, err := s.LocationOf(s.t.Context(), u.ID)
	require.NoError(s.t, err)
	return place
}

// groupAt makes a group that belongs to a location, with users and groups in
// it.
func (s *campus) groupAt(place string, users []people.User, groups ...people.Group) people.Group {
	s.t.Helper()
	g, err := s.CreateGroup(s.t.Context(), actor, people.Group{Name: "at " + place, ContentLocation: place})
	require.NoError(s.t, err)
	g, err = s.SetMembers(s.t.Context(), actor, g.ID, names(users, func(u people.User) string { return u.ID }), names(groups, func(g people.Group) string { return g.ID }))
	require.NoError(s.t, err)
	return g
}

func (s *campus) moveGroup(g people.Group, place string) {
	s.t.Helper()
	_, err := s.UpdateGroup(s.t.Context(), actor, g.ID, nil, func(g people.Group) (people.Group, error) {
		g.ContentLocation = place
		return g, nil
	})
	require.NoError(s.t, err)
}

func belongsTo(place string) func(*people.User) {
	return func(u *people.User) { u.ContentLocation = place }
}

// placesOfUsers: the own value, the nearest group, the first.
func placesOfUsers(s *campus) {
	u, other := s.user("u"), s.user("other")
	require.Empty(s.t, s.placeOf(u), "without a token")
	s.installPlaces(north, south, west)
	require.Equal(s.t, north, s.placeOf(u), "the first that was installed")

	inner := s.groupAt("", []people.User{u})
	outer := s.groupAt(south, []people.User{other}, inner)
	require.Equal(s.t, south, s.placeOf(u), "through nesting")
	s.groupAt(west, nil, outer)
	require.Equal(s.t, south, s.placeOf(u), "the nearer one")
	s.moveGroup(inner, west)
	require.Equal(s.t, west, s.placeOf(u), "the nearest")
	require.Equal(s.t, south, s.placeOf(other))
	s.groupAt(south, []people.User{u})
	require.Equal(s.t, south, s.placeOf(u), "of two equally near ones the one that was installed first")
	s.change(u.ID, belongsTo(north))
	require.Equal(s.t, north, s.placeOf(u), "the own value")

	require.NoError(s.t, s.RemoveContentToken(s.t.Context(), actor, north, true))
	require.Equal(s.t, south, s.placeOf(u), "what has no token does not count")
	s.installPlaces(north)
	require.Equal(s.t, north, s.placeOf(u), "until it is back")
	require.Equal(s.t, south, s.placeOf(s.user("new")), "who comes back is not the first any more")
}

func placesAreChecked(s *campus) {
	s.installPlaces(north)
	_, err := s.CreateUser(s.t.Context(), actor, people.User{FullName: "u", ContentLocation: south})
	requireCode(s.t, err, fault.InvalidRequest)
	_, err = s.CreateGroup(s.t.Context(), actor, people.Group{Name: "g", ContentLocation: south})
	requireCode(s.t, err, fault.InvalidRequest)
	u := s.user("u")
	_, err = s.UpdateUser(s.t.Context(), actor, u.ID, nil, func(u people.User) (people.User, error) {
		u.ContentLocation = south
		return u, nil
	})
	requireCode(s.t, err, fault.InvalidRequest)
	require.Equal(s.t, u, s.reread(u))
}

// placesInUse: a location that somebody depends on is not left by mistake.
func placesInUse(s *campus) {
	remove := func(place string) error { return s.RemoveContentToken(s.t.Context(), actor, place, false) }
	requireCode(s.t, remove(north), fault.NotFound)
	s.installPlaces(north, south)
	u, g := s.user("u"), s.groupAt(south, nil)
	s.change(u.ID, belongsTo(south))
	requireCode(s.t, remove(south), fault.Conflict)
	require.ErrorContains(s.t, remove(south), "1 user belongs to it, 1 group belongs to it")
	s.moveGroup(g, "")
	s.change(u.ID, belongsTo(""))

	s.claimAt(north, u)
	require.ErrorContains(s.t, remove(north), "1 user is registered there", "though nobody says so")
	require.NoError(s.t, remove(south))
	require.NoError(s.t, remove(north), "as the only one it can be left and come back")
	require.Equal(s.t, content.StateSubmitted, s.account(u).State)
	require.Empty(s.t, s.placeOf(u))
}

func (s *campus) claimAt(place string, users ...people.User) []content.NewAccount {
	s.t.Helper()
	var wanted []content.NewAccount
	for _, u := range users {
		wanted = append(wanted, content.NewAccount{UserID: u.ID, ClientUserID: idAt(place, u)})
	}
	mine, err := s.ClaimAccounts(s.t.Context(), place, wanted)
	require.NoError(s.t, err)
	return mine
}

// idAt is how Apple knows a user: only where north is the first it is bare.
func idAt(place string, u people.User) string {
	if place == north {
		return ClientUserID(u.ID)
	}
	return ClientUserID(u.ID + "@" + place)
}

// tellAt is what Apple says of a user at a location.
func (s *campus) tellAt(place string, u people.User, state content.AccountState) content.Applied {
	s.t.Helper()
	applied, err := s.ApplyAccounts(s.t.Context(), place, []content.Account{{
		ClientUserID: idAt(place, u), State: state, InviteCode: content.Secret("code at " + place), IDHash: "hash",
	}})
	require.NoError(s.t, err)
	return applied
}

func (s *campus) toRegister(place string, send invitation.Send) []content.NewAccount {
	s.t.Helper()
	list, within, err := s.Unregistered(s.t.Context(), place, send.ID, 0, 10, 10)
	require.NoError(s.t, err)
	require.Len(s.t, list, within)
	return list
}

// placesRegister: everybody at the own location, by an id of that location.
func placesRegister(s *campus) {
	s.installPlaces(north, south)
	a, b := s.user("a"), s.user("b")
	s.change(b.ID, belongsTo(south))
	send := s.send(by(invitation.PolicyMail, ofGroup(s.group(a, b))))
	s.write(send)
	require.Equal(s.t, []content.NewAccount{{UserID: a.ID, ClientUserID: idAt(north, a)}}, s.toRegister(north, send))
	require.Equal(s.t, []content.NewAccount{{UserID: b.ID, ClientUserID: idAt(south, b)}}, s.toRegister(south, send))
	for place, needed := range map[string]bool{north: false, south: true} {
		_, ok, err := s.UserUnregistered(s.t.Context(), place, b.ID)
		require.NoError(s.t, err)
		require.Equal(s.t, needed, ok, place)
	}
	s.claimAt(south, b)
	s.tellAt(south, b, content.Registered)
	code, err := s.InviteCode(s.t.Context(), b.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, "code at "+south, string(code))
	require.Empty(s.t, s.toRegister(south, send))

	s.tellAt(south, b, content.Associated)
	require.Equal(s.t, south, s.enrolledAt(b))
	require.Empty(s.t, s.enrolledAt(a))
}

// enrolledAt is where a user is enrolled; empty for nowhere.
func (s *campus) enrolledAt(u people.User) string {
	s.t.Helper()
	page, err := s.ListEnrollments(s.t.Context(), "", people.Cursor{}, 100)
	require.NoError(s.t, err)
	for _, e := range page.Items {
		if e.UserID == u.ID {
			return e.Location
		}
	}
	return ""
}

// placesRoutes: a location that is away holds nobody else up.
func placesRoutes(s *campus) {
	s.installPlaces(north, south)
	a, b := s.user("a"), s.user("b")
	s.change(b.ID, belongsTo(south))
	s.write(s.send(by(invitation.PolicyMail, ofGroup(s.group(a, b)))))
	_, err := s.RouteDown(s.t.Context(), invitation.BooksRoute(south), "9621", 0)
	require.NoError(s.t, err)
	waits := func(u people.User) invitation.WaitingFor {
		return s.invitations(invitation.Filter{UserID: u.ID})[0].WaitingFor
	}
	require.Equal(s.t, invitation.WaitingRetry, waits(b))
	require.Empty(s.t, waits(a))
	turn, err := s.RouteTurn(s.t.Context(), invitation.BooksRoute(north), "tests")
	require.NoError(s.t, err)
	require.True(s.t, turn.Up)
	state, err := s.RouteState(s.t.Context(), invitation.RouteBooks)
	require.NoError(s.t, err)
	require.Equal(s.t, "9621", state.Reason)

	s.change(b.ID, belongsTo(""))
	require.NoError(s.t, s.RemoveContentToken(s.t.Context(), actor, south, false))
	state, err = s.RouteState(s.t.Context(), invitation.RouteBooks)
	require.NoError(s.t, err)
	require.Zero(s.t, state.DownSince, "what is gone is not down")
	require.Empty(s.t, waits(b))
}
