package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDeviceLife(t *testing.T) {
	h := newHouse(t)
	zoe := h.user("Zoë")
	mdm := object{"kind": "mdm", "topic": "com.apple.mgmt.x", "token": "ab", "push_magic": "magic"}
	made := h.post("/v1/devices", object{
		"name": "iPad van Zoë", "platform": "ipados", "serial_number": "S1", "udid": "U1", "user_id": zoe, "push": []object{alert, mdm},
	})
	device := made.ok(http.StatusCreated)
	path := "/v1/devices/" + text(device, "id")
	require.Equal(t, path, made.header.Get("Location"))
	require.NotContains(t, made.text, "ff785122", "tokens are not shown")
	require.NotContains(t, made.text, "magic")
	live := map[string]any{}
	for _, p := range list(device, "push") {
		live[text(p, "kind")] = p["live"]
	}
	require.Equal(t, map[string]any{"alert": true, "mdm": false}, live)

	h.patch(path, object{"name": "iPad"}).refused(422, "invalid_request", "/name")
	h.patch(path, object{"push": []object{alert, alert}}).refused(422, "invalid_request", "/push/1/kind")
	require.Len(t, h.patch(path, object{"push": []object{alert}}).ok(200)["push"], 1)
	require.Empty(t, h.patch(path, object{"push": nil}).ok(200)["push"])
	require.Equal(t, "macos", h.patch(path, object{"platform": "macos"}).ok(200)["platform"])
	require.Equal(t, zoe, h.get(path).ok(200)["user_id"])
	h.engine.heard()
	require.Nil(t, h.patch(path, object{"user_id": nil}).ok(200)["user_id"])
	require.Equal(t, []string{"wake user " + zoe}, h.engine.heard())
	require.Empty(t, items(h.get("/v1/devices?user_id="+zoe).ok(200)))
	require.Len(t, items(h.get("/v1/devices").ok(200)), 1)

	h.call(http.MethodDelete, path, nil).ok(http.StatusNoContent)
	h.get(path).refused(404, "not_found")
}

func TestDeviceRefusals(t *testing.T) {
	h := newHouse(t)
	h.post("/v1/devices", object{"name": "A", "platform": "ios", "serial_number": "S1", "udid": "U1"}).ok(http.StatusCreated)
	with := func(name string, value any) object {
		return object{"name": "B", "platform": "ios", name: value}
	}
	push := func(name string, value any) object {
		one := object{"kind": "mdm", "topic": "t", "token": "ab", "push_magic": "m"}
		one[name] = value
		return with("push", []object{one})
	}
	for name, c := range map[string]struct {
		body     object
		status   int
		code     string
		pointers []string
	}{
		"no platform":       {object{"name": "B"}, 422, "invalid_request", []string{"/platform"}},
		"other platform":    {with("platform", "tvos"), 422, "invalid_request", []string{"/platform"}},
		"serial taken":      {with("serial_number", "S1"), 409, "conflict", []string{"/serial_number"}},
		"udid taken":        {with("udid", "U1"), 409, "conflict", []string{"/udid"}},
		"token no hex":      {push("token", "xyz"), 422, "invalid_request", []string{"/push/0/token"}},
		"token odd":         {push("token", "abc"), 422, "invalid_request", []string{"/push/0/token"}},
		"magic with quotes": {push("push_magic", `"`), 422, "invalid_request", []string{"/push/0/push_magic"}},
		"mdm without magic": {push("push_magic", nil), 422, "invalid_request", []string{"/push/0/push_magic"}},
		"live is not given": {push("live", true), 422, "invalid_request", []string{"/push/0/live"}},
		"unknown user":      {with("user_id", unknownID), 422, "invalid_request", []string{"/user_id"}},
		"malformed user":    {with("user_id", "zoe"), 422, "invalid_request", []string{"/user_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			h.post("/v1/devices", c.body).refused(c.status, c.code, c.pointers...)
		})
	}
}
