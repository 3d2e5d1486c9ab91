package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKeys(t *testing.T) {
	h := newHouse(t)
	made := h.post("/v1/keys", object{"name": "script", "role": "operator"})
	key := made.ok(http.StatusCreated)
	require.Equal(t, "/v1/keys/"+text(key, "id"), made.header.Get("Location"))
	secret := text(key, "key")
	require.True(t, strings.HasPrefix(secret, "heraut_"+text(key, "id")+"_"))
	h.post("/v1/users", object{"full_name": "A"}, as(secret)).ok(http.StatusCreated)

	list := h.get("/v1/keys")
	require.Len(t, items(list.ok(200)), 4)
	require.NotContains(t, list.text, secret[len(secret)-20:])

	h.call(http.MethodDelete, "/v1/keys/"+text(key, "id"), nil).ok(http.StatusNoContent)
	h.call(http.MethodDelete, "/v1/keys/"+text(key, "id"), nil).refused(404, "not_found")
	h.call(http.MethodGet, "/v1/users", nil, as(secret)).refused(401, "unauthenticated")
	h.post("/v1/keys", object{"name": "script", "role": "root"}).refused(422, "invalid_request", "/role")
	h.post("/v1/keys", object{"name": " "}).refused(422, "invalid_request", "/role")
	h.post("/v1/keys", object{"name": " ", "role": "admin"}).refused(422, "invalid_request", "/name")
}

func TestAuditNamesTheKey(t *testing.T) {
	h := newHouse(t)
	user := h.post("/v1/users", object{"full_name": "A"}, as(h.operator)).ok(http.StatusCreated)
	h.patch("/v1/users/"+text(user, "id"), object{"full_name": "B"}).ok(200)
	list := items(h.get("/v1/audit?object_id=" + text(user, "id")).ok(200))
	require.Len(t, list, 2)
	change, creation := list[0], list[1]
	require.Equal(t, "user.create", creation["what"])
	require.Equal(t, "user", creation["object"])
	require.Nil(t, creation["before"])
	require.Equal(t, "operator key", inner(creation, "actor")["name"])
	require.Equal(t, "A", inner(change, "before")["full_name"])
	require.Equal(t, "B", inner(change, "after")["full_name"])
	require.Equal(t, strings.Split(h.admin, "_")[1], inner(change, "actor")["id"])
}
