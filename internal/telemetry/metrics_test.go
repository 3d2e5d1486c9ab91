package telemetry_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/internal/telemetry"
	"heraut/invitation"
)

func newMetrics() *telemetry.Metrics {
	return telemetry.NewMetrics("1.2.3", slog.New(slog.DiscardHandler))
}

// gather asks as Prometheus does.
func gather(t *testing.T, m *telemetry.Metrics) string {
	t.Helper()
	server := httptest.NewServer(m.Handler())
	defer server.Close()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, http.NoBody)
	require.NoError(t, err)
	response, err := server.Client().Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}

func TestRequests(t *testing.T) {
	m := newMetrics()
	m.Request(http.MethodPost, "/v1/plans", http.StatusCreated, 3*time.Millisecond)
	m.Request("INVENTED-1", "/v1/plans", http.StatusMethodNotAllowed, time.Millisecond)
	m.Request("INVENTED-2", "/v1/plans", http.StatusMethodNotAllowed, time.Millisecond)
	got := gather(t, m)
	assert.Contains(t, got, `heraut_http_request_duration_seconds_count{method="POST",route="/v1/plans",status="201"} 1`)
	assert.Contains(t, got, `heraut_http_request_duration_seconds_count{method="other",route="/v1/plans",status="405"} 2`)
	assert.Contains(t, got, `heraut_build_info{version="1.2.3"} 1`)
	assert.Contains(t, got, "go_goroutines")
	assert.Contains(t, got, "process_resident_memory_bytes")
}

// provider answers every delivery alike.
type provider struct{ class invitation.Class }

func (p provider) Mail(context.Context, invitation.Message, func(context.Context) error) invitation.Outcome {
	return invitation.Outcome{Class: p.class}
}

func (p provider) Push(context.Context, invitation.Message) invitation.Outcome {
	return invitation.Outcome{Class: p.class}
}

func TestDeliveries(t *testing.T) {
	m := newMetrics()
	message := invitation.Message{Channel: invitation.ChannelMail, Address: "anna@example.org", FullName: "Anna"}
	outcome := m.CountMails(provider{invitation.Later}).Mail(t.Context(), message, nil)
	assert.Equal(t, invitation.Later, outcome.Class)
	message.Channel = invitation.ChannelAlert
	outcome = m.CountPushes(provider{invitation.Taken}).Push(t.Context(), message)
	assert.Equal(t, invitation.Taken, outcome.Class)
	got := gather(t, m)
	assert.Contains(t, got, `heraut_delivery_duration_seconds_count{channel="mail",outcome="later"} 1`)
	assert.Contains(t, got, `heraut_delivery_duration_seconds_count{channel="alert",outcome="taken"} 1`)
	assert.NotContains(t, strings.ToLower(got), "anna")
}

// census is a store with 7 queued invitations, 2 sends and mail down.
type census struct {
	asked atomic.Int32
	fault error
}

func (c *census) CountInvitations(_ context.Context, f invitation.Filter) (int, error) {
	c.asked.Add(1)
	if f.State == invitation.Queued {
		return 7, c.fault
	}
	return 0, c.fault
}

func (c *census) RunningSends(context.Context, string, int) ([]invitation.RunningSend, error) {
	return []invitation.RunningSend{{ID: "a"}, {ID: "b"}}, c.fault
}

func (c *census) RouteState(_ context.Context, route invitation.Route) (invitation.RouteState, error) {
	state := invitation.RouteState{Route: route}
	if route == invitation.RouteMail {
		state.DownSince = time.Now()
	}
	return state, c.fault
}

func TestStoreIsWatched(t *testing.T) {
	m, store := newMetrics(), &census{}
	m.WatchStore(store)
	got := gather(t, m)
	assert.Contains(t, got, `heraut_invitations_open{state="queued"} 7`)
	assert.Contains(t, got, `heraut_invitations_open{state="shown"} 0`)
	assert.Contains(t, got, "heraut_group_sends_open 2")
	assert.Contains(t, got, `heraut_route_up{route="mail"} 0`)
	assert.Contains(t, got, `heraut_route_up{route="push_alert"} 1`)
	asked := store.asked.Load()
	gather(t, m)
	assert.Equal(t, asked, store.asked.Load(), "a census holds for a while")
}

func TestStoreThatIsAwayHidesNoOtherFigure(t *testing.T) {
	m := newMetrics()
	m.WatchStore(&census{fault: errors.New("away")})
	got := gather(t, m)
	assert.NotContains(t, got, "heraut_invitations_open{")
	assert.Contains(t, got, "heraut_build_info")
}

func TestPoolsAreWatched(t *testing.T) {
	m := newMetrics()
	for _, name := range []string{"reads", "writes"} {
		m.WatchPool(name, func() sql.DBStats { return sql.DBStats{OpenConnections: 3, InUse: 2, WaitCount: 9} })
	}
	got := gather(t, m)
	assert.Contains(t, got, `heraut_database_connections_in_use{pool="reads"} 2`)
	assert.Contains(t, got, `heraut_database_waits_total{pool="writes"} 9`)
}

func TestFiguresOfTheEnginesClient(t *testing.T) {
	m := newMetrics()
	handler, stop, err := m.Temporal()
	require.NoError(t, err)
	tagged := handler.WithTags(map[string]string{"task_queue": "heraut"})
	tagged.Counter("temporal_request").Inc(2)
	tagged.Timer("temporal_request_latency").Record(20 * time.Millisecond)
	tagged.Gauge("temporal_worker_task_slots_used").Update(4)
	got := gather(t, m)
	assert.Contains(t, got, `temporal_request_total{task_queue="heraut"} 2`)
	assert.Contains(t, got, `temporal_request_latency_seconds_bucket{task_queue="heraut",le="0.025"} 1`)
	assert.Contains(t, got, `temporal_worker_task_slots_used{task_queue="heraut"} 4`)
	require.NoError(t, stop(t.Context()))
}
