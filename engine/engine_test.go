package engine_test

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"heraut/engine"
)

const taskQueue = "engine-test"

var userKey = temporal.NewSearchAttributeKeyKeyword("HerautUser")

func start(t *testing.T, o engine.Options) *engine.Engine {
	t.Helper()
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	began := time.Now()
	e, err := engine.Start(t.Context(), o)
	require.NoError(t, err)
	t.Logf("started in %s", time.Since(began))
	t.Cleanup(func() { stop(t, e) })
	return e
}

func stop(t *testing.T, e *engine.Engine) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 30*time.Second)
	defer cancel()
	began := time.Now()
	require.NoError(t, e.Stop(ctx))
	t.Logf("stopped in %s", time.Since(began))
}

func dial(t *testing.T, e *engine.Engine) client.Client {
	t.Helper()
	c, err := client.Dial(client.Options{
		HostPort: e.Address(),
		Logger:   slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// work runs a worker for waitThenGreet until the test ends or stop is called.
func work(t *testing.T, c client.Client) (stop func()) {
	t.Helper()
	w := worker.New(c, taskQueue, worker.Options{WorkerStopTimeout: time.Second})
	w.RegisterWorkflow(waitThenGreet)
	require.NoError(t, w.Start())
	return w.Stop
}

// waitThenGreet sleeps, waits for a signal, and answers.
func waitThenGreet(ctx workflow.Context, nap time.Duration) (string, error) {
	if err := workflow.Sleep(ctx, nap); err != nil {
		return "", err
	}
	var name string
	workflow.GetSignalChannel(ctx, "name").Receive(ctx, &name)
	return "hello " + name, nil
}

func TestAWorkflowOutlivesTheEngine(t *testing.T) {
	dir := t.TempDir()
	options := engine.Options{
		Dir:              dir,
		SearchAttributes: map[string]enumspb.IndexedValueType{userKey.GetName(): enumspb.INDEXED_VALUE_TYPE_KEYWORD},
	}
	first := start(t, options)
	c := dial(t, first)
	stopWorker := work(t, c)
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID:                    "greet",
		TaskQueue:             taskQueue,
		TypedSearchAttributes: temporal.NewSearchAttributes(userKey.ValueSet("Anna")),
	}, waitThenGreet, 2*time.Second)
	require.NoError(t, err)
	stopWorker()
	stop(t, first)

	second := start(t, options)
	again := dial(t, second)
	t.Cleanup(work(t, again))
	require.NoError(t, again.SignalWorkflow(t.Context(), "greet", "", "name", "Anna"))
	var greeting string
	require.NoError(t, again.GetWorkflow(t.Context(), "greet", run.GetRunID()).Get(t.Context(), &greeting))
	require.Equal(t, "hello Anna", greeting)

	require.EventuallyWithT(t, func(collect *assert.CollectT) {
		found, err := again.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{
			Query: "HerautUser = 'Anna' AND ExecutionStatus = 'Completed'",
		})
		require.NoError(collect, err)
		require.Len(collect, found.GetExecutions(), 1)
	}, 10*time.Second, 20*time.Millisecond)
}

func TestReadyTellsWhenTheEngineHasGone(t *testing.T) {
	e := start(t, engine.Options{Dir: t.TempDir()})
	require.NoError(t, e.Ready(t.Context()))
	require.Empty(t, e.UIAddress())

	stop(t, e)

	require.Error(t, e.Ready(t.Context()))
	select {
	case err := <-e.Failed():
		require.NoError(t, err, "a stop is no failure")
	default:
	}
}

func TestAnOrdinaryLifeLogsNothing(t *testing.T) {
	var text lockedBuffer
	e := start(t, engine.Options{Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(&text, nil))})
	c := dial(t, e)
	stopWorker := work(t, c)
	run, err := c.SignalWithStartWorkflow(t.Context(), "greet", "name", "Anna",
		client.StartWorkflowOptions{TaskQueue: taskQueue}, waitThenGreet, time.Millisecond)
	require.NoError(t, err)
	require.NoError(t, run.Get(t.Context(), nil))
	stopWorker()
	stop(t, e)

	require.Empty(t, text.String())
}

func TestStartGivesUpWhenItsContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := engine.Start(ctx, engine.Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	require.ErrorIs(t, err, context.Canceled)
}

// lockedBuffer is a buffer that many goroutines may write to.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
