package main

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/internal/config"
)

// A request that outlives its time is cut off, with what it waits for.
func TestStopCutsOffWhatGoesOn(t *testing.T) {
	p := newParts(config.Config{StopTimeout: 20 * time.Millisecond}, slog.New(slog.DiscardHandler))
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	begun, cut := make(chan struct{}), make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- p.serveHTTP(ctx, l, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(begun)
			<-r.Context().Done() // as a long query does
			close(cut)
		}))
	}()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String(), http.NoBody)
	require.NoError(t, err)
	asked := make(chan error, 1)
	go func() {
		answer, err := http.DefaultClient.Do(r)
		if err == nil {
			err = answer.Body.Close()
		}
		asked <- err
	}()
	<-begun
	stop()
	require.ErrorIs(t, <-served, context.DeadlineExceeded)
	<-cut
	require.Error(t, <-asked)
}
