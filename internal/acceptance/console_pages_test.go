package acceptance_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	"heraut/internal/testkit/browsertest"
	"heraut/simulator/school"
)

// heaviest is what a page may weigh with all that it loads, in bytes on the
// wire.
const heaviest = 100_000

// mostRoundTrips is how many requests may wait for each other before a page is
// painted: the page and its style.
const mostRoundTrips = 2

// looks are the ways in which every page is looked at.
var looks = []struct {
	name string
	browsertest.Options
}{
	{"1280", browsertest.Options{Width: 1280, Height: 900}},
	{"390", browsertest.Options{Width: 390, Height: 844}},
	{"dark", browsertest.Options{Width: 1280, Height: 900, Dark: true}},
}

// TestEveryPageOfTheConsole opens each page of the demo in both languages, wide
// and on a phone, light and dark: axe-core finds nothing, nothing stands out at
// the side, no page is heavy or waits for more than its style, and nothing is
// inline. With HERAUT_SCREENSHOTS
// it leaves pictures for docs/console.md in that folder.
func TestEveryPageOfTheConsole(t *testing.T) {
	t.Parallel()
	m := newDemo(t)
	tour := m.tour()
	guide, err := os.ReadFile("../../docs/console.md")
	require.NoError(t, err)
	for _, stop := range tour {
		require.Contains(t, string(guide), "console/"+stop.name+".nl.1280.png", "docs/console.md shows every page")
	}
	for _, language := range []string{"nl", "en"} {
		page := open(t, browsertest.Options{Language: language})
		if language == "nl" {
			m.firstAdmin(page)
		} else {
			m.signIn(page)
		}
		for _, stop := range tour {
			for _, look := range looks {
				m.lookAt(page, stop, look.name, look.Options)
			}
		}
	}
}

// lookAt opens one page and holds it to what every page must be.
func (m *managed) lookAt(page *browsertest.Page, stop stop, look string, o browsertest.Options) {
	m.Helper()
	page.Look(o)
	page.Go(m.url + stop.path)
	require.Contains(m, page.Title(), "Heraut", stop.path)
	require.Equal(m, stop.status(), page.Status(), stop.path)
	page.Accessible()
	require.Zero(m, page.Wide(), "%s is too wide (%s)", stop.path, look)
	require.Less(m, page.Weight(), heaviest, stop.path)
	require.LessOrEqual(m, page.RoundTrips(), mostRoundTrips, stop.path)
	if folder := os.Getenv("HERAUT_SCREENSHOTS"); folder != "" && !o.Dark {
		page.Shot(filepath.Join(folder, stop.name+"."+page.Language()+"."+look+".png"))
	}
}

// stop is one page of the tour.
type stop struct{ name, path string }

// status is the page's answer.
func (s stop) status() int {
	if s.name == "not-found" {
		return http.StatusNotFound
	}
	return http.StatusOK
}

// tour sends invitations, so that there is something to see, and names every
// page.
func (m *managed) tour() []stop {
	m.Helper()
	class := m.class(school.Eager)
	plan := m.plan(toGroup(class))
	send := m.confirm(plan)
	eventually(m, func() bool {
		return m.send(send.ID).Counts.Accepted > 0 && m.send(send.ID).Counts.Sent+m.send(send.ID).Counts.Shown > 0
	}, "some have accepted and others not yet")
	other := m.class("5A")
	waiting := m.plan(toGroup(other))
	open := m.invitations(client.ListInvitationsParams{SendID: &send.ID})
	i := slices.IndexFunc(open, func(i client.Invitation) bool { return value(i.Device).Name != "" })
	require.GreaterOrEqual(m, i, 0)
	user, device := open[i].User.ID, value(open[i].Device).ID
	asset := ask(m, http.StatusOK, func() (*client.ListContentResponse, error) {
		return m.api.ListContentWithResponse(m.Context(), &client.ListContentParams{})
	}).JSON200.Items[0]
	return []stop{
		{"home", "/"},
		{"users", "/users"},
		{"user", "/users/" + user + "/info"},
		{"user-edit", "/users/" + user + "/edit"},
		{"user-content", "/users/" + user + "/content"},
		{"user-activity", "/users/" + user + "/activity"},
		{"user-new", "/users/new"},
		{"groups", "/groups"},
		{"group", "/groups/" + class + "/info"},
		{"group-to-invite", "/groups/" + other + "/info"},
		{"group-members", "/groups/" + class + "/members"},
		{"group-content", "/groups/" + class + "/content"},
		{"group-activity", "/groups/" + class + "/activity"},
		{"devices", "/devices"},
		{"device", "/devices/" + device},
		{"content", "/content"},
		{"asset", "/content/" + asset.AdamID + "/" + string(asset.Pricing)},
		{"plan", "/plans/" + waiting.ID},
		{"tasks-active", "/tasks/active"},
		{"tasks-completed", "/tasks/completed"},
		{"invitation", "/invitations/" + open[i].ID},
		{"sends", "/sends"},
		{"send", "/sends/" + send.ID},
		{"activity", "/activity"},
		{"search", "/search?q=fien"},
		{"import", "/imports/new"},
		{"preflight", "/preflight"},
		{"settings", "/settings"},
		{"settings-mail", "/settings/mail"},
		{"settings-push", "/settings/push"},
		{"settings-content", "/settings/content"},
		{"settings-invitations", "/settings/invitations"},
		{"settings-appearance", "/settings/appearance"},
		{"settings-mdm", "/settings/mdm"},
		{"settings-sign-in", "/settings/sign-in"},
		{"settings-administrators", "/settings/administrators"},
		{"settings-keys", "/settings/keys"},
		{"settings-scim", "/settings/scim"},
		{"settings-directories", "/settings/directories"},
		{"account", "/account"},
		{"not-found", "/users/" + strings.Repeat("0", 8) + "/info"},
	}
}
