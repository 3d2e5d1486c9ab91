package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlanOfAGroup(t *testing.T) {
	h := newHouse(t)
	zoe, bram := h.user("Zoë"), h.user("Bram")
	iPad := h.device("iPad", zoe)
	group := h.group("4A", zoe, bram)
	made := h.post("/v1/plans", object{"group_id": group})
	plan := made.ok(http.StatusCreated)
	require.Equal(t, "/v1/plans/"+text(plan, "id"), made.header.Get("Location"))
	require.Equal(t, "auto", plan["channel"])
	require.Equal(t, "not_enrolled", plan["audience"])
	require.Equal(t, 1, count(plan, "invitations"))
	require.Equal(t, 1, count(plan, "users"))
	require.Equal(t, 1, count(plan, "messages"))
	require.Equal(t, 0, count(plan, "silent"))
	require.Equal(t, object{"alert": 1.0, "mail": 0.0, "mdm": 0.0}, plan["by_channel"])
	require.Equal(t, object{"no_device": 1.0}, plan["skipped_counts"])
	require.Equal(t, []any{object{"user_id": bram, "device_id": nil, "reason": "no_device"}}, plan["skipped"])
	require.Nil(t, plan["send_id"])

	path := "/v1/plans/" + text(plan, "id")
	got := h.get(path)
	require.Equal(t, plan, got.ok(200))
	require.Equal(t, made.header.Get("ETag"), got.header.Get("ETag"))
	targets := items(h.get(path + "/targets").ok(200))
	require.Equal(t, []object{{"user_id": zoe, "device_id": iPad, "channel": "alert"}}, targets)
	h.get("/v1/plans/"+unknownID+"/targets").refused(404, "not_found")
}

func TestPlanRefusals(t *testing.T) {
	h := newHouse(t)
	zoe, group := h.user("Zoë"), h.group("4A")
	for name, c := range map[string]struct {
		body     object
		pointers []string
	}{
		"nobody":           {object{}, []string{"/user_id"}},
		"both":             {object{"user_id": zoe, "group_id": group}, []string{"/group_id"}},
		"devices of group": {object{"group_id": group, "device_ids": []string{unknownID}}, []string{"/device_ids"}},
		"no devices":       {object{"user_id": zoe, "device_ids": []string{}}, []string{"/device_ids"}},
		"unknown user":     {object{"user_id": unknownID}, []string{"/user_id"}},
		"unknown group":    {object{"group_id": unknownID}, []string{"/group_id"}},
		"channel":          {object{"user_id": zoe, "channel": "fax"}, []string{"/channel"}},
		"audience":         {object{"user_id": zoe, "audience": "everyone"}, []string{"/audience"}},
		"null":             {object{"user_id": nil, "group_id": group}, []string{"/user_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			h.post("/v1/plans", c.body).refused(422, "invalid_request", c.pointers...)
		})
	}
}

func TestPlanFollowsTheDefaultChannel(t *testing.T) {
	h := newHouse(t)
	zoe := h.user("Zoë")
	require.Equal(t, 0, count(h.post("/v1/plans", object{"user_id": zoe}).ok(201), "invitations"))
	h.call(http.MethodPut, "/v1/settings/invitations", object{"default_channel": "mail"}).ok(200)
	plan := h.post("/v1/plans", object{"user_id": zoe}).ok(201)
	require.Equal(t, "mail", plan["channel"])
	require.Equal(t, 1, count(plan, "invitations"))
}

// plan makes a plan and returns its path and digest.
func (h *house) plan(body object) (path string, send object) {
	h.t.Helper()
	plan := h.post("/v1/plans", body).ok(http.StatusCreated)
	return "/v1/plans/" + text(plan, "id"), object{"digest": plan["digest"]}
}

func TestSendOnce(t *testing.T) {
	h := newHouse(t)
	zoe := h.user("Zoë")
	h.device("iPad van Zoë", zoe)
	path, digest := h.plan(object{"user_id": zoe})
	h.post(path+"/send", object{"digest": "wrong"}).refused(422, "invalid_request", "/digest")
	h.post(path+"/send", object{}).refused(422, "invalid_request", "/digest")
	require.Empty(t, h.engine.heard(), "nothing leaves before Send")

	first := h.post(path+"/send", digest)
	send := first.ok(http.StatusAccepted)
	require.Equal(t, "/v1/sends/"+text(send, "id"), first.header.Get("Location"))
	require.Equal(t, "running", send["state"])
	require.Equal(t, zoe, send["user_id"])
	require.Equal(t, []string{"start user " + zoe}, h.engine.heard())
	start := h.engine.starts[0]
	require.True(t, start.Deliver)
	require.Equal(t, "Zoë", start.FullName)
	require.Equal(t, []string{"iPad van Zoë"}, start.Devices)
	require.Equal(t, text(send, "id"), start.SendID)

	again := h.post(path+"/send", digest)
	require.Equal(t, send["id"], again.ok(http.StatusOK)["id"])
	require.Equal(t, first.header.Get("Location"), again.header.Get("Location"))
	require.Empty(t, h.engine.heard())
	require.Equal(t, send["id"], h.get(path).ok(200)["send_id"])
}

func TestEmptyPlanIsNotSent(t *testing.T) {
	h := newHouse(t)
	path, digest := h.plan(object{"group_id": h.group("4A")})
	h.post(path+"/send", digest).refused(422, "invalid_request")
}

func TestStalePlanTellsTheDifference(t *testing.T) {
	h := newHouse(t)
	zoe, bram := h.user("Zoë"), h.user("Bram")
	old := h.device("old", zoe)
	group := h.group("4A", zoe, bram)
	path, digest := h.plan(object{"group_id": group})
	h.patch("/v1/devices/"+old, object{"user_id": nil}).ok(200)
	added := h.device("new", bram)

	problem := h.post(path+"/send", digest).refused(409, "plan_stale")
	require.Equal(t, object{
		"added":       []any{object{"user_id": bram, "device_id": added, "channel": "alert"}},
		"removed":     []any{object{"user_id": zoe, "device_id": old, "channel": "alert"}},
		"added_count": 1.0, "removed_count": 1.0,
	}, problem["difference"])
	fresh := inner(problem, "plan")
	require.NotEqual(t, path, "/v1/plans/"+text(fresh, "id"))
	h.post("/v1/plans/"+text(fresh, "id")+"/send", object{"digest": fresh["digest"]}).ok(http.StatusAccepted)
	require.Equal(t, []string{"start group " + text(items(h.get("/v1/sends").ok(200))[0], "id")}, lastOf(h.engine.heard()))
}

func lastOf(list []string) []string { return list[len(list)-1:] }

func TestSendWhileTheEngineIsAway(t *testing.T) {
	h := newHouse(t)
	h.engine.leave()
	path, digest := h.plan(object{"user_id": h.user("Zoë"), "channel": "mail"})
	send := h.post(path+"/send", digest).ok(http.StatusAccepted)
	require.Equal(t, 1, count(inner(h.get("/v1/sends/"+text(send, "id")).ok(200), "counts"), "queued"))
	require.Contains(t, h.log.String(), "the engine is away")
}
