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
