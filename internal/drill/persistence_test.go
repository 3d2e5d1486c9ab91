// Package drill_test fails what no process can be told to fail from outside:
// the engine's own persistence, under the real workflows, activities and store.
package drill_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/server/common/config"

	"heraut/activities"
	"heraut/engine"
	"heraut/internal/testkit/enginetest"
	"heraut/invitation"
	"heraut/people"
	"heraut/store"
	"heraut/worker"
	"heraut/workflows"
)

// patience bounds each wait.
const patience = 5 * time.Minute

var tester = people.System("drill")

// faults makes every write and read of workflows' state fail at a rate, in
// each of the ways that the server knows: refused, timed out, and timed out
// after it was done.
func faults(rate float64) *config.FaultInjection {
	f := config.FaultInjection{Targets: config.FaultInjectionTargets{DataStores: map[config.DataStoreName]config.FaultInjectionDataStoreConfig{}}}
	writes := map[string]float64{"ResourceExhausted": rate / 3, "Timeout": rate / 3, "ExecuteAndTimeout": rate / 3}
	reads := map[string]float64{"ResourceExhausted": rate / 2, "Timeout": rate / 2}
	for name, methods := range map[config.DataStoreName]map[string]map[string]float64{
		config.ExecutionStoreName: {
			"CreateWorkflowExecution": writes, "UpdateWorkflowExecution": writes, "AppendHistoryNodes": writes,
			"GetWorkflowExecution": reads, "GetCurrentExecution": reads, "ReadHistoryBranch": reads,
		},
		config.TaskStoreName: {"CreateTasks": writes, "GetTasks": reads},
	} {
		targets := config.FaultInjectionDataStoreConfig{Methods: map[string]config.FaultInjectionMethodConfig{}}
		for method, odds := range methods {
			targets.Methods[method] = config.FaultInjectionMethodConfig{Errors: odds, Seed: 1}
		}
		f.Targets.DataStores[name] = targets
	}
	return &f
}

func TestDrillPersistenceFaults(t *testing.T) {
	rates := []float64{0.05}
	if os.Getenv("HERAUT_TEST_DRILL") == "1" {
		rates = []float64{0.01, 0.05, 0.1}
	}
	for _, rate := range rates {
		t.Run(fmt.Sprintf("%g", rate), func(t *testing.T) { inviteHundred(t, rate) })
	}
}

func inviteHundred(t *testing.T, rate float64) {
	t.Helper()
	const size = 100
	h := newHouse(t, rate)
	users, group := h.people(size)
	plan, err := h.store.CreatePlan(t.Context(), tester, invitation.Request{GroupID: group, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto})
	require.NoError(t, err)
	send, _, err := h.store.SendPlan(t.Context(), tester, plan.ID, plan.Digest, invitation.Schedule{ExpiresAfter: 30 * 24 * time.Hour})
	require.NoError(t, err)
	h.told(h.users.StartGroup(t.Context(), send.ID))

	h.eventually("all leave", func() bool { return h.counts(send.ID)[invitation.Sent] == size })
	for _, id := range users {
		h.accept(id)
	}
	h.eventually("all are recorded, and the send is settled", func() bool {
		now, err := h.store.Send(t.Context(), send.ID)
		require.NoError(t, err)
		return now.State == invitation.SendSettled && h.enrolled() == size
	})
	require.Equal(t, map[invitation.State]int{invitation.Accepted: size}, h.counts(send.ID))
	require.Len(t, h.copies(), size, "one mail for each user")
	for key, n := range h.copies() {
		require.Equal(t, 1, n, "copies of %s", key)
	}
	h.eventually("every workflow has ended (I5)", func() bool {
		running := 0
		err := h.users.RunningUsers(t.Context(), func(ids []string) { running += len(ids) })
		last, lastErr := h.users.LastRun(t.Context(), invitation.GroupWorkflowID(send.ID))
		return err == nil && lastErr == nil && running == 0 && last == "completed"
	})
}

// house is the store, the engine that fails, and the work between them.
type house struct {
	t      *testing.T
	store  *store.Store
	users  *workflows.Client
	deeds  *activities.Activities
	client client.Client

	mu   sync.Mutex
	left map[string]int
}

func newHouse(t *testing.T, rate float64) *house {
	t.Helper()
	e := enginetest.New(t, engine.Options{FaultInjection: faults(rate), SearchAttributes: worker.SearchAttributes(), Logger: slog.New(slog.DiscardHandler)})
	h := &house{t: t, left: map[string]int{}, client: e.Client(t, client.Options{Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})}
	var err error
	h.store, err = store.Open(t.Context(), store.Options{
		Path: filepath.Join(t.TempDir(), "heraut.db"), LinkHash: func(id string) []byte { sum := sha256.Sum256([]byte(id)); return sum[:] },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, h.store.Close()) })
	require.NoError(t, h.store.Migrate(t.Context()))
	h.eventually("the engine takes the worker", func() bool {
		return worker.Prepare(t.Context(), h.client, client.DefaultNamespace, worker.Intervals{}) == nil
	})
	h.users = &workflows.Client{Temporal: h.client, Namespace: client.DefaultNamespace}
	h.deeds = &activities.Activities{
		Ledger: h.store, Mailer: h, Pusher: h, Users: h.users, Engine: h.users,
		Limits: activities.DefaultLimits(), Log: slog.New(slog.DiscardHandler), Owner: "drill",
	}
	w := worker.New(h.client, h.deeds, worker.Options{StopTimeout: time.Second})
	require.NoError(t, w.Start())
	t.Cleanup(w.Stop)
	return h
}

// Mail implements activities.Mailer: everything is taken, and counted.
func (h *house) Mail(ctx context.Context, m invitation.Message, before func(context.Context) error) invitation.Outcome {
	if err := before(ctx); err != nil {
		return invitation.Outcome{Class: invitation.Later, Answer: err.Error()}
	}
	return h.Push(ctx, m)
}

// Push implements activities.Pusher.
func (h *house) Push(_ context.Context, m invitation.Message) invitation.Outcome {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.left[m.SendKey]++
	return invitation.Outcome{Class: invitation.Taken, Code: 250, Answer: "250 taken"}
}

func (h *house) copies() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.left
}
