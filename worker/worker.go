// Package worker puts workflows and activities on their queue and makes sure
// that the engine knows Heraut's search attributes and schedules. It holds no
// logic of its own.
package worker

import (
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"heraut/activities"
	"heraut/workflows"
)

// Options bound what one worker takes on at once; 0 means the default.
type Options struct {
	Workflows  int
	Activities int
	// StopTimeout is how long running activities get to end when the worker stops.
	StopTimeout time.Duration
}

const (
	defaultWorkflows  = 200
	defaultActivities = 200
	// stickyWait: with a backlog longer than the default of 5 s, tasks leave
	// the sticky queue and are replayed, and throughput collapses.
	stickyWait = time.Minute
	// cachedWorkflows stay in memory between their tasks; the others are
	// replayed from their few events when something happens, after days.
	cachedWorkflows = 500
)

// New makes a worker with everything registered; the caller starts it.
func New(c client.Client, a *activities.Activities, o Options) worker.Worker {
	if o.Workflows == 0 {
		o.Workflows = defaultWorkflows
	}
	if o.Activities == 0 {
		o.Activities = defaultActivities
	}
	worker.SetStickyWorkflowCacheSize(cachedWorkflows) // without effect under serve, where the engine has made the cache
	w := worker.New(c, workflows.TaskQueue, worker.Options{
		MaxConcurrentWorkflowTaskExecutionSize:  o.Workflows,
		MaxConcurrentActivityExecutionSize:      o.Activities,
		MaxConcurrentLocalActivityExecutionSize: o.Workflows,
		MaxConcurrentWorkflowTaskPollers:        8,
		MaxConcurrentActivityTaskPollers:        4,
		StickyScheduleToStartTimeout:            stickyWait,
		WorkerStopTimeout:                       o.StopTimeout,
		DisableRegistrationAliasing:             true,
	})
	Register(w, a)
	return w
}

// Register puts all workflows and activities on a worker.
func Register(w worker.Registry, a *activities.Activities) {
	RegisterWorkflows(w)
	w.RegisterActivity(a)
}

// RegisterWorkflows puts all workflows on a worker or a replayer.
func RegisterWorkflows(w worker.WorkflowRegistry) {
	w.RegisterWorkflow(workflows.InviteUser)
	w.RegisterWorkflow(workflows.InviteGroup)
	w.RegisterWorkflow(workflows.Bulk)
	w.RegisterWorkflow(workflows.Reconcile)
	w.RegisterWorkflow(workflows.WatchAcceptances)
	w.RegisterWorkflow(workflows.DistributeContent)
	w.RegisterWorkflow(workflows.SyncDirectories)
	w.RegisterWorkflow(workflows.SyncDirectory)
}
