package appsbookssim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsbookssim "heraut/simulator/appsbooks"
)

func TestAssignmentsKeepTheCounts(t *testing.T) {
	p := newPeer(t, appsbookssim.Options{Limits: fast, PageSize: 1})
	p.AddAsset(org, appsbookssim.Asset{AdamID: "1", Total: 2})
	p.AddAsset(org, appsbookssim.Asset{AdamID: "2", Total: 2, Book: true})
	p.settle(t, "/users/create", `{"users":[{"clientUserId":"a"},{"clientUserId":"b"}]}`)
	count := func(adamID string) (available int) {
		a := at[map[string]any](t, p.ask(t, "GET", "/assets?adamId="+adamID, "").body, "assets", 0)
		require.InDelta(t, a["totalCount"], at[float64](t, a, "assignedCount")+at[float64](t, a, "availableCount"), 0)
		return int(at[float64](t, a, "availableCount"))
	}
	status := p.settle(t, "/assets/associate", `{"assets":[{"adamId":"1"},{"adamId":"2"}],"clientUserIds":["a","b"]}`)
	require.Equal(t, "COMPLETE", status.body["eventStatus"])
	require.InDelta(t, 4, status.body["numCompleted"], 0)
	require.Equal(t, []int{0, 0}, []int{count("1"), count("2")})
	p.settle(t, "/assets/associate", `{"assets":[{"adamId":"1"}],"clientUserIds":["a"]}`)
	require.Len(t, p.Assignments(org), 4, "who has it keeps it, once")
	status = p.settle(t, "/assets/associate", `{"assets":[{"adamId":"1"}],"serialNumbers":["S1"]}`)
	require.Equal(t, map[string]any{"serialNumbers": []any{"S1"}, "assets": []any{map[string]any{"adamId": "1", "pricingParam": "STDQ"}}},
		at[map[string]any](t, status.body, "failures", 0, "errorInfo"))

	first := p.ask(t, "GET", "/assignments?clientUserId=a", "").body
	require.InDelta(t, 2, first["totalPages"], 0)
	require.InDelta(t, 1, first["nextPageIndex"], 0)
	last := p.ask(t, "GET", "/assignments?clientUserId=a&pageIndex=1", "").body
	require.NotContains(t, last, "nextPageIndex")

	p.settle(t, "/users/retire", `{"users":[{"clientUserId":"a"}]}`)
	require.Equal(t, []int{1, 0}, []int{count("1"), count("2")}, "the book is gone for good")
	p.settle(t, "/assets/revoke", `{"clientUserIds":["b"]}`)
	require.Equal(t, []int{2, 0}, []int{count("1"), count("2")})
	p.AddAsset(org, appsbookssim.Asset{AdamID: "2", Total: 3})
	require.Equal(t, 3, count("2"))
}

func TestEventsTakeTheirTime(t *testing.T) {
	p := newPeer(t, appsbookssim.Options{EventDelay: time.Hour})
	a := p.ask(t, "POST", "/users/create", `{"users":[{"clientUserId":"a"}]}`)
	status := p.ask(t, "GET", "/status?eventId="+at[string](t, a.body, "eventId"), "")
	require.Equal(t, "PENDING", status.body["eventStatus"])
	require.Equal(t, "CREATE", status.body["eventType"])
	require.Empty(t, p.Users(org))
}
