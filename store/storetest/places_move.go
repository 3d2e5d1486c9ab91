package storetest

import (
	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
)

func (s *campus) moved() int {
	s.t.Helper()
	n, err := s.MoveAccounts(s.t.Context())
	require.NoError(s.t, err)
	return n
}

// enrolAt lets a user accept at a location.
func (s *campus) enrolAt(place string, u people.User) {
	s.t.Helper()
	s.claimAt(place, u)
	s.tellAt(place, u, content.Associated)
	require.Equal(s.t, people.Enrolled, s.reread(u).State)
}

func (s *campus) retiringAt(place string) []string {
	s.t.Helper()
	list, err := s.ClaimRetiring(s.t.Context(), place, 100)
	require.NoError(s.t, err)
	return names(list, func(a content.NewAccount) string { return a.ClientUserID })
}

// placesMove: who belongs to another location is ended at the old one and
// accepts at the new.
func placesMove(s *campus) {
	s.installPlaces(north, south)
	u, stays := s.user("u"), s.user("stays")
	s.enrolAt(north, u)
	s.enrolAt(north, stays)
	require.Zero(s.t, s.moved())

	left := s.change(u.ID, belongsTo(south))
	require.Equal(s.t, people.NotInvited, left.State, "at once, so that the user can be invited")
	require.Empty(s.t, s.enrolledAt(u))
	require.Contains(s.t, s.actions(u.ID), "enrollment.delete")
	require.Equal(s.t, []string{idAt(north, u)}, s.retiringAt(north))
	require.Equal(s.t, content.Applied{}, s.tellAt(north, u, content.Associated), "older news")
	s.tellAt(north, u, content.Retired)

	require.Equal(s.t, 1, s.plan(by(invitation.PolicyMail, ofUser(u))).Totals.Invitations)
	s.enrolAt(south, u)
	require.Equal(s.t, south, s.enrolledAt(u))
	require.Equal(s.t, north, s.enrolledAt(stays))
	require.Zero(s.t, s.moved())
}

// placesMoveWithGroups: whoever changes groups, the next look finds out.
func placesMoveWithGroups(s *campus) {
	s.installPlaces(north, south)
	u, v, open := s.user("u"), s.user("v"), s.user("open")
	g := s.groupAt(south, nil)
	s.send(by(invitation.PolicyMail, ofUser(open)))
	s.claimAt(north, open)
	s.tellAt(north, open, content.Registered)
	s.deliver(open)
	s.enrolAt(north, u)
	s.enrolAt(north, v)
	_, err := s.SetMembers(s.t.Context(), actor, g.ID, []string{u.ID, open.ID}, nil)
	require.NoError(s.t, err)
	require.Equal(s.t, 2, s.moved())
	require.Zero(s.t, s.moved(), "once")
	require.Equal(s.t, people.NotInvited, s.reread(u).State)
	require.Equal(s.t, people.Enrolled, s.reread(v).State)
	require.ElementsMatch(s.t, []string{idAt(north, u), idAt(north, open)}, s.retiringAt(north))

	// What was delivered is registered at the new location, for what leaves next.
	list, err := s.WantedAccounts(s.t.Context(), south, 100)
	require.NoError(s.t, err)
	require.Equal(s.t, []content.NewAccount{{UserID: open.ID, ClientUserID: idAt(south, open)}}, list)
	s.claimAt(south, open)
	s.tellAt(south, open, content.Registered)
	code, err := s.InviteCode(s.t.Context(), open.ID)
	require.NoError(s.t, err)
	require.Equal(s.t, "code at "+south, string(code))
	require.Equal(s.t, []string{open.ID}, s.tellAt(south, open, content.Associated).Wake)

	s.moveGroup(g, north)
	require.Equal(s.t, people.Invited, s.reread(open).State, "a group's own change works at once")
}

// placesMoveSilent: who needs no invitation needs none at the new location.
func placesMoveSilent(s *campus) {
	s.installPlaces(north, south)
	u := s.withAccount(s.user("u"))
	s.send(ofUser(u))
	s.claimAt(north, u)
	s.tellAt(north, u, content.Associated)
	s.change(u.ID, belongsTo(south))
	list, err := s.WantedAccounts(s.t.Context(), south, 100)
	require.NoError(s.t, err)
	require.Equal(s.t, []content.NewAccount{{UserID: u.ID, ClientUserID: idAt(south, u), ManagedAppleAccount: u.ManagedAppleAccount}}, list)
	require.Equal(s.t, 1, s.plan(ofUser(u)).Totals.Silent)

	// What one location has refused, another may take.
	s.claimAt(south, u)
	_, err = s.RefuseAccounts(s.t.Context(), south, []content.Refusal{{UserID: u.ID, Answer: "9641", ForGood: true}})
	require.NoError(s.t, err)
	require.Zero(s.t, s.plan(ofUser(u)).Totals.Silent)
	s.change(u.ID, belongsTo(north))
	require.Equal(s.t, 1, s.plan(ofUser(u)).Totals.Silent)
}

// placesLeft: a token that is removed by force leaves nobody behind.
func placesLeft(s *campus) {
	s.installPlaces(north, south)
	u := s.user("u")
	s.enrolAt(north, u)
	require.NoError(s.t, s.RemoveContentToken(s.t.Context(), actor, north, true))
	require.Equal(s.t, 1, s.moved())
	require.Equal(s.t, people.NotInvited, s.reread(u).State)
	require.Equal(s.t, south, s.placeOf(u))
}

// placesContent: each location's apps and books, for its own users.
func placesContent(l *library) {
	l.installPlaces(south)
	require.NoError(l.t, l.KeepAsset(l.t.Context(), south, owned(app, 7, 0)))
	page, err := l.ListAssets(l.t.Context(), people.Cursor{}, 100)
	require.NoError(l.t, err)
	var where []string
	for after := (people.Cursor{}); ; {
		one, err := l.ListAssets(l.t.Context(), after, 1)
		require.NoError(l.t, err)
		where = append(where, one.Items[0].AdamID+"@"+one.Items[0].Location)
		if one.Next == nil {
			break
		}
		after = *one.Next
	}
	require.Equal(l.t, names(page.Items, func(a content.Asset) string { return a.AdamID + "@" + a.Location }), where)
	require.Subset(l.t, where, []string{app.AdamID + "@" + place, app.AdamID + "@" + south})

	here, there := l.user("here"), l.user("there")
	l.change(there.ID, belongsTo(south))
	g := l.group(here, there)
	kept, err := l.PutContent(l.t.Context(), actor, content.Owner{GroupID: g.ID}, []content.Choice{{AssetRef: app}, {AssetRef: app, Location: south}})
	require.NoError(l.t, err)
	require.Equal(l.t, []string{place, south}, names(kept, func(a content.Asset) string { return a.Location }), "by location")
	_, err = l.PutContent(l.t.Context(), actor, content.Owner{UserID: there.ID}, content.Choices(book))
	require.ErrorContains(l.t, err, "/items/0/adam_id", "the book is not of the user's location")
	forecast, err := l.ForecastLicenses(l.t.Context(), l.plan(by(invitation.PolicyMail, ofGroup(g))).ID)
	require.NoError(l.t, err)
	require.ElementsMatch(l.t, []content.Forecast{
		{AssetRef: app, Location: place, Needed: 1, Available: 3}, {AssetRef: app, Location: south, Needed: 1, Available: 7},
	}, forecast)

	l.accept(here)
	l.enrolAt(south, there)
	l.give(app)
	_, err = l.PlanLicenses(l.t.Context(), south)
	require.NoError(l.t, err)
	require.Equal(l.t, []string{place}, names(l.completed(content.LicenseFilter{}), func(one content.License) string { return one.Location }))
	require.Equal(l.t, []string{south}, names(l.active(content.LicenseFilter{}), func(one content.License) string { return one.Location }))
}
