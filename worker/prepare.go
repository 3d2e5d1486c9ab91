package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"heraut/workflows"
)

// SearchAttributes are the attributes that the engine must know.
func SearchAttributes() map[string]enums.IndexedValueType {
	attributes := map[string]enums.IndexedValueType{}
	for _, key := range []temporal.SearchAttributeKey{
		workflows.AttributeUser, workflows.AttributeDevices, workflows.AttributeSend, workflows.AttributeGroup,
	} {
		attributes[key.GetName()] = key.GetValueType()
	}
	return attributes
}

// Prepare registers the search attributes that are missing and keeps the
// schedules as this binary wants them. It is safe to run on every start, and
// from several workers at once.
func Prepare(ctx context.Context, c client.Client, namespace string) error {
	if err := addAttributes(ctx, c, namespace); err != nil {
		return err
	}
	return keepReconcile(ctx, c)
}

func addAttributes(ctx context.Context, c client.Client, namespace string) error {
	known, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("listing search attributes: %w", err)
	}
	missing := SearchAttributes()
	for name := range known.CustomAttributes {
		delete(missing, name)
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: namespace, SearchAttributes: missing})
	if err != nil {
		return fmt.Errorf("adding search attributes: %w", err)
	}
	return nil
}

const (
	reconcileID = "reconcile"
	// reconcileEvery bounds how long a lost start or signal goes unnoticed.
	reconcileEvery = 5 * time.Minute
)

func keepReconcile(ctx context.Context, c client.Client) error {
	spec := client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: reconcileEvery}}}
	action := &client.ScheduleWorkflowAction{
		ID: reconcileID, Workflow: workflows.Reconcile, TaskQueue: workflows.TaskQueue,
		WorkflowExecutionTimeout: time.Hour,
	}
	_, err := c.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID: reconcileID, Spec: spec, Action: action,
		Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP, CatchupWindow: time.Minute,
	})
	if !errors.Is(err, temporal.ErrScheduleAlreadyRunning) {
		if err != nil {
			return fmt.Errorf("creating the reconcile schedule: %w", err)
		}
		return nil
	}
	err = c.ScheduleClient().GetHandle(ctx, reconcileID).Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			in.Description.Schedule.Spec, in.Description.Schedule.Action = &spec, action
			return &client.ScheduleUpdate{Schedule: &in.Description.Schedule}, nil
		},
	})
	if err != nil {
		return fmt.Errorf("updating the reconcile schedule: %w", err)
	}
	return nil
}
