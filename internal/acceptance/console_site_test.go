package acceptance_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/browsertest"
)

// passphrase is the first administrator's.
const passphrase = "correct horse battery staple"

// firstAdmin makes the first administrator by the link beside the data, in a
// browser and by keyboard alone.
func (s *site) firstAdmin(page *browsertest.Page) {
	s.Helper()
	link, err := os.ReadFile(filepath.Join(s.data, "first-admin.link"))
	require.NoError(s, err)
	info, err := os.Stat(filepath.Join(s.data, "first-admin.link"))
	require.NoError(s, err)
	require.Equal(s, os.FileMode(0o600), info.Mode().Perm())
	page.Go(strings.TrimSpace(string(link)))
	nl := page.Language() == "nl"
	page.Fill(words(nl, "field Naam", "field Name"), "Ada Lovelace")
	page.Fill(words(nl, "field E-mailadres of gebruikersnaam", "field Email address or user name"), "ada")
	page.Fill(words(nl, "field Nieuwe wachtwoordzin", "field New passphrase"), passphrase)
	page.Fill(words(nl, "field Nieuwe wachtwoordzin, nog een keer", "field New passphrase, once more"), passphrase)
	page.Enter(words(nl, "button Maak account", "button Make account"))
	page.See("Ada Lovelace")
}

// signIn signs the administrator in again.
func (s *site) signIn(page *browsertest.Page) {
	s.Helper()
	page.Go(s.url + "/sign-in")
	nl := page.Language() == "nl"
	page.Fill(words(nl, "field E-mailadres of gebruikersnaam", "field Email address or user name"), "ada")
	page.Fill(words(nl, "field Wachtwoordzin", "field Passphrase"), passphrase)
	page.Enter(words(nl, "button Log in", "button Sign in"))
	page.See("Ada Lovelace")
}

// words chooses by language.
func words(dutch bool, nl, en string) string {
	if dutch {
		return nl
	}
	return en
}

// open starts a browser in a language.
func open(t *testing.T, o browsertest.Options) *browsertest.Page {
	t.Helper()
	return browsertest.Open(t, o)
}
