package console_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/browsertest"
	"heraut/settings"
)

// signInBrowser opens a browser in which the administrator is signed in.
func (h *house) signInBrowser(o browsertest.Options) *browsertest.Page {
	h.t.Helper()
	page := browsertest.Open(h.t, o)
	page.Go(h.url + "/sign-in?lang=en")
	page.Fill("field Email address or user name", h.me.Login)
	page.Fill("field Passphrase", passphrase)
	page.Press("\r")
	page.Until(`location.pathname === "/"`, "nobody is signed in")
	return page
}

func TestSettingsInABrowser(t *testing.T) {
	h := newHouse(t)
	cert, key := pushCertificate(t, topicOne)
	h.sendFiles("/settings/push/mdm", "@certificate_file", cert, "@private_key_file", key)
	h.sendFiles("/settings/content", "@token_file", "token De Esdoorn/Noord")
	h.post("/settings/keys", map[string][]string{"name": {"Rooster"}, "role": {"operator"}})
	h.outside.find(
		settings.Check{Name: "engine", Detail: "It does not answer: gone."}, settings.Check{Name: "database", OK: true, Detail: "The database answers."},
		settings.Check{Name: "push_certificate_mdm", OK: true, Soon: true, Detail: "The certificate for x is valid until 2030-01-01."},
	)
	h.get("/preflight")
	for name, o := range map[string]browsertest.Options{
		"wide": {Language: "nl"}, "phone": {Language: "nl", Width: 390, Height: 844}, "dark": {Language: "en", Dark: true},
	} {
		page := h.signInBrowser(o)
		for path := range settingsPages {
			page.Go(h.url + path)
			page.Accessible()
			require.Zero(t, page.Wide(), "%s %s", name, path)
			require.Less(t, page.Weight(), 100_000, path)
			if dir := os.Getenv("SHOTS"); dir != "" {
				page.Shot(filepath.Join(dir, name+strings.ReplaceAll(path, "/", "-")+".png"))
			}
		}
		page.Go(h.url + "/")
		page.Accessible()
		require.Zero(t, page.Wide(), name)
		if dir := os.Getenv("SHOTS"); dir != "" {
			page.Shot(filepath.Join(dir, name+"-home.png"))
		}
	}
}

func TestPreviewFollowsTheForm(t *testing.T) {
	h := newHouse(t, onThursday)
	page := h.signInBrowser(browsertest.Options{Language: "en"})
	page.Go(h.url + "/settings/invitations")
	page.See("Sat 12 Dec 2026 14:05")
	page.Fill("field Expires after", "20")
	page.See("Wed 2 Dec 2026 14:05")
	require.Equal(t, settings.DefaultInvitations(), h.invitationSettings(), "nothing is saved")
	page.Press("\r")
	page.See("Saved.")
	require.Len(t, h.invitationSettings().Reminders, 3, "Enter saves, and removes nothing")
}
