package api_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestFiltersOfTasks holds the lists and the bulk action to the same meaning.
func TestFiltersOfTasks(t *testing.T) {
	h := newHouse(t)
	_, _ = h.invited()
	plan, digest := h.plan(object{"user_id": h.user("100%_zeker"), "channel": "mail"})
	h.post(plan+"/send", digest).ok(http.StatusAccepted)
	hour := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	for query, want := range map[string][]string{
		"channel=alert":                  {"Zoë"},
		"channel=mail":                   {"100%_zeker"},
		"channel=mdm":                    {},
		"q=ZOE":                          {"Zoë"},
		"q=%25_":                         {"100%_zeker"},
		"q=ipad+van":                     {"Zoë"},
		"waiting_for=answer":             {},
		"marked=true":                    {},
		"marked=false&channel=alert":     {"Zoë"},
		"created_after=" + hour:          {},
		"created_before=" + hour:         {"100%_zeker", "Zoë"},
		"created_before=" + hour + "&q=": nil,
	} {
		if want == nil {
			h.get("/v1/tasks/active?"+query).refused(422, "invalid_request", "q")
			continue
		}
		for _, list := range []string{"/v1/tasks/active?", "/v1/invitations?"} {
			names := []string{}
			for _, one := range items(h.get(list + query).ok(200)) {
				names = append(names, text(inner(one, "user"), "full_name"))
			}
			require.Equal(t, want, names, list+query)
		}
		require.Equal(t, len(want), count(h.post("/v1/invitations/bulk", object{
			"filter": asObject(t, query), "action": "extend", "dry_run": true,
		}).ok(200), "count"), query)
	}
	for _, bad := range []string{"channel=pigeon", "waiting_for=godot", "marked=perhaps", "created_after=yesterday"} {
		h.get("/v1/tasks/active?"+bad).refused(422, "invalid_request")
	}
	for _, day := range []string{"2026-02-30T12:00:00Z", "2026-02-29T12:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T12:00:00"} {
		h.get("/v1/tasks/active?created_after="+day).refused(422, "invalid_request", "created_after")
		h.post("/v1/invitations/bulk", object{"filter": object{"created_before": day}, "action": "extend", "dry_run": true}).
			refused(422, "invalid_request", "/filter/created_before")
	}
	require.Empty(t, items(h.get("/v1/tasks/completed?channel=mail&q=zoe&marked=true").ok(200)))
}

// asObject is a query as a filter's JSON.
func asObject(t *testing.T, query string) object {
	t.Helper()
	values, err := url.ParseQuery(query)
	require.NoError(t, err)
	filter := object{}
	for name := range values {
		filter[name] = values.Get(name)
		if name == "marked" {
			filter[name] = values.Get(name) == "true"
		}
	}
	return filter
}

// TestSearchesForNothingAreRefused: what folds to nothing would be found in
// everything, and a bulk action would act on it.
func TestSearchesForNothingAreRefused(t *testing.T) {
	h := newHouse(t)
	_, _ = h.invited()
	for _, q := range []string{" ", "\t", "\u00a0", "\u0301", "\u00b4", "\x00", "zo\x00", "\u0085", "zo\xff"} {
		query := "q=" + url.QueryEscape(q)
		for _, list := range []string{"/v1/tasks/active?", "/v1/tasks/completed?", "/v1/invitations?", "/v1/users?"} {
			h.get(list+query).refused(422, "invalid_request", "q")
		}
		if !utf8.ValidString(q) {
			continue // no JSON: refused before
		}
		for _, dry := range []bool{true, false} {
			h.post("/v1/invitations/bulk", object{"filter": object{"q": q}, "action": "cancel", "dry_run": dry}).refused(422, "invalid_request", "/filter/q")
		}
	}
	require.Len(t, items(h.get("/v1/users?q=").ok(200)), 1, "no search is none")
	require.Len(t, items(h.get("/v1/tasks/active?q=zoe\u0301").ok(200)), 1, "an accent beside a letter is none")
}
