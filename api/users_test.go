package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestUserLife(t *testing.T) {
	h := newHouse(t)
	made := h.post("/v1/users", object{"full_name": " Zoë Ünal ", "email": "zoe@school.example", "language": "nl", "external_id": "s1", "managed_distribution": true})
	user := made.ok(http.StatusCreated)
	path := "/v1/users/" + text(user, "id")
	require.Equal(t, path, made.header.Get("Location"))
	require.Equal(t, "Zoë Ünal", user["full_name"])
	require.Equal(t, "not_invited", user["state"])
	require.Equal(t, true, user["managed_distribution"])
	require.Nil(t, user["enrolled_at"])
	require.Nil(t, user["managed_apple_account"])

	got := h.get(path)
	require.Equal(t, user, got.ok(http.StatusOK))
	require.Equal(t, made.header.Get("ETag"), got.header.Get("ETag"))

	deleted := h.call(http.MethodDelete, path, nil)
	deleted.ok(http.StatusNoContent)
	require.Empty(t, deleted.text)
	h.get(path).refused(http.StatusNotFound, "not_found")
	h.call(http.MethodDelete, path, nil).refused(http.StatusNotFound, "not_found")
}

func TestUserDefaults(t *testing.T) {
	h := newHouse(t)
	user := h.post("/v1/users", object{"full_name": "A", "email": nil, "language": nil}).ok(http.StatusCreated)
	require.Equal(t, false, user["managed_distribution"])
	for _, name := range []string{"email", "language", "external_id", "managed_apple_account"} {
		require.Nil(t, user[name], name)
	}
}

func TestUserRefusals(t *testing.T) {
	h := newHouse(t)
	h.post("/v1/users", object{"full_name": "A", "external_id": "taken"}).ok(http.StatusCreated)
	for name, c := range map[string]struct {
		body     any
		status   int
		code     string
		pointers []string
	}{
		"nothing":         {object{}, 422, "invalid_request", []string{"/full_name"}},
		"not an object":   {[]any{}, 422, "invalid_request", []string{""}},
		"blank name":      {object{"full_name": "  "}, 422, "invalid_request", []string{"/full_name"}},
		"null name":       {object{"full_name": nil}, 422, "invalid_request", []string{"/full_name"}},
		"several":         {object{"full_name": 3, "email": true, "language": "fr"}, 422, "invalid_request", []string{"/full_name", "/email", "/language"}},
		"unknown":         {object{"full_name": "A", "shoe/size": 43}, 422, "invalid_request", []string{"/shoe~1size"}},
		"other case":      {object{"full_name": "A", "Email": "a@b.example"}, 422, "invalid_request", []string{"/Email"}},
		"own state":       {object{"full_name": "A", "state": "enrolled"}, 422, "invalid_request", []string{"/state"}},
		"address":         {object{"full_name": "A", "email": "a@localhost"}, 422, "invalid_request", []string{"/email"}},
		"literal address": {object{"full_name": "A", "email": "a@[127.0.0.1]"}, 422, "invalid_request", []string{"/email"}},
		"line break":      {object{"full_name": "A\r\nBcc: x"}, 422, "invalid_request", []string{"/full_name"}},
		"taken":           {object{"full_name": "B", "external_id": "taken"}, 409, "conflict", []string{"/external_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			h.post("/v1/users", c.body).refused(c.status, c.code, c.pointers...)
		})
	}
}

func TestUserMergePatch(t *testing.T) {
	h := newHouse(t)
	user := h.post("/v1/users", object{"full_name": "A", "email": "a@school.example", "language": "nl", "external_id": "x"}).ok(http.StatusCreated)
	path := "/v1/users/" + text(user, "id")
	for _, step := range []struct {
		patch object
		want  object
	}{
		{object{}, object{"full_name": "A", "email": "a@school.example", "language": "nl", "external_id": "x"}},
		{object{"email": nil}, object{"email": nil, "language": "nl", "external_id": "x"}},
		{object{"language": nil, "managed_distribution": true}, object{"email": nil, "language": nil, "managed_distribution": true}},
		{object{"full_name": "B"}, object{"full_name": "B", "external_id": "x", "managed_distribution": true}},
	} {
		got := h.patch(path, step.patch).ok(http.StatusOK)
		for name, value := range step.want {
			require.Equal(t, value, got[name], "%s after %v", name, step.patch)
		}
	}
	h.patch(path, object{"full_name": nil}).refused(422, "invalid_request", "/full_name")
	h.patch(path, object{"managed_distribution": nil}).refused(422, "invalid_request", "/managed_distribution")
	h.patch(path, object{"id": "x"}).refused(422, "invalid_request", "/id")
	h.call(http.MethodPatch, path, object{"full_name": "C"}).ok(http.StatusOK) // plain JSON does too
}

func TestUserSearch(t *testing.T) {
	h := newHouse(t)
	group := text(h.post("/v1/groups", object{"name": "4A"}).ok(http.StatusCreated), "id")
	zoe := text(h.post("/v1/users", object{"full_name": "Zoë Ünal"}).ok(http.StatusCreated), "id")
	h.post("/v1/users", object{"full_name": "Bram de Vries", "email": "bram@school.example"}).ok(http.StatusCreated)
	h.call(http.MethodPut, "/v1/groups/"+group+"/members", object{"user_ids": []string{zoe}}).ok(http.StatusOK)
	for query, n := range map[string]int{
		"": 2, "?q=zoe": 1, "?q=BRAM%40school": 1, "?q=nobody": 0, "?group_id=" + group: 1,
		"?state=not_invited": 2, "?state=enrolled": 0, "?state=invited&q=zoe": 0,
	} {
		require.Len(t, items(h.get("/v1/users"+query).ok(http.StatusOK)), n, query)
	}
	h.get("/v1/users?state=gone").refused(422, "invalid_request", "state")
	h.get("/v1/users?group_id=4A").refused(422, "invalid_request", "group_id")
	h.get("/v1/users?Q=zoe").refused(422, "invalid_request", "Q")
	h.get("/v1/users?q=a&q=b").refused(422, "invalid_request", "q")
}

// TestUsersAreDisabledByHand where nobody else keeps them.
func TestUsersAreDisabledByHand(t *testing.T) {
	h := newHouse(t)
	path := "/v1/users/" + text(h.post("/v1/users", object{"full_name": "A"}).ok(http.StatusCreated), "id")
	require.Equal(t, true, h.patch(path, object{"disabled": true}).ok(http.StatusOK)["disabled"])
	require.Equal(t, true, h.get(path).ok(http.StatusOK)["disabled"])
	require.Equal(t, false, h.patch(path, object{"disabled": false}).ok(http.StatusOK)["disabled"])
	h.patch(path, object{"disabled": nil}).refused(422, "invalid_request", "/disabled")

	client, _, err := h.store.CreateSCIMClient(t.Context(), people.System("tests"), people.SCIMClient{Name: "Entra"})
	require.NoError(t, err)
	made, err := h.store.CreateSCIMUser(t.Context(), client, people.SCIMUser{UserName: "zoe", Active: true})
	require.NoError(t, err)
	h.patch("/v1/users/"+made.ID, object{"disabled": true}).refused(409, "conflict", "/disabled")
	h.patch("/v1/users/"+made.ID, object{"disabled": false}).ok(http.StatusOK)
}
