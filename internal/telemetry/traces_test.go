package telemetry

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
)

// collected is a collector that keeps what comes.
type collected struct {
	mu   sync.Mutex
	path string
	all  []byte
}

func (c *collected) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // a body that breaks off has no spans
	c.mu.Lock()
	defer c.mu.Unlock()
	c.path, c.all = r.URL.Path, append(c.all, body...)
}

func TestTracesHoldNoWords(t *testing.T) {
	kept := &collected{}
	server := httptest.NewServer(kept)
	defer server.Close()
	traces, err := NewTraces(t.Context(), server.URL, "v1", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	ctx, done := traces.Request(t.Context())
	require.True(t, trace.SpanContextFromContext(ctx).IsValid(), "what follows belongs to it")
	done("GET", "/i/{token}", 500)
	_, span := traces.tracer.Start(ctx, "RunActivity:DeliverUser")
	quiet := wordless{span}
	quiet.RecordError(errors.New("no such user zoe@school.example"))
	quiet.SetStatus(codes.Error, "no such user zoe@school.example")
	quiet.End()
	require.NoError(t, traces.Close(t.Context()))

	require.Equal(t, "/v1/traces", kept.path)
	require.Contains(t, string(kept.all), "GET /i/{token}")
	require.Contains(t, string(kept.all), "RunActivity:DeliverUser")
	require.NotContains(t, string(kept.all), "zoe")
	_, err = traces.Temporal()
	require.NoError(t, err)
}

func TestCollectorThatIsAwayHoldsUpNothing(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	traces, err := NewTraces(t.Context(), server.URL, "v1", slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	_, done := traces.Request(t.Context())
	done("GET", "/livez", 200)
	ended, end := context.WithCancel(t.Context())
	end()
	require.Error(t, traces.Close(ended))
}
