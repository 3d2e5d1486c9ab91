package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/internal/secrets"
	"heraut/people"
)

func TestAdministratorIsInvited(t *testing.T) {
	h := newHouse(t)
	made := h.post("/settings/administrators", url.Values{"name": {awkward}, "login": {"zoe@example.org"}, "role": {"operator"}})
	require.Equal(t, http.StatusOK, made.status)
	require.NotContains(t, made.text, "<b>")
	token, found := strings.CutPrefix(made.shownSecret(t), "https://heraut.example.org/set-passphrase#")
	require.True(t, found)
	link, err := h.store.SignInLink(t.Context(), secrets.LinkHash(token))
	require.NoError(t, err)
	require.Equal(t, people.Operator, link.Administrator.Role)
	require.Contains(t, h.get("/settings/administrators").words(), "has not signed in yet")
	h.nowhere(token, "/settings/administrators", "/settings/administrators/"+link.Administrator.ID, "/activity")

	again := h.post("/settings/administrators/"+link.Administrator.ID+"/link", url.Values{}).shownSecret(t)
	require.NotContains(t, again, token)
	link, err = h.store.SignInLink(t.Context(), secrets.LinkHash(token))
	require.True(t, err != nil || !link.Open(), "earlier links end")
	require.Equal(t, http.StatusNotFound, h.post("/settings/administrators/none/link", url.Values{}).status)
}

func TestAdministratorRefused(t *testing.T) {
	h := newHouse(t, func(d *console.Dependencies) { d.SignInLinks.URL = func(string) string { return "" } })
	h.lang = "nl"
	form := url.Values{"name": {"Wilhelmina"}, "login": {"zoe"}, "role": {"viewer"}}
	refused := h.post("/settings/administrators", form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Een link leidt nog nergens heen")
	require.NotContains(t, h.get("/settings/administrators").words(), "Wilhelmina", "nobody was made who can not sign in")

	h = newHouse(t)
	h.lang = "nl"
	form.Set("login", h.me.Login)
	require.Contains(t, h.post("/settings/administrators", form).words(), "Een andere beheerder logt hiermee al in.")
}

func TestAdministratorIsChangedAndDeleted(t *testing.T) {
	h := newHouse(t)
	zoe := h.administrator("zoe")
	path := "/settings/administrators/" + zoe.ID
	form := url.Values{"name": {"Zoe"}, "login": {"zoe"}, "role": {"operator"}, "version": {"2"}}
	require.Contains(t, h.get(path).text, `name="version" value="2"`)
	require.Equal(t, "/settings/administrators?said=saved", h.post(path, form).location)
	now, err := h.store.Administrator(t.Context(), zoe.ID)
	require.NoError(t, err)
	require.Equal(t, people.Operator, now.Role)
	require.Equal(t, http.StatusUnprocessableEntity, h.post(path, form).status, "somebody changed it meanwhile")
	require.Contains(t, h.get(path+"/delete").words(), "Delete Zoe?")
	require.Equal(t, "/settings/administrators?said=administrator_deleted", h.post(path+"/delete", url.Values{}).location)
	require.Equal(t, http.StatusNotFound, h.get(path).status)
}

func TestNobodyLocksThemselvesOut(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	path := "/settings/administrators/" + h.me.ID
	page := h.get(path)
	require.Contains(t, page.words(), "Dit ben jij")
	require.NotContains(t, page.text, path+"/delete")
	now, err := h.store.Administrator(t.Context(), h.me.ID)
	require.NoError(t, err)
	form := url.Values{"name": {now.Name}, "login": {now.Login}, "role": {"viewer"}, "version": {strconv.FormatInt(now.Version, 10)}}
	refused := h.post(path, form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Je kunt je eigen rol niet wijzigen.")
	require.Equal(t, http.StatusConflict, h.get(path+"/delete").status)
	require.Equal(t, http.StatusConflict, h.post(path+"/delete", url.Values{}).status)
}
