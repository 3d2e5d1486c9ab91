package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

// shownSecret is what a page shows once.
func (a answer) shownSecret(t *testing.T) string {
	t.Helper()
	found := regexp.MustCompile(`id="secret" class="code" value="([^"]+)"`).FindStringSubmatch(a.text)
	require.NotNil(t, found, a.text)
	return strings.ReplaceAll(found[1], "&#43;", "+")
}

func TestKeysAreMadeAndRevoked(t *testing.T) {
	h := newHouse(t)
	require.Contains(t, h.get("/settings/keys").words(), "There are no keys.")
	made := h.post("/settings/keys", url.Values{"name": {"Roster <b>"}, "role": {"operator"}})
	require.Equal(t, http.StatusOK, made.status)
	secret := made.shownSecret(t)
	key, err := h.store.Authenticate(t.Context(), secret)
	require.NoError(t, err)
	require.Equal(t, people.Operator, key.Role)
	require.Contains(t, h.get("/settings/keys").words(), "Roster &lt;b&gt; operator")
	h.nowhere(secret, "/settings", "/settings/keys", "/settings/keys/"+key.ID+"/delete", "/activity")
	require.Contains(t, h.get("/settings/keys/"+key.ID+"/delete").words(), "Revoke the key Roster &lt;b&gt;?")
	require.Equal(t, "/settings/keys?said=key_revoked", h.post("/settings/keys/"+key.ID+"/delete", url.Values{}).location)
	_, err = h.store.Authenticate(t.Context(), secret)
	require.Error(t, err)
	require.Equal(t, http.StatusNotFound, h.get("/settings/keys/"+key.ID+"/delete").status)

	h.lang = "nl"
	refused := h.post("/settings/keys", url.Values{"name": {" "}, "role": {"owner"}})
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Vul een naam in.")
	require.Contains(t, refused.words(), "Kies de rol lezer, uitvoerder of beheerder.")
}

func TestSCIMClientsAreMadeAndEnded(t *testing.T) {
	h := newHouse(t)
	require.Contains(t, h.get("/settings/scim").text, `value="https://heraut.example.org/scim/v2"`)
	secret := h.post("/settings/scim", url.Values{"name": {"Entra ID"}}).shownSecret(t)
	client, err := h.store.AuthenticateSCIM(t.Context(), secret)
	require.NoError(t, err)
	path := "/settings/scim/" + client.ID + "/delete"
	h.nowhere(secret, "/settings", "/settings/scim", path, "/activity")
	require.Contains(t, h.get(path).words(), "Disconnect Entra ID?")
	require.Equal(t, "/settings/scim?said=scim_deleted", h.post(path, url.Values{}).location)
	require.Equal(t, http.StatusNotFound, h.get(path).status)
	require.Equal(t, http.StatusNotFound, h.post(path, url.Values{}).status)
	require.Equal(t, http.StatusUnprocessableEntity, h.post("/settings/scim", url.Values{"name": {strings.Repeat("x", 301)}}).status)
}

func TestSCIMTokensAreReplaced(t *testing.T) {
	h := newHouse(t)
	first := h.post("/settings/scim", url.Values{"name": {"Entra ID"}}).shownSecret(t)
	client, err := h.store.AuthenticateSCIM(t.Context(), first)
	require.NoError(t, err)
	path := "/settings/scim/" + client.ID + "/rotate"
	require.Contains(t, h.get("/settings/scim").text, `href="`+path+`"`)
	require.Contains(t, h.get(path).words(), "Replace the token of Entra ID?")
	made := h.post(path, url.Values{})
	require.Contains(t, made.words(), "The old token works until")
	second := made.shownSecret(t)
	h.nowhere(second, "/settings", "/settings/scim", path, "/activity")
	require.Contains(t, h.get("/settings/scim").words(), "The old token works until")
	require.Contains(t, h.get("/activity").words(), "replaced the token of")
	for _, token := range []string{first, second} {
		_, err := h.store.AuthenticateSCIM(t.Context(), token)
		require.NoError(t, err)
	}
	h.lang = "nl"
	made = h.post(path, url.Values{"end_old": {"on"}})
	require.Contains(t, made.words(), "Het oude token werkt niet meer.")
	for _, token := range []string{first, second} {
		_, err := h.store.AuthenticateSCIM(t.Context(), token)
		require.Error(t, err)
	}
	require.NotContains(t, h.get("/settings/scim").words(), "Het oude token")
	require.Equal(t, http.StatusNotFound, h.get("/settings/scim/x/rotate").status)
	require.Equal(t, http.StatusNotFound, h.post("/settings/scim/x/rotate", url.Values{}).status)
	h.become(people.Operator)
	require.Equal(t, http.StatusForbidden, h.post(path, url.Values{}).status)
}

func TestManyKeysComeInParts(t *testing.T) {
	h := newHouse(t)
	for range 51 {
		_, _, err := h.store.CreateKey(t.Context(), setup, people.APIKey{Name: "k", Role: people.Viewer})
		require.NoError(t, err)
	}
	first := h.get("/settings/keys")
	require.Equal(t, 50, strings.Count(first.text, "data-row>"))
	next := regexp.MustCompile(`href="(/settings/keys\?after=[^"]+)"`).FindStringSubmatch(first.text)
	require.NotNil(t, next)
	require.Equal(t, 1, strings.Count(h.get(next[1]).text, "data-row>"))
	require.Contains(t, h.get("/settings").words(), "more than 50")
	require.Equal(t, http.StatusUnprocessableEntity, h.get("/settings/keys?after=forged").status)
}
