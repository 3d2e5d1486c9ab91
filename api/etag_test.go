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

// TestIfMatchOfActions: an action is held against the thing that it changes.
func TestIfMatchOfActions(t *testing.T) {
	h := newHouse(t)
	invitation, _ := h.invited()
	send := "/v1/sends/" + text(items(h.get("/v1/sends").ok(200))[0], "id")
	tag := func() string { return h.get(send).header.Get("ETag") }
	before := tag()
	for path, method := range map[string]string{
		send + "/pause": http.MethodPost, send + "/resume": http.MethodPost, send + "/cancel": http.MethodPost, invitation + "/cancel": http.MethodPost,
		"/v1/settings/push/alert": http.MethodDelete,
	} {
		for _, stale := range []string{"nonsense", `"1"`, `W/` + before, `"1", "2"`} {
			h.call(method, path, nil, match(stale)).refused(412, "precondition_failed")
		}
	}
	require.Equal(t, before, tag(), "nothing was done")

	for range 2 { // the second time it is another version, and the first answer
		h.call(http.MethodPost, send+"/pause", nil, match(before), header{"Idempotency-Key", "once"}).ok(http.StatusAccepted)
	}
	h.call(http.MethodPost, send+"/resume", nil, match(before)).refused(412, "precondition_failed")
	require.Equal(t, "paused", text(h.get(send).ok(200), "state"))
	h.call(http.MethodPost, send+"/resume", nil, match(`"1", `+tag())).ok(http.StatusAccepted)
	h.call(http.MethodPost, send+"/pause", nil, match("*")).ok(http.StatusAccepted)
	require.Equal(t, http.StatusOK, h.call(http.MethodGet, send, nil, match(`"x"`)).status, "reading changes nothing")
}

func TestIfMatchOfWhatIsNotThere(t *testing.T) {
	h := newHouse(t)
	nowhere := "6f1c2f0e-58f4-4c7a-9d2c-0b6f3d1f6a55"
	h.call(http.MethodPost, "/v1/sends/"+nowhere+"/pause", nil, match(`"1"`)).refused(404, "not_found")
	h.call(http.MethodDelete, "/v1/keys/"+nowhere, nil, match(`"1"`)).refused(412, "precondition_failed")
	cert, key := selfSigned(t, "nl.school.selfservice")
	given := object{"certificate_pem": cert, "private_key_pem": key}
	h.call(http.MethodPut, "/v1/settings/push/alert", given, match(`"1"`)).refused(412, "precondition_failed")
	h.call(http.MethodPut, "/v1/settings/push/alert", given).ok(200)
}
