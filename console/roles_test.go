package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/people"
)

// open are the routes that no table has: assets, and where one signs in and
// out, which package signin tests.
var open = []string{
	"GET /assets/*", "HEAD /assets/*", "GET /sign-in", "POST /sign-in", "POST /sign-out", "GET /first-admin", "POST /first-admin",
	"GET /set-passphrase", "POST /set-passphrase", "GET /oidc/start", "GET /oidc/callback", "GET /account", "POST /account",
}

// harmless are forms that change nothing but the visitor's own preferences.
var harmless = []string{"/preferences"}

func TestEveryRouteStandsInATable(t *testing.T) {
	h := newHouse(t)
	want := slices.Clone(open)
	for _, r := range console.Rows() {
		want = append(want, r.Method+" "+r.Path)
		if r.Method == http.MethodGet {
			want = append(want, "HEAD "+r.Path)
		}
	}
	require.ElementsMatch(t, want, h.pages.Registered(), "a route outside the tables has no role")
}

func TestRolesOfRoutes(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range console.Rows() {
		require.False(t, seen[r.Method+r.Path], "%s %s stands twice", r.Method, r.Path)
		seen[r.Method+r.Path] = true
		require.Contains(t, []string{http.MethodGet, http.MethodPost}, r.Method, "forms know no other")
		require.True(t, people.Admin.Includes(r.Role), "%s has no role", r.Path)
		if r.Method == http.MethodPost && !slices.Contains(harmless, r.Path) {
			require.True(t, r.Role.Includes(people.Operator), "%s changes something", r.Path)
		}
		if strings.HasPrefix(r.Path, "/settings") && r.Method == http.MethodPost && !strings.HasSuffix(r.Path, "/sync") {
			require.Equal(t, people.Admin, r.Role, r.Path)
		}
	}
}

// visitor is somebody who asks for every route.
type visitor struct {
	name string
	// role is empty for who is not signed in.
	role people.Role
	// begin makes the house's browser the visitor's.
	begin func(h *house)
}

var visitors = []visitor{
	{"anonymous", "", func(h *house) { h.client = &http.Client{} }},
	{"viewer", people.Viewer, func(h *house) { h.become(people.Viewer) }},
	{"operator", people.Operator, func(h *house) { h.become(people.Operator) }},
	{"admin", people.Admin, func(h *house) { h.become(people.Admin) }},
	{"revoked by a new passphrase", "", func(h *house) {
		_, err := h.store.SetPassphrase(h.t.Context(), setup, h.me.ID, hash())
		require.NoError(h.t, err)
	}},
	{"revoked by another role", "", func(h *house) { h.prefer(func(a *people.Administrator) { a.Role = people.Viewer }) }},
}

func TestEveryRouteByEveryRole(t *testing.T) {
	for _, who := range visitors {
		t.Run(who.name, func(t *testing.T) {
			h := newHouse(t)
			who.begin(h)
			for _, r := range console.Rows() {
				path := parameter.ReplaceAllString(r.Path, "none")
				got := h.knock(r.Method, path)
				switch {
				case who.role == "" && r.Method == http.MethodGet:
					require.Equal(t, http.StatusSeeOther, got.status, r.Path)
					require.Contains(t, []string{"/sign-in", "/sign-in?next=" + url.QueryEscape(path)}, got.location)
				case who.role == "":
					require.Equal(t, http.StatusUnauthorized, got.status, r.Path)
				case !who.role.Includes(r.Role):
					require.Equal(t, http.StatusForbidden, got.status, "%s %s", r.Method, r.Path)
				default:
					require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, got.status, "%s %s", r.Method, r.Path)
					require.Less(t, got.status, http.StatusInternalServerError, "%s %s: %s", r.Method, r.Path, h.log)
					require.NotContains(t, got.location, "/sign-in", r.Path)
				}
			}
			require.Empty(t, h.engine.told, "nobody has asked for anything that there is")
		})
	}
}

// parameter is a blank in the path of a route.
var parameter = regexp.MustCompile(`:\w+`)

// knock asks for a page and goes away when it begins: streams have no end.
func (h *house) knock(method, path string) answer {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, http.NoBody)
	require.NoError(h.t, err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := *h.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	got, err := client.Do(r)
	require.NoError(h.t, err)
	require.NoError(h.t, got.Body.Close())
	return answer{status: got.StatusCode, location: got.Header.Get("Location")}
}
