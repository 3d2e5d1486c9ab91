package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func match(tag string) header { return header{"If-Match", tag} }

func TestIfMatch(t *testing.T) {
	h := newHouse(t)
	user := h.user("Zoë")
	group := h.group("4A")
	device := h.device("iPad", user)
	for path, change := range map[string]object{
		"/v1/users/" + user:     {"full_name": "Zoë Ünal"},
		"/v1/groups/" + group:   {"name": "4B"},
		"/v1/devices/" + device: {"serial_number": "S1"},
	} {
		old := h.get(path).header.Get("ETag")
		changed := h.patch(path, change, match(old))
		changed.ok(http.StatusOK)
		tag := changed.header.Get("ETag")
		require.NotEqual(t, old, tag)
		require.Equal(t, tag, h.get(path).header.Get("ETag"))
		same := h.patch(path, change)
		same.ok(http.StatusOK)
		require.Equal(t, tag, same.header.Get("ETag"), "a change that changes nothing is none")

		for _, wrong := range []string{old, `"999"`, `W/` + tag, `"x"`, "x", `""`, tag[1 : len(tag)-1]} {
			h.patch(path, change, match(wrong)).refused(412, "precondition_failed")
			h.call(http.MethodDelete, path, nil, match(wrong)).refused(412, "precondition_failed")
		}
		h.patch(path, change, match("*")).ok(http.StatusOK)
		h.patch(path, change, match(`"abc", `+tag)).ok(http.StatusOK)
		h.patch(path, change, match(old+", "+tag)).refused(422, "invalid_request", "If-Match")
		h.call(http.MethodDelete, path, nil, match(tag)).ok(http.StatusNoContent)
		h.call(http.MethodDelete, path, nil, match(tag)).refused(404, "not_found")
	}
}

func TestIfMatchOnWholeSets(t *testing.T) {
	h := newHouse(t)
	zoe, path := h.user("Zoë"), "/v1/groups/"+h.group("4A")
	old := h.get(path).header.Get("ETag")
	put := func(tag string) *reply {
		return h.call(http.MethodPut, path+"/members", object{"user_ids": []string{zoe}}, match(tag))
	}
	put(`"999"`).refused(412, "precondition_failed")
	put(old).ok(http.StatusOK)

	settings := h.get("/v1/settings/invitations")
	body := settings.ok(200)
	tag := settings.header.Get("ETag")
	changed := h.call(http.MethodPut, "/v1/settings/invitations", body, match(tag))
	changed.ok(200)
	h.call(http.MethodPut, "/v1/settings/invitations", body, match(tag)).refused(412, "precondition_failed")
	require.Equal(t, changed.header.Get("ETag"), h.get("/v1/settings/invitations").header.Get("ETag"))
}

// TestIfMatchWhereNothingLooksAtIt: whoever sends one relies on it.
func TestIfMatchWhereNothingLooksAtIt(t *testing.T) {
	h := newHouse(t)
	invitation, _ := h.invited()
	send := text(items(h.get("/v1/sends").ok(200))[0], "id")
	nowhere := "6f1c2f0e-58f4-4c7a-9d2c-0b6f3d1f6a55"
	for path, method := range map[string]string{
		"/v1/sends/" + send + "/pause": http.MethodPost, "/v1/sends/" + send + "/resume": http.MethodPost, "/v1/sends/" + send + "/cancel": http.MethodPost,
		invitation + "/cancel": http.MethodPost, "/v1/keys/" + nowhere: http.MethodDelete, "/v1/enrollments/" + nowhere: http.MethodDelete,
		"/v1/settings/push/alert": http.MethodDelete,
	} {
		for _, tag := range []string{h.get("/v1/sends/" + send).header.Get("ETag"), "nonsense", `"1", *`} {
			h.call(method, path, nil, match(tag)).refused(422, "invalid_request", "If-Match")
		}
	}
	cert, key := selfSigned(t, "nl.school.selfservice")
	h.call(http.MethodPut, "/v1/settings/push/alert", object{"certificate_pem": cert, "private_key_pem": key}, match(`"1"`)).refused(422, "invalid_request", "If-Match")
	require.Equal(t, "running", text(h.get("/v1/sends/"+send).ok(200), "state"), "nothing was done")

	h.post("/v1/sends/"+send+"/pause", nil, match("*")).ok(http.StatusAccepted)
	require.Equal(t, http.StatusOK, h.call(http.MethodGet, "/v1/sends/"+send, nil, match(`"x"`)).status, "reading changes nothing")
}
