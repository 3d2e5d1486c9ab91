package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
)

// pages is a house where every list has more than two items.
func pages(t *testing.T) (h *house, lists []string) {
	t.Helper()
	h = newHouse(t)
	for i := range 3 {
		user := h.user(fmt.Sprintf("User %d", i))
		h.device(fmt.Sprintf("iPad %d", i), user)
		group := h.group(fmt.Sprintf("Group %d", i), user)
		plan := h.post("/v1/plans", object{"group_id": group, "channel": "both"}).ok(201)
		send := h.post("/v1/plans/"+text(plan, "id")+"/send", object{"digest": plan["digest"]}).ok(202)
		page, err := h.store.WritePage(t.Context(), text(send, "id"), 0, 10)
		require.NoError(t, err)
		require.True(t, page.Last)
	}
	for _, one := range items(h.get("/v1/invitations").ok(200)) {
		if one["device"] != nil {
			h.accept(text(one, "id"))
		}
	}
	again := h.group("Again", h.user("a"), h.user("b"), h.user("c"))
	plan := h.post("/v1/plans", object{"group_id": again, "channel": "mail"}).ok(201)
	send := text(h.post("/v1/plans/"+text(plan, "id")+"/send", object{"digest": plan["digest"]}).ok(202), "id")
	_, err := h.store.WritePage(t.Context(), send, 0, 10)
	require.NoError(t, err)
	return h, []string{
		"/v1/users", "/v1/users?group_id=" + again, "/v1/users?q=user", "/v1/groups", "/v1/devices", "/v1/plans/" + text(plan, "id") + "/targets",
		"/v1/sends", "/v1/invitations", "/v1/invitations?state=queued", "/v1/invitations?send_id=" + send, "/v1/tasks/active",
		"/v1/tasks/active?send_id=" + send, "/v1/tasks/completed", "/v1/enrollments", "/v1/keys", "/v1/audit",
	}
}

// accept settles an invitation, as the person and then the workflow would.
func (h *house) accept(id string) {
	h.t.Helper()
	decided, err := h.store.Answer(h.t.Context(), id, invitation.Accept, people.Actor{Kind: people.ActorUser}, invitation.SourcePage)
	require.NoError(h.t, err)
	_, err = h.store.Record(h.t.Context(), decided.UserID)
	require.NoError(h.t, err)
}

func with(list, query string) string {
	if strings.Contains(list, "?") {
		return list + "&" + query
	}
	return list + "?" + query
}

func TestEveryListIsWalkedByCursor(t *testing.T) {
	h, lists := pages(t)
	for _, list := range lists {
		t.Run(list, func(t *testing.T) {
			h.t = t
			whole := h.get(with(list, "limit=500")).ok(http.StatusOK)
			require.Nil(t, whole["next_cursor"])
			require.GreaterOrEqual(t, len(items(whole)), 3)
			for _, limit := range []int{1, 2} {
				require.Equal(t, items(whole), h.walk(list, limit))
			}
		})
	}
}

// walk reads a list page by page.
func (h *house) walk(list string, limit int) []object {
	h.t.Helper()
	var all []object
	cursor := ""
	for range 1000 {
		page := h.get(with(list, fmt.Sprintf("limit=%d%s", limit, cursor))).ok(http.StatusOK)
		require.LessOrEqual(h.t, len(items(page)), limit)
		all = append(all, items(page)...)
		next, more := page["next_cursor"].(string)
		if !more {
			return all
		}
		cursor = "&cursor=" + next
	}
	h.t.Fatal("the list has no end")
	return nil
}

func TestCursorsBelongToTheirList(t *testing.T) {
	h, lists := pages(t)
	cursors := map[string]string{}
	for _, list := range lists {
		cursors[list] = text(h.get(with(list, "limit=1")).ok(http.StatusOK), "next_cursor")
		require.NotEmpty(t, cursors[list], list)
	}
	for _, list := range lists {
		for from, cursor := range cursors {
			if from != list {
				h.get(with(list, "cursor="+cursor)).refused(422, "invalid_request", "cursor")
			}
		}
	}
}

func TestChangedCursors(t *testing.T) {
	h, _ := pages(t)
	cursor := text(h.get("/v1/users?limit=1").ok(200), "next_cursor")
	flipped := []byte(cursor)
	flipped[len(flipped)/2] ^= 1
	for _, bad := range []string{
		string(flipped), cursor[1:], cursor[:len(cursor)-1], cursor + "A", cursor + "=", "x", "1", "-1", "AAAA", "%00",
		"eyJrIjoiYSIsImkiOiJiIn0", strings.Repeat("A", 1000), strings.Repeat("A", 1001),
	} {
		h.get("/v1/users?limit=1&cursor="+bad).refused(422, "invalid_request", "cursor")
	}
	h.get("/v1/users?cursor=").refused(422, "invalid_request", "cursor")
	h.get("/v1/users?limit=2&cursor=" + cursor).ok(200) // another limit is the same list
	require.NotContains(t, cursor, "User")
}

func TestLimits(t *testing.T) {
	h, lists := pages(t)
	for _, list := range lists {
		for _, bad := range []string{"0", "-1", "501", "1.5", "many", "", "1e2", "99999999999999999999"} {
			h.get(with(list, "limit="+bad)).refused(422, "invalid_request", "limit")
		}
		h.get(with(list, "offset=1")).refused(422, "invalid_request", "offset")
	}
}
