package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/api"
	"heraut/internal/secrets"
	"heraut/people"
)

// chosen makes an administrator who has used the link.
func chosen(t *testing.T, h *house, login, role string) (id string) {
	t.Helper()
	made := h.post("/v1/administrators", object{"name": "Name", "login": login, "role": role}).ok(http.StatusCreated)
	_, token, _ := strings.Cut(text(inner(made, "link"), "url"), "?token=")
	a, err := h.store.UseSignInLink(t.Context(), secrets.LinkHash(token), people.Administrator{}, "hash")
	require.NoError(t, err)
	return a.ID
}

func TestAdministrators(t *testing.T) {
	h := newHouse(t)
	got := h.post("/v1/administrators", object{"name": "Bram de Vries", "login": "Bram@school.example", "role": "operator", "language": "nl"})
	made := got.ok(http.StatusCreated)
	bram := inner(made, "administrator")
	require.Equal(t, "/v1/administrators/"+text(bram, "id"), got.header.Get("Location"))
	require.Equal(t, false, bram["has_passphrase"])
	require.Nil(t, bram["last_seen_at"])
	link := inner(made, "link")
	require.True(t, strings.HasPrefix(text(link, "url"), publicURL+"/set-passphrase?token="))
	until, err := time.Parse(time.RFC3339, text(link, "expires_at"))
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(72*time.Hour), until, time.Minute)

	h.post("/v1/administrators", object{"name": "Other", "login": "bram@SCHOOL.example", "role": "viewer"}).refused(409, "conflict", "/login")
	h.post("/v1/administrators", object{"name": "Other", "login": "a b", "role": "viewer"}).refused(422, "invalid_request", "/login")
	h.post("/v1/administrators", object{"name": "Other", "login": "o", "role": "owner"}).refused(422, "invalid_request", "/role")
	list := h.get("/v1/administrators")
	require.Equal(t, []object{bram}, items(list.ok(200)))
	require.NotContains(t, list.text, "token")

	path := "/v1/administrators/" + text(bram, "id")
	h.patch(path, object{"name": "Bram", "language": nil}, header{"If-Match", `"9"`}).refused(412, "precondition_failed")
	changed := h.patch(path, object{"name": "Bram", "language": nil, "role": "admin"}, header{"If-Match", got.header.Get("ETag")}).ok(200)
	require.Equal(t, "admin", changed["role"])
	require.Nil(t, changed["language"])
	h.call(http.MethodDelete, path, nil).ok(http.StatusNoContent)
	h.call(http.MethodDelete, path, nil).refused(404, "not_found")
	h.patch(path, object{"name": "x"}).refused(404, "not_found")
	h.post(path+"/link", nil).refused(404, "not_found")
}

func TestLastAdminStays(t *testing.T) {
	h := newHouse(t)
	one := chosen(t, h, "one", "admin")
	h.patch("/v1/administrators/"+one, object{"role": "viewer"}).refused(409, "conflict")
	h.call(http.MethodDelete, "/v1/administrators/"+one, nil).refused(409, "conflict")
	chosen(t, h, "two", "admin")
	h.patch("/v1/administrators/"+one, object{"role": "viewer"}).ok(200)
	h.call(http.MethodDelete, "/v1/administrators/"+one, nil).ok(http.StatusNoContent)
}

func TestAnotherLink(t *testing.T) {
	h := newHouse(t)
	id := chosen(t, h, "one", "viewer")
	first := text(h.post("/v1/administrators/"+id+"/link", nil).ok(http.StatusCreated), "url")
	second := text(h.post("/v1/administrators/"+id+"/link", nil).ok(http.StatusCreated), "url")
	require.NotEqual(t, first, second)
	for url, works := range map[string]bool{first: false, second: true} {
		_, token, _ := strings.Cut(url, "?token=")
		_, err := h.store.SignInLink(t.Context(), secrets.LinkHash(token))
		require.Equal(t, works, err == nil)
	}
	require.NotContains(t, h.log.String(), second)
}

// TestInvitingTwiceWithOneKey: the same request has the same answer, link
// included.
func TestInvitingTwiceWithOneKey(t *testing.T) {
	h := newHouse(t)
	body, key := object{"name": "A", "login": "a", "role": "viewer"}, header{"Idempotency-Key", "k"}
	first, second := h.post("/v1/administrators", body, key), h.post("/v1/administrators", body, key)
	require.Equal(t, first.ok(http.StatusCreated), second.ok(http.StatusCreated))
	require.Len(t, items(h.get("/v1/administrators").ok(200)), 1)
}

func TestNobodyIsInvitedWithoutAnAddress(t *testing.T) {
	h := newHouse(t, func(d *api.Dependencies, _ *api.Options) { d.SignInURL = func(string) string { return "" } })
	h.post("/v1/administrators", object{"name": "A", "login": "a", "role": "viewer"}).refused(409, "conflict")
	require.Empty(t, items(h.get("/v1/administrators").ok(200)))
}
