package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
)

// sendTo sends to a group of two users by mail and gives the send's path.
func (h *house) sendTo() (path, id string) {
	h.t.Helper()
	group := h.group("4A", h.user("Zoë"), h.user("Bram"))
	plan, digest := h.plan(object{"group_id": group, "channel": "mail"})
	id = text(h.post(plan+"/send", digest).ok(http.StatusAccepted), "id")
	_, err := h.store.WritePage(h.t.Context(), id, 0, 10)
	require.NoError(h.t, err)
	h.engine.heard()
	return "/v1/sends/" + id, id
}

func TestPauseAndResume(t *testing.T) {
	h := newHouse(t)
	path, id := h.sendTo()
	for _, step := range []struct{ action, state string }{
		{"/pause", "paused"}, {"/pause", "paused"}, {"/resume", "running"}, {"/resume", "running"},
	} {
		require.Equal(t, step.state, h.post(path+step.action, nil).ok(http.StatusAccepted)["state"])
		require.Equal(t, []string{"wake group " + id}, h.engine.heard())
	}
	for _, action := range []string{"/pause", "/resume", "/cancel"} {
		h.post("/v1/sends/"+unknownID+action, nil).refused(404, "not_found")
	}
}

func TestCancelASend(t *testing.T) {
	h := newHouse(t)
	path, id := h.sendTo()
	tag := h.get(path).header.Get("ETag")
	send := h.post(path+"/cancel", nil).ok(http.StatusAccepted)
	require.Equal(t, "cancelled", send["state"])
	require.Equal(t, 2, count(inner(send, "counts"), "cancelled"))
	require.NotNil(t, send["settled_at"])
	require.Equal(t, []string{"wake group " + id}, h.engine.heard())
	require.NotEqual(t, tag, h.get(path).header.Get("ETag"))
	for _, action := range []string{"/cancel", "/pause", "/resume"} {
		h.post(path+action, nil).refused(409, "send_settled")
	}
	require.Empty(t, items(h.get("/v1/tasks/active").ok(200)))
	require.Len(t, items(h.get("/v1/tasks/completed").ok(200)), 2)
}

func TestRepeatedCancelWithAKeyIsAnsweredAlike(t *testing.T) {
	h := newHouse(t)
	path, _ := h.sendTo()
	first := h.post(path+"/cancel", nil, idem("c"))
	require.Equal(t, first.ok(202), h.post(path+"/cancel", nil, idem("c")).ok(202))
}

func TestSendTellsTheMailRate(t *testing.T) {
	h := newHouse(t)
	path, _ := h.sendTo()
	require.Equal(t, object{"per_minute": 0.0, "paused_until": nil}, h.get(path).ok(200)["rate"])
	h.call(http.MethodPut, "/v1/settings/mail", object{"mode": "direct", "from": "a@school.example", "per_minute": 60}).ok(200)
	_, err := h.store.RouteDown(t.Context(), invitation.RouteMail, "connection refused", 0)
	require.NoError(t, err)
	rate := inner(h.get(path).ok(200), "rate")
	require.Equal(t, 60, count(rate, "per_minute"))
	require.NotNil(t, rate["paused_until"])
}
