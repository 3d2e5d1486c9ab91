package console_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/browsertest"
	"heraut/people"
)

func TestDirectoriesInABrowser(t *testing.T) {
	h := newHouse(t)
	b := h.bound("Zonnebloem Active Directory")
	ids := b.brings("Zoë Ünal", "Bram de Vries", "سارة بن علي")
	b.finish(func(*people.DirectoryRun) {})
	b.begin()
	b.finish(func(r *people.DirectoryRun) {
		r.State, r.Report.Takes = people.RunHeld, people.DirectoryTakes{People: 161, OfPeople: 1599, Groups: 3, OfGroups: 42}
	}, people.DirectoryProblem{Severity: people.SeverityError, Entry: "cn=Sem,ou=people,dc=school", Message: "The entry has no stable id that can be read."})
	parts := map[string]string{
		"list": "/settings/directories", "new": "/settings/directories/new", "show": b.path(), "edit": b.path() + "/edit", "run": b.runPath(),
		"confirm": b.runPath() + "/confirm", "delete": b.path() + "/delete", "user": "/users/" + ids[0] + "/info", "user-edit": "/users/" + ids[0] + "/edit",
	}
	for name, o := range map[string]browsertest.Options{
		"wide": {Language: "nl"}, "phone": {Language: "nl", Width: 390, Height: 844}, "dark": {Language: "en", Dark: true},
	} {
		page := h.browser(o)
		for part, path := range parts {
			page.Go(h.url + path)
			page.Accessible()
			require.Zero(t, page.Wide(), "%s %s", name, part)
			if dir := os.Getenv("SHOTS"); dir != "" {
				page.Shot(filepath.Join(dir, name+"-directories-"+part+".png"))
			}
		}
	}
}

// TestRunIsFollowedByItself: a page of a run shows its end without a reload.
func TestRunIsFollowedByItself(t *testing.T) {
	h := newHouse(t)
	b := h.bound("School")
	page := h.browser(browsertest.Options{Language: "en"})
	page.Go(h.url + b.runPath())
	page.See("Under way: 0 users and 0 groups read")
	require.NoError(t, h.store.RunProgress(t.Context(), b.run, 7, 0))
	page.See("Under way: 7 users and 0 groups read")
	b.finish(func(*people.DirectoryRun) {})
	page.See("succeeded")
}
