package console_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/invitation"
	"heraut/people"
)

// noEngine is one that can not be reached.
type noEngine struct{}

var errNoEngine = errors.New("the engine is away")

func (noEngine) StartUser(context.Context, invitation.Start) error { return errNoEngine }
func (noEngine) StartGroup(context.Context, string) error          { return errNoEngine }
func (noEngine) StartBulk(context.Context, string) error           { return errNoEngine }
func (noEngine) WakeUser(context.Context, string) error            { return errNoEngine }
func (noEngine) WakeGroup(context.Context, string) error           { return errNoEngine }
func (noEngine) DistributeNow(context.Context) error               { return errNoEngine }
func (noEngine) SyncNow(context.Context, string) error             { return errNoEngine }

// TestEngineAway: everything is in the store, so that pages are shown and
// changes are kept; what the engine could not be told is left to its schedules.
func TestEngineAway(t *testing.T) {
	var left []string
	h := newHouse(t, func(d *console.Dependencies) {
		later := func(_ context.Context, step string, _ error) { left = append(left, step) }
		d.Office.Engine, d.Office.Later = noEngine{}, later
		d.Directories.Engine, d.Directories.Later = noEngine{}, later
	})
	sem := h.user("Sem", served)
	h.phone(sem, "iPad van Sem")
	at, page := h.planned(url.Values{"user_id": {sem.ID}})
	sent := h.post(at+"/send", page.digest())
	require.Equal(t, http.StatusSeeOther, sent.status)
	require.Equal(t, []string{"starting a user's workflow"}, left)
	require.Equal(t, http.StatusOK, h.get(sent.location).status)
	for _, path := range []string{"/", "/users", "/users/" + sem.ID + "/info", "/tasks/active", "/sends", "/activity"} {
		require.Equal(t, http.StatusOK, h.get(path).status, path)
	}
	require.Contains(t, h.get("/tasks/active").words(), "Sem")

	b := h.bound("School")
	b.finish(func(*people.DirectoryRun) {})
	begun := h.post(b.path()+"/sync", url.Values{})
	require.Equal(t, http.StatusSeeOther, begun.status)
	require.Contains(t, h.get(begun.location).words(), "Under way", "the schedule finds the run")
	require.Equal(t, "reading a directory", left[len(left)-1])
}

// awkwardly fills a house with things of names that are long, hold markup and
// are written from right to left, and tells the ids that paths need, by the
// beginning of the path.
func awkwardly(h *house) map[string]string {
	u := h.user(awkward, served, mailed)
	device := h.phone(u, awkward)
	group := h.group(awkward, []people.User{u})
	send := h.sent(invitation.Request{GroupID: group.ID, Audience: invitation.NotEnrolled})
	at, _ := h.planned(url.Values{"user_id": {u.ID}})
	b := h.bound(awkward)
	b.brings(awkward)
	b.finish(func(r *people.DirectoryRun) {
		r.State, r.Report.Takes = people.RunHeld, people.DirectoryTakes{People: 1, OfPeople: 1}
	}, people.DirectoryProblem{Severity: people.SeverityError, Entry: awkward, Message: awkward})
	return map[string]string{
		"/users": u.ID, "/groups": group.ID, "/devices": device.ID, "/sends": send.ID, "/invitations": h.only(u.ID).ID,
		"/plans": strings.TrimPrefix(at, "/plans/"), "/settings/directories": b.dir.ID, "run": b.run.ID,
	}
}

// tried are pages that other tests open with names like these: they need a
// file, a purchase, a selection, or a server of somebody else.
var tried = []string{"/imports/", "/exports/", "/content/", "/events", "/tasks/ask", "/tasks/bulk/", "/preview", "/:kind/", "/sign-in/delete"}

// TestAwkwardNamesOnEveryPage opens each page of each table.
func TestAwkwardNamesOnEveryPage(t *testing.T) {
	h := newHouse(t)
	ids := awkwardly(h)
	opened := 0
	for _, r := range console.Rows() {
		if r.Method != http.MethodGet || slices.ContainsFunc(tried, func(part string) bool { return strings.Contains(r.Path, part) }) {
			continue
		}
		base, _, named := strings.Cut(r.Path, "/:id")
		id, known := ids[base]
		if named && !known {
			continue // of a room whose things have no name of their own
		}
		path := strings.NewReplacer(":id", id, ":run", ids["run"]).Replace(r.Path)
		got := h.get(path)
		if got.status == http.StatusSeeOther {
			got = h.get(got.location)
		}
		require.Equal(t, http.StatusOK, got.status, "%s: %s", path, h.log)
		require.NotContains(t, got.text, "<b>", path)
		require.NotContains(t, got.text, "ZgotmplZ", path)
		opened++
	}
	require.Greater(t, opened, 40)
}
