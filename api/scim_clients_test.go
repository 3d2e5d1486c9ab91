package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSCIMClients(t *testing.T) {
	h := newHouse(t)
	made := h.post("/v1/scim-clients", object{"name": "Entra ID"})
	client := made.ok(http.StatusCreated)
	require.Equal(t, "/v1/scim-clients/"+text(client, "id"), made.header.Get("Location"))
	token := text(client, "token")
	require.True(t, strings.HasPrefix(token, "heraut_scim_"+text(client, "id")+"_"))
	h.call(http.MethodGet, "/v1/users", nil, as(token)).refused(401, "unauthenticated")
	_, err := h.store.AuthenticateSCIM(t.Context(), token)
	require.NoError(t, err)
	_, err = h.store.AuthenticateSCIM(t.Context(), h.admin)
	require.Error(t, err, "an API key is no token")

	list := h.get("/v1/scim-clients")
	require.Len(t, items(list.ok(200)), 1)
	require.NotNil(t, items(list.ok(200))[0]["last_used_at"])
	require.NotContains(t, list.text, token[len(token)-20:])
	log := items(h.get("/v1/audit?object_id=" + text(client, "id")).ok(200))
	require.Equal(t, "scim_client.create", log[0]["what"])

	h.call(http.MethodDelete, "/v1/scim-clients/"+text(client, "id"), nil).ok(http.StatusNoContent)
	h.call(http.MethodDelete, "/v1/scim-clients/"+text(client, "id"), nil).refused(404, "not_found")
	_, err = h.store.AuthenticateSCIM(t.Context(), token)
	require.Error(t, err)
	h.post("/v1/scim-clients", object{"name": " "}).refused(422, "invalid_request", "/name")
	h.post("/v1/scim-clients", object{"name": "x", "role": "admin"}).refused(422, "invalid_request", "/role")
}

func TestSCIMTokensAreReplaced(t *testing.T) {
	h := newHouse(t)
	made := h.post("/v1/scim-clients", object{"name": "Entra ID"}).ok(http.StatusCreated)
	id, first := text(made, "id"), text(made, "token")
	works := func(want bool, token string) {
		t.Helper()
		_, err := h.store.AuthenticateSCIM(t.Context(), token)
		require.Equal(t, want, err == nil)
	}
	second := h.post("/v1/scim-clients/"+id+"/rotate", object{}).ok(http.StatusOK)
	require.Equal(t, id, text(second, "id"))
	require.NotEqual(t, first, text(second, "token"))
	require.NotEmpty(t, text(second, "old_token_until"))
	works(true, first)
	works(true, text(second, "token"))
	listed := items(h.get("/v1/scim-clients").ok(200))[0]
	require.Equal(t, second["old_token_until"], listed["old_token_until"])
	require.NotContains(t, listed, "token")

	third := h.post("/v1/scim-clients/"+id+"/rotate", object{"end_old": true}).ok(http.StatusOK)
	require.Nil(t, third["old_token_until"])
	works(false, first)
	works(false, text(second, "token"))
	works(true, text(third, "token"))
	require.Nil(t, items(h.get("/v1/scim-clients").ok(200))[0]["old_token_until"])
	h.post("/v1/scim-clients/"+id+"/rotate", object{"now": true}).refused(422, "invalid_request", "/now")
	h.post("/v1/scim-clients/018f0000-0000-7000-8000-000000000000/rotate", object{}).refused(404, "not_found")
}
