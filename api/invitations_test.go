package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// invited sends to one user with a device and gives the invitation's path.
func (h *house) invited() (path, user string) {
	h.t.Helper()
	user = h.user("Zoë")
	h.device("iPad van Zoë", user)
	plan, digest := h.plan(object{"user_id": user})
	h.post(plan+"/send", digest).ok(http.StatusAccepted)
	h.engine.heard()
	list := items(h.get("/v1/invitations?user_id=" + user).ok(200))
	require.Len(h.t, list, 1)
	return "/v1/invitations/" + text(list[0], "id"), user
}

func TestInvitationDetail(t *testing.T) {
	h := newHouse(t)
	path, user := h.invited()
	got := h.get(path)
	one := got.ok(200)
	require.NotEmpty(t, got.header.Get("ETag"))
	require.Equal(t, object{"id": user, "full_name": "Zoë"}, one["user"])
	require.Equal(t, "iPad van Zoë", inner(one, "device")["name"])
	require.Equal(t, "alert", one["channel"])
	require.Equal(t, "queued", one["state"])
	require.Equal(t, "invite-user-"+user, one["workflow_id"])
	require.Len(t, one["send_ids"], 1)
	require.NotEmpty(t, one["timeline"])
	require.Equal(t, false, one["new_link_asked"])
	task := items(h.get("/v1/tasks/active").ok(200))[0]
	require.Equal(t, "invitation", task["kind"])
	require.Equal(t, one["id"], task["id"])
}

func TestInvitationWithoutDevice(t *testing.T) {
	h := newHouse(t)
	plan, digest := h.plan(object{"user_id": h.user("Zoë"), "channel": "mail"})
	h.post(plan+"/send", digest).ok(http.StatusAccepted)
	require.Nil(t, items(h.get("/v1/invitations").ok(200))[0]["device"])
}

func TestActionsOnAnInvitation(t *testing.T) {
	for action, state := range map[string]string{
		"accept": "accepted", "decline": "declined", "cancel": "cancelled", "resend": "queued", "extend": "queued",
	} {
		t.Run(action, func(t *testing.T) {
			h := newHouse(t)
			path, user := h.invited()
			require.Equal(t, state, h.post(path+"/"+action, nil).ok(http.StatusAccepted)["state"])
			require.Contains(t, h.engine.heard(), "wake user "+user)
			events := list(h.get(path).ok(200), "timeline")
			require.Equal(t, "api_key: admin key", events[len(events)-1]["actor"])
			h.post("/v1/invitations/"+unknownID+"/"+action, nil).refused(404, "not_found")
			if state == "queued" {
				return
			}
			for _, next := range []string{"accept", "decline", "cancel", "resend", "extend"} {
				h.post(path+"/"+next, nil).refused(409, "invitation_settled")
			}
		})
	}
}

func TestAnswerStandsWhileTheEngineIsAway(t *testing.T) {
	h := newHouse(t)
	path, _ := h.invited()
	h.engine.leave()
	require.Equal(t, "accepted", h.post(path+"/accept", nil).ok(http.StatusAccepted)["state"])
}

func TestRepeatedAnswerWithAKeyIsAnsweredAlike(t *testing.T) {
	h := newHouse(t)
	path, _ := h.invited()
	first := h.post(path+"/accept", nil, idem("a"))
	require.Equal(t, first.ok(202), h.post(path+"/accept", nil, idem("a")).ok(202))
	h.post(path+"/accept", nil, idem("b")).refused(409, "invitation_settled")
}

func TestBulk(t *testing.T) {
	h := newHouse(t)
	path, user := h.invited()
	filter := object{"user_id": user}
	bulk := func(body object) *reply { return h.post("/v1/invitations/bulk", body) }
	require.Equal(t, 1, count(bulk(object{"filter": filter, "action": "cancel", "dry_run": true}).ok(200), "count"))
	require.Equal(t, 0, count(bulk(object{"filter": object{"state": "accepted"}, "action": "cancel", "dry_run": true}).ok(200), "count"))
	require.Empty(t, h.engine.heard())
	require.Equal(t, "queued", h.get(path).ok(200)["state"])

	begun := bulk(object{"filter": filter, "action": "cancel"})
	job := begun.ok(http.StatusAccepted)
	require.Equal(t, []string{"start bulk " + text(job, "id")}, h.engine.heard())
	require.Equal(t, "running", h.get(begun.header.Get("Location")).ok(200)["state"])
	_, err := h.store.StepBulk(t.Context(), text(job, "id"), 10)
	require.NoError(t, err)
	done := h.get(begun.header.Get("Location")).ok(200)
	require.Equal(t, "done", done["state"])
	require.Equal(t, 1, count(done, "done"))
	require.Equal(t, "cancelled", h.get(path).ok(200)["state"])

	bulk(object{"filter": object{"state": "gone"}, "action": "cancel"}).refused(422, "invalid_request", "/filter/state")
	bulk(object{"filter": object{"query": "x"}, "action": "accept"}).refused(422, "invalid_request", "/filter/query", "/action")
	bulk(object{"action": "cancel"}).refused(422, "invalid_request", "/filter")
	h.get("/v1/invitations/bulk/"+unknownID).refused(404, "not_found")
}

func TestEnrollments(t *testing.T) {
	h := newHouse(t)
	path, user := h.invited()
	h.accept(path[len("/v1/invitations/"):])
	list := items(h.get("/v1/enrollments").ok(200))
	require.Len(t, list, 1)
	require.Equal(t, user, list[0]["user_id"])
	require.Equal(t, "invitation_page", list[0]["source"])
	require.Equal(t, "enrolled", h.get("/v1/users/" + user).ok(200)["state"])
	require.Empty(t, items(h.get("/v1/enrollments?group_id="+h.group("4A")).ok(200)))

	h.call(http.MethodDelete, "/v1/enrollments/"+user, nil).ok(http.StatusNoContent)
	h.call(http.MethodDelete, "/v1/enrollments/"+user, nil).refused(404, "not_found")
	require.Equal(t, "not_invited", h.get("/v1/users/" + user).ok(200)["state"])
}
