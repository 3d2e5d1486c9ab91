package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/people"
	"heraut/settings"
)

// The location of the installed content token, and an app and a book of it.
const (
	contentUID = "2049025000431439"
	anApp      = "361309726"
	aBook      = "1443456789"
)

// stock installs a content token whose location owns an app and a book, each
// with so many free licenses.
func (h *house) stock(licenses int) {
	h.t.Helper()
	ctx := h.t.Context()
	_, err := h.store.PutSetting(ctx, setup, settings.NameContentToken, settings.ContentToken{UID: contentUID}, []byte("token"), nil)
	require.NoError(h.t, err)
	require.NoError(h.t, h.store.KeepAssets(ctx, contentUID, []content.Asset{
		{AssetRef: assetOf(anApp), Type: content.App, Revocable: true, Total: licenses, Available: licenses},
		{AssetRef: assetOf(aBook), Type: content.Book, Total: licenses, Available: licenses},
	}))
}

func assetOf(adamID string) content.AssetRef {
	return content.AssetRef{AdamID: adamID, Pricing: content.PricingStandard}
}

// enrolledAtApple makes users who have accepted at Apple, in that order.
func (h *house) enrolledAtApple(names ...string) []string {
	h.t.Helper()
	ctx := h.t.Context()
	ids := make([]string, len(names))
	for i, name := range names {
		u, err := h.store.CreateUser(ctx, setup, people.User{FullName: name, ManagedDistribution: true})
		require.NoError(h.t, err)
		_, err = h.store.ClaimAccounts(ctx, contentUID, []content.NewAccount{{UserID: u.ID, ClientUserID: "c-" + u.ID}})
		require.NoError(h.t, err)
		_, err = h.store.ApplyAccounts(ctx, contentUID, []content.Account{{ClientUserID: "c-" + u.ID, State: content.Associated, IDHash: u.ID}})
		require.NoError(h.t, err)
		ids[i] = u.ID
	}
	return ids
}

// give plans licenses, and gives the app to the first of those who wait.
func (h *house) give(n int) {
	h.t.Helper()
	ctx := h.t.Context()
	_, err := h.store.PlanLicenses(ctx, contentUID)
	require.NoError(h.t, err)
	b, ok, err := h.store.ClaimBatch(ctx, contentUID, assetOf(anApp), content.Associate, n)
	require.NoError(h.t, err)
	require.True(h.t, ok)
	require.NoError(h.t, h.store.SettleBatch(ctx, b, b.All(content.Has, "")))
}

// justTheApp is a set of one asset.
func justTheApp() object { return object{"items": []object{{"adam_id": anApp}}} }

func TestContentOfGroupsAndUsers(t *testing.T) {
	h := newHouse(t)
	require.Empty(t, items(h.get("/v1/content").ok(http.StatusOK)), "without a token there is no content")
	h.stock(45)
	first := h.get("/v1/content?limit=1").ok(http.StatusOK)
	second := h.get("/v1/content?limit=1&cursor=" + text(first, "next_cursor")).ok(http.StatusOK)
	require.Nil(t, second["next_cursor"])
	require.Equal(t, []string{aBook, anApp}, []string{text(items(first)[0], "adam_id"), text(items(second)[0], "adam_id")})
	app := items(second)[0]
	require.Equal(t, []int{45, 0, 45, 0}, []int{count(app, "total"), count(app, "used"), count(app, "available"), count(app, "waiting")})
	require.Nil(t, app["name"])

	user := h.user("Ada")
	group := h.group("4A")
	for _, path := range []string{"/v1/users/" + user + "/content", "/v1/groups/" + group + "/content"} {
		require.Empty(t, items(h.get(path).ok(http.StatusOK)))
		set := h.put(path, object{"items": []object{{"adam_id": anApp, "pricing": "STDQ"}, {"adam_id": aBook}}}).ok(http.StatusOK)
		require.Len(t, items(set), 2)
		require.Equal(t, set, h.get(path).ok(http.StatusOK))
		require.Equal(t, []string{"distribute"}, h.engine.heard())
		h.put(path, object{"items": []object{}}).ok(http.StatusOK)
		require.Empty(t, items(h.get(path).ok(http.StatusOK)))
		h.engine.heard()
	}
}

func TestContentThatIsRefused(t *testing.T) {
	h := newHouse(t)
	h.stock(1)
	user := h.user("Ada")
	path := "/v1/users/" + user + "/content"
	put := func(body object) *reply { return h.put(path, body) }
	put(object{"items": []object{{"adam_id": anApp}, {"adam_id": "1"}, {"adam_id": anApp, "pricing": "PLUS"}}}).
		refused(http.StatusUnprocessableEntity, "invalid_request", "/items/1/adam_id", "/items/2/adam_id")
	put(object{"items": []object{{"adam_id": anApp}, {"adam_id": anApp}}}).refused(http.StatusUnprocessableEntity, "invalid_request", "/items/1/adam_id")
	put(object{"items": []object{{"adam_id": anApp, "pricing": "FREE"}}}).refused(http.StatusUnprocessableEntity, "invalid_request", "/items/0/pricing")
	put(object{"items": []object{{"pricing": "STDQ"}}}).refused(http.StatusUnprocessableEntity, "invalid_request", "/items/0/adam_id")
	put(object{}).refused(http.StatusUnprocessableEntity, "invalid_request", "/items")
	require.Empty(t, items(h.get(path).ok(http.StatusOK)))
	h.put("/v1/groups/"+user+"/content", justTheApp()).refused(http.StatusNotFound, "not_found")
	h.get("/v1/groups/"+user+"/content").refused(http.StatusNotFound, "not_found")
	h.call(http.MethodPut, path, justTheApp(), as(h.viewer)).refused(http.StatusForbidden, "forbidden")
	require.Empty(t, h.engine.heard())

	h.engine.leave()
	put(justTheApp()).ok(http.StatusOK) // the schedule comes by within minutes
}

func TestWhoLosesLicensesIsNotedAtOnce(t *testing.T) {
	h := newHouse(t)
	h.stock(1)
	user := h.enrolledAtApple("Ada")[0]
	group := h.group("4A")
	for _, change := range []func(){
		func() { h.patch("/v1/users/"+user, object{"managed_distribution": true}).ok(http.StatusOK) },
		func() { h.patch("/v1/groups/"+group, object{"managed_distribution": true}).ok(http.StatusOK) },
		func() {
			h.put("/v1/groups/"+group+"/members", object{"user_ids": []string{user}}).ok(http.StatusOK)
		},
		func() { h.call(http.MethodDelete, "/v1/enrollments/"+user, nil).ok(http.StatusNoContent) },
		func() { h.call(http.MethodDelete, "/v1/groups/"+group, nil).ok(http.StatusNoContent) },
		func() { h.call(http.MethodDelete, "/v1/users/"+user, nil).ok(http.StatusNoContent) },
	} {
		h.engine.heard()
		change()
		require.Contains(t, h.engine.heard(), "distribute")
	}
}

func TestPlanForecastsLicenses(t *testing.T) {
	h := newHouse(t)
	h.stock(45)
	ids := []string{h.user("Ada"), h.user("Bob")}
	group := text(h.post("/v1/groups", object{"name": "4A"}).ok(http.StatusCreated), "id")
	h.put("/v1/groups/"+group+"/members", object{"user_ids": ids}).ok(http.StatusOK)
	request := object{"group_id": group, "channel": "mail"}
	require.Empty(t, list(h.post("/v1/plans", request).ok(http.StatusCreated), "licenses"))

	h.put("/v1/groups/"+group+"/content", justTheApp()).ok(http.StatusOK)
	plan := h.post("/v1/plans", request).ok(http.StatusCreated)
	want := []object{{"location": contentUID, "adam_id": anApp, "pricing": "STDQ", "needed": 2.0, "available": 45.0}}
	require.Equal(t, want, list(plan, "licenses"))
	require.Equal(t, plan, h.get("/v1/plans/"+text(plan, "id")).ok(http.StatusOK))

	h.patch("/v1/users/"+ids[0], object{"managed_distribution": false}).ok(http.StatusOK)
	stale := h.post("/v1/plans/"+text(plan, "id")+"/send", object{"digest": text(plan, "digest")}).refused(http.StatusConflict, "plan_stale")
	require.Equal(t, 1, count(list(inner(stale, "plan"), "licenses")[0], "needed"))
}

func TestTasksOfBothKinds(t *testing.T) {
	h := newHouse(t)
	h.stock(2)
	users := h.enrolledAtApple("Ada", "Bob", "Cora")
	group := h.group("4A", users...)
	h.put("/v1/groups/"+group+"/content", justTheApp()).ok(http.StatusOK)
	dora := h.inviteAlone("Dora")
	for _, name := range []string{"Eve", "Finn", "Gus"} {
		h.inviteAlone(name)
	}
	h.give(2)
	h.inviteAlone("Hans")
	require.NoError(t, h.store.KeepAsset(t.Context(), contentUID, content.Asset{AssetRef: assetOf(anApp), Type: content.App, Revocable: true, Total: 2, Assigned: 2}))

	for _, limit := range []int{1, 2, 3, 5, 6, 100} {
		require.Equal(t, []string{"Hans queued", "Cora waiting license", "Gus queued", "Finn queued", "Eve queued", "Dora queued"}, h.told("/v1/tasks/active", limit))
	}
	require.Equal(t, []string{"Cora waiting license"}, h.told("/v1/tasks/active?group_id="+group, 1))
	require.Equal(t, []string{"Cora waiting license"}, h.told("/v1/tasks/active?user_id="+users[2], 1))
	h.post("/v1/invitations/"+dora+"/cancel", nil).ok(http.StatusAccepted)
	for _, limit := range []int{1, 2, 3, 4} {
		require.Equal(t, []string{"Dora cancelled", "Bob taken", "Ada taken"}, h.told("/v1/tasks/completed", limit))
	}
	require.Empty(t, h.told("/v1/tasks/completed?send_id="+unknownID, 1))
	require.Empty(t, h.told("/v1/tasks/active?device_id="+unknownID, 1))

	task := items(h.get("/v1/tasks/completed?user_id=" + users[0]).ok(http.StatusOK))[0]
	require.Equal(t, object{"adam_id": anApp, "pricing": "STDQ", "type": "app", "name": nil}, task["asset"])
	require.Equal(t, "content", text(task, "kind"))
	require.Nil(t, task["channel"])
	require.NotEmpty(t, text(task, "settled_at"))
}

// inviteAlone invites a new user by mail, and gives the invitation's id.
func (h *house) inviteAlone(name string) string {
	h.t.Helper()
	user := h.user(name)
	plan, digest := h.plan(object{"user_id": user, "channel": "mail"})
	h.post(plan+"/send", digest).ok(http.StatusAccepted)
	return text(items(h.get("/v1/invitations?user_id=" + user).ok(http.StatusOK))[0], "id")
}

// told walks a list of tasks, and says who is how far and waits for what.
func (h *house) told(list string, limit int) []string {
	h.t.Helper()
	var all []string
	for _, task := range h.walk(list, limit) {
		words := []string{text(inner(task, "user"), "full_name"), text(task, "state")}
		if waits := text(task, "waiting_for"); waits != "" {
			words = append(words, waits)
		}
		all = append(all, strings.Join(words, " "))
	}
	return all
}

func TestNewTokenIsLookedThroughAtOnce(t *testing.T) {
	h := newHouse(t)
	h.put(contentPath, object{"token_file": "raw-1"}).ok(http.StatusOK)
	require.Equal(t, []string{"distribute"}, h.engine.heard())
}
