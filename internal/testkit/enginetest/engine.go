// Package enginetest gives tests the workflow engine in this process, and
// counts what workflows cost on it.
package enginetest

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"heraut/engine"
	"heraut/internal/testkit"
)

// patience bounds starts and stops on a busy machine.
const patience = 90 * time.Second

// Engine is a running engine whose billable actions are counted.
type Engine struct {
	*engine.Engine
	Actions *Actions
}

// Shared is the one engine of the test binary, in an empty folder, started at
// the first call. Tests on it share the namespace "default": they take workflow
// ids and task queues of their own. It ends with the process.
func Shared(tb testing.TB) *Engine {
	tb.Helper()
	e, err := shared()
	if err != nil {
		tb.Fatalf("starting the engine: %v", err)
	}
	return e
}

var shared = sync.OnceValues(func() (*Engine, error) {
	dir, err := testkit.TempDir("heraut-engine-")
	if err != nil {
		return nil, err
	}
	return start(engine.Options{Dir: dir})
})

// New starts an engine for one test and stops it when the test ends. Where the
// options leave them out, the folder is the test's own and the port a free one.
func New(tb testing.TB, o engine.Options) *Engine {
	tb.Helper()
	if o.Dir == "" {
		o.Dir = tb.TempDir()
	}
	e, err := start(o)
	if err != nil {
		tb.Fatalf("starting the engine: %v", err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := e.Stop(ctx); err != nil {
			tb.Errorf("stopping the engine: %v", err)
		}
	})
	return e
}

func start(o engine.Options) (*Engine, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	e := &Engine{Actions: NewActions()}
	o.Metrics = e.Actions
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	var err error
	e.Engine, err = engine.Start(ctx, o)
	return e, err
}

// Client connects to the engine until the test ends. The address is filled in;
// errors alone are logged.
func (e *Engine) Client(tb testing.TB, o client.Options) client.Client {
	tb.Helper()
	o.HostPort = e.Address()
	if o.Logger == nil {
		handler := slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})
		o.Logger = log.NewStructuredLogger(slog.New(handler))
	}
	c, err := client.DialContext(tb.Context(), o)
	if err != nil {
		tb.Fatalf("connecting to the engine: %v", err)
	}
	tb.Cleanup(c.Close)
	return c
}
