package enginetest

import (
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/server/common/metrics"
)

// What the server calls its count of billable actions, and the tags on it.
const (
	actionMetric  = "action"
	actionTypeTag = "action_type"
	namespaceTag  = "namespace"
)

// notBilled starts the kinds that the server counts beside the action that is
// billed: each marker, where one action stands for all markers of a task.
const notBilled = "command_RecordMarker_"

// systemNamespace is where the server's own workflows run.
const systemNamespace = "temporal-system"

// Actions is a metrics handler that counts the server's billable actions and
// drops every other metric.
type Actions struct {
	metrics.Handler // drops
	tags            map[string]string
	counts          *actionCounts
}

type actionCounts struct {
	mu     sync.Mutex
	byKind map[string]int
}

// NewActions makes a handler for engine.Options.
func NewActions() *Actions {
	return &Actions{
		Handler: metrics.NoopMetricsHandler,
		counts:  &actionCounts{byKind: map[string]int{}},
	}
}

// WithTags implements metrics.Handler.
func (a *Actions) WithTags(tags ...metrics.Tag) metrics.Handler {
	return &Actions{Handler: a.Handler, counts: a.counts, tags: merge(a.tags, tags)}
}

// Counter implements metrics.Handler.
func (a *Actions) Counter(name string) metrics.CounterIface {
	if name != actionMetric {
		return a.Handler.Counter(name)
	}
	return metrics.CounterFunc(func(n int64, tags ...metrics.Tag) {
		all := merge(a.tags, tags)
		kind := all[actionTypeTag]
		if all[namespaceTag] == systemNamespace || strings.HasPrefix(kind, notBilled) {
			return
		}
		a.counts.mu.Lock()
		defer a.counts.mu.Unlock()
		a.counts.byKind[kind] += int(n)
	})
}

// ByKind tells how many actions of each kind there were so far, in all
// namespaces but the server's own.
func (a *Actions) ByKind() map[string]int {
	a.counts.mu.Lock()
	defer a.counts.mu.Unlock()
	return maps.Clone(a.counts.byKind)
}

// The server counts an action after it has told the client of it: counts are
// read until they stay the same so many times, so long apart.
const (
	sameReads  = 5
	readsApart = 20 * time.Millisecond
)

// settled is ByKind once everything that was done is counted.
func (a *Actions) settled() map[string]int {
	tick := time.NewTicker(readsApart)
	defer tick.Stop()
	last := a.ByKind()
	for same := 0; same < sameReads; same++ {
		<-tick.C
		now := a.ByKind()
		if !maps.Equal(now, last) {
			same = 0
		}
		last = now
	}
	return last
}

func merge(tags map[string]string, more []metrics.Tag) map[string]string {
	merged := make(map[string]string, len(tags)+len(more))
	maps.Copy(merged, tags)
	for _, tag := range more {
		merged[tag.Key] = tag.Value
	}
	return merged
}

// Budget is what one workflow cost.
type Budget struct {
	// Events is the length of its history.
	Events int64
	// Actions is the number of billable actions while it ran.
	Actions int64
	// Transitions is the number of times that its state was written.
	Transitions int64
	// Kinds are the actions by kind, to say what costs.
	Kinds map[string]int
}

// Measure runs a story and tells what the workflow of that id (its last run)
// cost. Actions do not say which workflow they were for: nothing else may
// happen on the engine meanwhile. The story ends when the workflow has, or
// when it has come as far as the test wants.
func (e *Engine) Measure(tb testing.TB, c client.Client, workflowID string, story func()) Budget {
	tb.Helper()
	before := e.Actions.settled()
	story()
	b := Budget{Kinds: map[string]int{}}
	for kind, count := range e.Actions.settled() {
		if n := count - before[kind]; n > 0 {
			b.Kinds[kind] = n
			b.Actions += int64(n)
		}
	}
	answer, err := c.DescribeWorkflowExecution(tb.Context(), workflowID, "")
	if err != nil {
		tb.Fatalf("describing workflow %s: %v", workflowID, err)
	}
	info := answer.GetWorkflowExecutionInfo()
	b.Events, b.Transitions = info.GetHistoryLength(), info.GetStateTransitionCount()
	return b
}
