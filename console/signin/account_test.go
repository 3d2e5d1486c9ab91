package signin_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

const newPhrase = "staple battery horse"

func passphraseForm(current string) url.Values {
	return url.Values{"change": {"passphrase"}, "current_passphrase": {current}, "passphrase": {newPhrase}, "repeat_passphrase": {newPhrase}}
}

// TestListmonkCVE202634828: a session survived a change of the password.
func TestListmonkCVE202634828(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Viewer)
	h.admin("bram", people.Viewer)
	mine, stolen, colleague := h.browser(), h.browser(), h.browser()
	mine.signIn("zoe")
	stolen.signIn("zoe")
	colleague.signIn("bram")
	before := mine.cookie()
	got := mine.post("/account", passphraseForm(phrase))
	require.Equal(t, http.StatusOK, got.status)
	require.Contains(t, got.body, "Your passphrase is changed")
	stolen.requireOut()
	mine.requireIn("zoe")
	require.NotEqual(t, before, mine.cookie())
	require.Equal(t, http.StatusSeeOther, h.browser().get("/users", header{"Cookie", "heraut_session=" + before}).status)
	colleague.requireIn("bram")
	require.Equal(t, http.StatusUnauthorized, h.browser().signIn("zoe").status, "the old passphrase")
	require.Equal(t, http.StatusSeeOther, h.browser().post("/sign-in", url.Values{"login": {"zoe"}, "passphrase": {newPhrase}}).status)
}

func TestSessionsEndWithRoleAndAccount(t *testing.T) {
	h := newHouse(t)
	for name, end := range map[string]func(id string) error{
		"role": func(id string) error {
			_, err := h.store.UpdateAdministrator(t.Context(), people.System("test"), id, nil, func(a people.Administrator) (people.Administrator, error) {
				a.Role = people.Viewer
				return a, nil
			})
			return err
		},
		"deletion": func(id string) error {
			return h.store.DeleteAdministrator(t.Context(), people.System("test"), id, nil)
		},
	} {
		a := h.admin(name, people.Operator)
		b := h.browser()
		b.signIn(name)
		require.Equal(t, http.StatusOK, b.post("/users", nil).status)
		require.NoError(t, end(a.ID))
		b.requireOut()
		require.Equal(t, http.StatusUnauthorized, b.post("/users", nil).status)
	}
}

func TestPassphraseIsChangedWithTheCurrentOne(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Viewer)
	b := h.browser()
	b.signIn("zoe")
	for range 10 {
		got := b.post("/account", passphraseForm("not the current one"))
		require.Equal(t, http.StatusUnprocessableEntity, got.status)
		require.Contains(t, got.body, `id="current-error"`)
	}
	require.Equal(t, http.StatusTooManyRequests, b.post("/account", passphraseForm(phrase)).status, "a browser that was left open is no place to guess from")
	b.requireIn("zoe")
	short := passphraseForm(phrase)
	short.Set("passphrase", "short")
	require.Contains(t, b.post("/account", short).body, `id="passphrase-error"`)
}

func TestPreferences(t *testing.T) {
	h := newHouse(t)
	a := h.admin("zoe", people.Viewer)
	b := h.browser()
	require.Equal(t, http.StatusSeeOther, b.get("/account").status)
	b.signIn("zoe")
	require.Contains(t, b.get("/account").body, "You sign in as zoe.")
	got := b.post("/account", url.Values{"change": {"preferences"}, "name": {"Zoë"}, "language": {"nl"}, "theme": {"dark"}, "role": {"admin"}})
	require.Equal(t, http.StatusOK, got.status)
	require.Contains(t, got.body, "Je gegevens zijn bewaard.")
	require.Contains(t, got.body, `<option value="dark" selected>`)
	read, err := h.store.Administrator(t.Context(), a.ID)
	require.NoError(t, err)
	require.Equal(t, people.Viewer, read.Role)
	require.Equal(t, people.ThemeDark, read.Theme)
	b.requireIn("zoe") // still: nothing of it is a reason to sign anybody out
	got = b.post("/account", url.Values{"change": {"preferences"}, "name": {" "}})
	require.Equal(t, http.StatusUnprocessableEntity, got.status)
	require.Contains(t, got.body, `id="name-error"`)
}
