package main

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/activities"
	"heraut/content"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
	appsbookssim "heraut/simulator/appsbooks"
)

// The two locations of an organization, as the simulator names them.
const (
	northOrg = bookOrg + "/Noord"
	southOrg = bookOrg + "/Zuid"
)

// twinOffice is an office with two locations.
type twinOffice struct {
	*bookOffice
	call func(method, path string, body any) (status int, answer string)
	// north and south are Apple's uids; northFile and southFile the tokens.
	north, south         string
	northFile, southFile []byte
}

func newTwinOffice(t *testing.T) *twinOffice {
	t.Helper()
	p, apple := bookParts(t)
	apple.SetLimit("maxRequestPerSecond", 100_000)
	o := &twinOffice{bookOffice: &bookOffice{t: t, parts: p, apple: apple, log: &safeBuffer{}, mails: map[string]int{}}}
	p.log = slog.New(slog.NewJSONHandler(o.log, nil))
	o.call = adminOf(t, p)
	o.northFile, o.southFile = apple.Token(northOrg, nextYear()), apple.Token(southOrg, nextYear())
	o.put(o.northFile)
	o.put(o.southFile)
	tokens, err := p.store.ContentTokens(t.Context())
	require.NoError(t, err)
	require.Len(t, tokens, 2)
	require.Equal(t, []string{"Noord", "Zuid"}, []string{tokens[0].Location, tokens[1].Location})
	o.north, o.south = tokens[0].UID, tokens[1].UID
	o.restart()
	shelf, ok := o.Books.(*books)
	require.True(t, ok)
	o.Libraries, o.Licenses = libraries{shelf}, p.store
	return o
}

// put installs a token as an administrator does.
func (o *twinOffice) put(file []byte) {
	o.t.Helper()
	status, answer := o.call(http.MethodPut, "/v1/settings/content-token", map[string]any{"token_file": string(file)})
	require.Equal(o.t, http.StatusOK, status, answer)
}

// at are our users whom Apple has at a location, by full name.
func (o *twinOffice) at(org, uid, state string) (names []string) {
	o.t.Helper()
	for _, u := range o.apple.Users(org) {
		if u.Status != state {
			continue
		}
		for _, id := range o.everyone() {
			if u.ClientUserID == o.idAt(uid, id) {
				one, err := o.parts.store.User(o.t.Context(), id)
				require.NoError(o.t, err)
				names = append(names, one.FullName)
			}
		}
	}
	slices.Sort(names)
	return names
}

// idAt is how Apple knows a user at a location.
func (o *twinOffice) idAt(uid, userID string) string {
	if uid == o.north {
		return o.parts.keys.ClientUserID(userID)
	}
	return o.parts.keys.ClientUserID(userID + "@" + uid)
}

func (o *twinOffice) person(name, place string) string {
	o.t.Helper()
	return o.user(people.User{FullName: name, Email: name + "@example.org", ContentLocation: place})
}

func TestTwoLocations(t *testing.T) {
	o := newTwinOffice(t)
	a, b := o.person("a", ""), o.person("b", o.south)
	silent := o.user(people.User{FullName: "silent", ContentLocation: o.south, ManagedAppleAccount: "s@school.example"})
	require.NoError(t, o.deliver(o.invite(a, b, silent)))
	require.Equal(t, 2, o.mailed())
	require.Equal(t, []string{"a"}, o.at(northOrg, o.north, "Registered"))
	require.Equal(t, []string{"b"}, o.at(southOrg, o.south, "Registered"))
	shelf, ok := o.Books.(*books)
	require.True(t, ok)
	require.Len(t, shelf.clients, 2, "each has Apple's limit to itself")

	link, err := (&appleLinks{parts: o.parts, codes: o.parts.store}).AppleLink(t.Context(), b)
	require.NoError(t, err)
	require.Contains(t, link, o.apple.Users(southOrg)[0].InviteCode)

	o.accept(a)
	o.accept(b)
	require.Eventually(t, func() bool { o.watch(); return o.enrolled(silent) }, 30*time.Second, 50*time.Millisecond)
	require.Equal(t, []string{"b", "silent"}, o.at(southOrg, o.south, "Associated"))
	page, err := o.parts.store.ListEnrollments(t.Context(), "", people.Cursor{}, 10)
	require.NoError(t, err)
	places := map[string]string{}
	for _, e := range page.Items {
		places[e.UserID] = e.Location
	}
	require.Equal(t, map[string]string{a: o.north, b: o.south, silent: o.south}, places)
}

// TestContentOfTwoLocations: seats of one location are nobody else's.
func TestContentOfTwoLocations(t *testing.T) {
	const app = "361309726"
	o := newTwinOffice(t)
	o.apple.AddAsset(northOrg, appsbookssim.Asset{AdamID: app, Total: 1})
	o.apple.AddAsset(southOrg, appsbookssim.Asset{AdamID: app, Total: 5})
	require.Zero(t, o.distribute())
	status, answer := o.call(http.MethodGet, "/v1/content", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, answer, `"location":"`+o.north+`"`)
	require.Contains(t, answer, `"location":"`+o.south+`"`)

	first, second, elsewhere := o.person("first", ""), o.person("second", ""), o.person("elsewhere", o.south)
	send := o.invite(first, second, elsewhere)
	ref := content.AssetRef{AdamID: app, Pricing: content.PricingStandard}
	_, err := o.parts.store.PutContent(t.Context(), operatorKey, content.Owner{GroupID: send.GroupID},
		[]content.Choice{{AssetRef: ref, Location: o.north}, {AssetRef: ref, Location: o.south}})
	require.NoError(t, err)
	require.NoError(t, o.deliver(send))
	for _, user := range []string{first, second, elsewhere} {
		o.accept(user)
		o.watch()
	}
	require.Equal(t, activities.Distributed{Given: 2}, o.distribute())
	require.Len(t, o.apple.Assignments(northOrg), 1)
	require.Equal(t, o.idAt(o.north, first), o.apple.Assignments(northOrg)[0].ClientUserID)
	require.Equal(t, o.idAt(o.south, elsewhere), o.apple.Assignments(southOrg)[0].ClientUserID)
	waiting, err := o.parts.store.ListActiveLicenses(t.Context(), content.LicenseFilter{}, people.Cursor{}, 10)
	require.NoError(t, err)
	require.Len(t, waiting.Items, 1)
	require.Equal(t, second, waiting.Items[0].UserID, "four seats of the other location help nobody")
}

// TestTokenOfOneLocationEnds: the other goes on, and an administrator sees
// which it is.
func TestTokenOfOneLocationEnds(t *testing.T) {
	o := newTwinOffice(t)
	known, held := o.person("known", ""), o.person("held", o.south)
	require.NoError(t, o.deliver(o.invite(known)))
	o.accept(known)
	o.apple.RevokeToken(o.southFile)
	waits := o.invite(held)
	requireAway(t, o.deliver(waits))
	require.Equal(t, invitation.WaitingRetry, o.only(held).WaitingFor)
	requireAway(t, o.run(o.WatchAcceptances, nil))
	require.True(t, o.enrolled(known), "the other location was looked at")
	require.NoError(t, o.deliver(o.invite(o.person("next", ""))))

	checks := map[string]settings.Check{}
	for _, line := range (&contentCheck{parts: o.parts}).check(t.Context()) {
		checks[line.Name] = line
	}
	require.True(t, checks["content_token"].OK, checks)
	require.False(t, checks["content_token/"+o.south].OK)
	require.Contains(t, checks["content_token/"+o.south].Detail, "9625")
	require.Contains(t, checks, "notifications/"+o.south)
	_, audit := o.call(http.MethodGet, "/v1/audit?object_id="+settings.NameTokenOf(o.south), nil)
	require.Equal(t, 1, strings.Count(audit, "setting.warning"), audit)

	o.put(o.apple.Token(southOrg, nextYear()))
	o.patiently(waits)
	require.Equal(t, []string{"held"}, o.at(southOrg, o.south, "Registered"))
	require.NotContains(t, o.log.String(), string(o.southFile))
}

// TestUserWhoMovesToAnotherLocation: ended at the old one, invited at the new
// one, also where a group says so.
func TestUserWhoMovesToAnotherLocation(t *testing.T) {
	o := newTwinOffice(t)
	moves, open := o.person("moves", ""), o.person("open", "")
	send := o.invite(moves, open)
	require.NoError(t, o.deliver(send))
	before, err := o.parts.store.InviteCode(t.Context(), open)
	require.NoError(t, err)
	o.accept(moves)
	o.watch()
	status, answer := o.call(http.MethodDelete, "/v1/settings/content-token?location="+o.north, nil)
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, answer, "2 users are registered there at Apple")

	_, err = o.parts.store.UpdateGroup(t.Context(), operatorKey, send.GroupID, nil, func(g people.Group) (people.Group, error) {
		g.ContentLocation = o.south
		return g, nil
	})
	require.NoError(t, err)
	require.False(t, o.enrolled(moves))
	require.Eventually(t, func() bool { o.watch(); return len(o.at(northOrg, o.north, "Retired")) == 2 }, 30*time.Second, 50*time.Millisecond)
	require.Eventually(t, func() bool { o.watch(); return len(o.at(southOrg, o.south, "Registered")) == 1 }, 30*time.Second, 50*time.Millisecond)
	after, err := o.parts.store.InviteCode(t.Context(), open)
	require.NoError(t, err)
	require.NotEqual(t, before, after, "its open invitation leads to the new location")

	again := o.invite(moves)
	require.NoError(t, o.deliver(again))
	o.accept(moves)
	o.accept(open)
	o.watch()
	require.Equal(t, []string{"moves", "open"}, o.at(southOrg, o.south, "Associated"))
	require.True(t, o.enrolled(moves))
	require.Eventually(t, func() bool {
		o.watch()
		status, _ = o.call(http.MethodDelete, "/v1/settings/content-token?location="+o.north, nil)
		return status == http.StatusNoContent
	}, 30*time.Second, 50*time.Millisecond, "nobody depends on it any more")
}

// TestTwoTokensOfOneLibrary: they are one location, whose later token counts;
// what is wrong with a third one changes nothing.
func TestTwoTokensOfOneLibrary(t *testing.T) {
	o := newTwinOffice(t)
	second, third := o.apple.Token(southOrg, nextYear()), o.apple.Token(southOrg, nextYear())
	o.put(second)
	o.apple.RevokeToken(third)
	status, answer := o.call(http.MethodPut, "/v1/settings/content-token", map[string]any{"token_file": string(third)})
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, answer, "9625")
	o.apple.Claim(southOrg, appsbookssim.MDMInfo{ID: "other", Name: "Other MDM", Metadata: "m"})
	status, answer = o.call(http.MethodPut, "/v1/settings/content-token", map[string]any{"token_file": string(o.apple.Token(southOrg, nextYear()))})
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, answer, "Other MDM")

	tokens, err := o.parts.store.ContentTokens(t.Context())
	require.NoError(t, err)
	require.Len(t, tokens, 2)
	for name, want := range map[settings.Name][]byte{settings.NameContentToken: o.northFile, settings.NameTokenOf(o.south): second} {
		kept, err := o.parts.store.SettingSecret(t.Context(), name)
		require.NoError(t, err)
		require.Equal(t, string(want), string(kept))
	}
}

func TestNotificationsOfTwoLocations(t *testing.T) {
	o := newTwinOffice(t)
	look := &lookout{}
	n := notifications{o.parts.keys, o.parts.store, look, o.parts.log}
	for i, uid := range []string{o.north, o.south} {
		body := notification(t, uid, "USER_ASSOCIATED", uid)
		require.NoError(t, n.Arrived(t.Context(), "Bearer "+o.parts.keys.NotificationToken(uid), body))
		require.Equal(t, i+1, look.watched)
	}
	require.Error(t, n.Arrived(t.Context(), "Bearer "+o.parts.keys.NotificationToken(o.north), notification(t, "x", "USER_ASSOCIATED", o.south)), "with the other's token")
}

// TestTokenOfAnOlderDatabase: what was installed before there were several is
// the first, and its users keep their ids at Apple.
func TestTokenOfAnOlderDatabase(t *testing.T) {
	o := newBookOffice(t, false) // installs it under the old name
	user := o.users(1)[0]
	require.NoError(t, o.deliver(o.invite(user)))
	require.Equal(t, o.parts.keys.ClientUserID(user), o.apple.Users(bookOrg)[0].ClientUserID)
	call := adminOf(t, o.parts)
	status, answer := call(http.MethodPut, "/v1/settings/content-token", map[string]any{"token_file": string(o.apple.Token(bookOrg, nextYear()))})
	require.Equal(t, http.StatusOK, status, answer)
	status, answer = call(http.MethodPut, "/v1/settings/content-token", map[string]any{"token_file": string(o.apple.Token(southOrg, nextYear()))})
	require.Equal(t, http.StatusOK, status, answer)
	tokens, err := o.parts.store.ContentTokens(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{settings.NameContentToken, settings.NameTokenOf(tokens[1].UID)}, []string{tokens[0].Name, tokens[1].Name})
	o.accept(user)
	require.Equal(t, 1, o.watch().Enrolled)
}
