package workflows

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"heraut/activities"
	"heraut/invitation"
)

// Client starts and signals Heraut's workflows.
type Client struct {
	// Temporal is the connection; where it belongs to a worker too, starts are eager.
	Temporal client.Client
	// Namespace is the connection's.
	Namespace string
	// Names puts users' and devices' names into search attributes, so that the
	// Temporal UI's list shows them.
	Names bool

	triggers triggers
}

// StartUser starts a user's workflow, or makes the running one look. Where the
// engine refuses what its lists would show of the user, it starts without.
func (c *Client) StartUser(ctx context.Context, s invitation.Start) error {
	options := c.userOptions(s)
	input := InviteUserInput{UserID: s.UserID, Rules: Rules, Deliver: s.Deliver, At: s.At}
	err := c.startUser(ctx, options, input)
	if _, refused := errors.AsType[*serviceerror.InvalidArgument](err); refused {
		return c.startUser(ctx, unnamed(options), input)
	}
	return err
}

func (c *Client) startUser(ctx context.Context, options client.StartWorkflowOptions, input InviteUserInput) error {
	_, err := c.Temporal.ExecuteWorkflow(ctx, options, InviteUser, input)
	if _, already := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); !already {
		return wrap(err, "starting %s", options.ID)
	}
	// It runs, or ran a moment ago: the signal reaches it or starts it anew.
	options.EnableEagerStart = false
	options.WorkflowIDConflictPolicy = enums.WORKFLOW_ID_CONFLICT_POLICY_UNSPECIFIED
	_, err = c.Temporal.SignalWithStartWorkflow(ctx, options.ID, LookSignalName, nil, options, InviteUser, input)
	return wrap(err, "signalling %s", options.ID)
}

func (c *Client) userOptions(s invitation.Start) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                                       invitation.UserWorkflowID(s.UserID),
		TaskQueue:                                TaskQueue,
		WorkflowIDReusePolicy:                    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowIDConflictPolicy:                 enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		EnableEagerStart:                         true,
		StaticSummary:                            summary(s),
		TypedSearchAttributes:                    c.attributes(s),
	}
}

// StartGroup starts a send's workflow; one that runs, or has completed, is no error.
func (c *Client) StartGroup(ctx context.Context, sendID string) error {
	return c.startGroup(ctx, sendID, once)
}

// RestartGroup starts the workflow of a send that the store calls running, after
// one that has completed too; one that runs is no error.
func (c *Client) RestartGroup(ctx context.Context, sendID string) error {
	return c.startGroup(ctx, sendID, anew)
}

func (c *Client) startGroup(ctx context.Context, sendID string, with func(id string) client.StartWorkflowOptions) error {
	options := with(invitation.GroupWorkflowID(sendID))
	options.TypedSearchAttributes = temporal.NewSearchAttributes(AttributeSend.ValueSet(sendID))
	return c.startOnce(ctx, options, InviteGroup, InviteGroupInput{SendID: sendID, Rules: Rules})
}

// StartBulk starts a bulk action's workflow; one that runs, or has completed, is no error.
func (c *Client) StartBulk(ctx context.Context, bulkID string) error {
	return c.startOnce(ctx, once(bulkWorkflowID(bulkID)), Bulk, activities.BulkInput{BulkID: bulkID})
}

// RestartBulk starts the workflow of a bulk action that the store calls open,
// after one that has completed too; one that runs is no error.
func (c *Client) RestartBulk(ctx context.Context, bulkID string) error {
	return c.startOnce(ctx, anew(bulkWorkflowID(bulkID)), Bulk, activities.BulkInput{BulkID: bulkID})
}

func bulkWorkflowID(bulkID string) string { return "bulk-" + bulkID }

// once are the options of a workflow that a unique row of the store stands
// for. A failed run may be started again: each step is safe to take twice.
func once(id string) client.StartWorkflowOptions {
	return client.StartWorkflowOptions{
		ID:                                       id,
		TaskQueue:                                TaskQueue,
		WorkflowIDReusePolicy:                    enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		WorkflowIDConflictPolicy:                 enums.WORKFLOW_ID_CONFLICT_POLICY_FAIL,
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		EnableEagerStart:                         true,
	}
}

// anew is once for a row that is open although its run may have completed: the
// database was restored, or another took over that had not heard of the end.
func anew(id string) client.StartWorkflowOptions {
	options := once(id)
	options.WorkflowIDReusePolicy = enums.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE
	return options
}

func (c *Client) startOnce(ctx context.Context, options client.StartWorkflowOptions, run, input any) error {
	_, err := c.Temporal.ExecuteWorkflow(ctx, options, run, input)
	if _, already := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); already {
		return nil
	}
	return wrap(err, "starting %s", options.ID)
}

// WakeUser makes a user's running workflow look; one that does not run is no error.
func (c *Client) WakeUser(ctx context.Context, userID string) error {
	return c.look(ctx, invitation.UserWorkflowID(userID))
}

// WakeGroup makes a send's running workflow look; one that does not run is no error.
func (c *Client) WakeGroup(ctx context.Context, sendID string) error {
	return c.look(ctx, invitation.GroupWorkflowID(sendID))
}

func (c *Client) look(ctx context.Context, id string) error {
	err := c.Temporal.SignalWorkflow(ctx, id, "", LookSignalName, nil)
	if _, missing := errors.AsType[*serviceerror.NotFound](err); missing {
		return nil
	}
	return wrap(err, "signalling %s", id)
}

// Healthy tells whether the engine answers.
func (c *Client) Healthy(ctx context.Context) error {
	_, err := c.Temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
	return wrap(err, "asking the engine for its health")
}

// listPage is how many workflows are listed at once.
const listPage = 1000

// RunningUsers calls found with the user ids of running InviteUser workflows.
func (c *Client) RunningUsers(ctx context.Context, found func(userIDs []string)) error {
	return c.running(ctx, "InviteUser", invitation.UserWorkflowID(""), found)
}

// RunningSends calls found with the send ids of running InviteGroup workflows.
func (c *Client) RunningSends(ctx context.Context, found func(sendIDs []string)) error {
	return c.running(ctx, "InviteGroup", invitation.GroupWorkflowID(""), found)
}

// running calls found with what follows the prefix in the ids of running
// workflows of a type.
func (c *Client) running(ctx context.Context, kind, prefix string, found func([]string)) error {
	return c.list(ctx, "WorkflowType = '"+kind+"' AND ExecutionStatus = 'Running'", func(runs []*workflow.WorkflowExecutionInfo) {
		ids := make([]string, len(runs))
		for i, run := range runs {
			ids[i] = strings.TrimPrefix(run.Execution.WorkflowId, prefix)
		}
		found(ids)
	})
}

// EndedUsers calls found with the users whose InviteUser workflow a person
// terminated or cancelled, and when, one by one.
func (c *Client) EndedUsers(ctx context.Context, found func(userID string, at time.Time)) error {
	query := "WorkflowType = 'InviteUser' AND ExecutionStatus IN ('Terminated', 'Canceled')"
	return c.list(ctx, query, func(runs []*workflow.WorkflowExecutionInfo) {
		for _, run := range runs {
			found(strings.TrimPrefix(run.Execution.WorkflowId, invitation.UserWorkflowID("")), run.CloseTime.AsTime())
		}
	})
}

// list reads workflows page by page.
func (c *Client) list(ctx context.Context, query string, found func([]*workflow.WorkflowExecutionInfo)) error {
	request := &workflowservice.ListWorkflowExecutionsRequest{Namespace: c.Namespace, PageSize: listPage, Query: query}
	for {
		page, err := c.Temporal.ListWorkflow(ctx, request)
		if err != nil {
			return fmt.Errorf("listing workflows: %w", err)
		}
		found(page.Executions)
		if request.NextPageToken = page.NextPageToken; len(request.NextPageToken) == 0 {
			return nil
		}
	}
}

// LastRun tells how the latest run of a workflow stands, as activities.Engine says.
func (c *Client) LastRun(ctx context.Context, workflowID string) (string, error) {
	d, err := c.Temporal.DescribeWorkflowExecution(ctx, workflowID, "")
	if _, missing := errors.AsType[*serviceerror.NotFound](err); missing {
		return "none", nil
	}
	if err != nil {
		return "", fmt.Errorf("describing %s: %w", workflowID, err)
	}
	switch d.WorkflowExecutionInfo.Status {
	case enums.WORKFLOW_EXECUTION_STATUS_RUNNING, enums.WORKFLOW_EXECUTION_STATUS_PAUSED:
		return "running", nil
	case enums.WORKFLOW_EXECUTION_STATUS_TERMINATED:
		return "terminated", nil
	case enums.WORKFLOW_EXECUTION_STATUS_CANCELED:
		return "cancelled", nil
	case enums.WORKFLOW_EXECUTION_STATUS_TIMED_OUT:
		return "timed_out", nil
	case enums.WORKFLOW_EXECUTION_STATUS_FAILED:
		return "failed", nil
	}
	return "completed", nil
}

func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}
