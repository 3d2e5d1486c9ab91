package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestGroupLife(t *testing.T) {
	h := newHouse(t)
	made := h.post("/v1/groups", object{"name": "4A", "external_id": "class:4a"})
	group := made.ok(http.StatusCreated)
	path := "/v1/groups/" + text(group, "id")
	require.Equal(t, path, made.header.Get("Location"))
	require.Equal(t, false, group["all_enrolled"])
	require.Equal(t, object{"members": 0.0, "not_invited": 0.0, "invited": 0.0, "enrolled": 0.0}, group["counts"])

	require.Equal(t, true, h.patch(path, object{"managed_distribution": true}).ok(http.StatusOK)["managed_distribution"])
	require.Nil(t, h.patch(path, object{"external_id": nil}).ok(http.StatusOK)["external_id"])
	h.patch(path, object{"name": nil}).refused(422, "invalid_request", "/name")
	require.Len(t, items(h.get("/v1/groups").ok(http.StatusOK)), 1)

	h.call(http.MethodDelete, path, nil).ok(http.StatusNoContent)
	h.get(path).refused(http.StatusNotFound, "not_found")
}

func TestGroupMembers(t *testing.T) {
	h := newHouse(t)
	class, school := h.group("4A"), h.group("School")
	zoe, bram := h.user("Zoë"), h.user("Bram")
	members := func(group string, users, groups []string) *reply {
		return h.call(http.MethodPut, "/v1/groups/"+group+"/members", object{"user_ids": users, "group_ids": groups})
	}
	members(class, []string{zoe, bram, zoe}, []string{}).ok(http.StatusOK)
	got := members(school, []string{zoe}, []string{class}).ok(http.StatusOK)
	require.Equal(t, 2, count(inner(got, "counts"), "members"), "distinct, through nesting")

	members(class, []string{zoe}, []string{school}).refused(409, "conflict")
	members(class, []string{zoe}, []string{class}).refused(409, "conflict")
	members(class, []string{unknownID, bram}, []string{}).refused(422, "invalid_request", "/user_ids/0")
	members(class, []string{"4A"}, []string{}).refused(422, "invalid_request", "/user_ids/0")
	members(unknownID, []string{}, []string{}).refused(404, "not_found")
	require.Equal(t, 2, count(inner(h.get("/v1/groups/"+class).ok(200), "counts"), "members"), "a refused set changes nothing")

	members(class, []string{}, []string{}).ok(http.StatusOK)
	require.Equal(t, 1, count(inner(h.get("/v1/groups/"+school).ok(200), "counts"), "members"))
}

const unknownID = "00000000-0000-7000-8000-000000000000"

func (h *house) group(name string, users ...string) string {
	h.t.Helper()
	id := text(h.post("/v1/groups", object{"name": name, "managed_distribution": true}).ok(http.StatusCreated), "id")
	if len(users) > 0 {
		h.call(http.MethodPut, "/v1/groups/"+id+"/members", object{"user_ids": users}).ok(http.StatusOK)
	}
	return id
}

// user makes a user with services on and an address.
func (h *house) user(name string) string {
	h.t.Helper()
	body := object{"full_name": name, "email": "someone@school.example", "managed_distribution": true}
	return text(h.post("/v1/users", body).ok(http.StatusCreated), "id")
}

// device makes an iPad of a user that an alert reaches.
func (h *house) device(name, userID string) string {
	h.t.Helper()
	body := object{"name": name, "platform": "ipados", "user_id": userID, "push": []object{alert}}
	return text(h.post("/v1/devices", body).ok(http.StatusCreated), "id")
}

var alert = object{"kind": "alert", "topic": "nl.school.selfservice", "token": "00FC13ADFF785122"}
