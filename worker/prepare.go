package worker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
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
func Prepare(ctx context.Context, c client.Client, namespace string, every Intervals) error {
	if err := AddAttributes(ctx, c, namespace); err != nil {
		return err
	}
	for _, s := range schedules(every) {
		if err := s.keep(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// AddAttributes registers the search attributes that are missing, and returns
// when the engine takes starts that carry them. It is safe to run on every
// start, and from several processes at once.
func AddAttributes(ctx context.Context, c client.Client, namespace string) error {
	missing, err := missingAttributes(ctx, c, namespace)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		_, err := c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: namespace, SearchAttributes: missing})
		if err != nil && !addedMeanwhile(ctx, c, namespace) {
			return fmt.Errorf("adding search attributes: %w", err)
		}
	}
	return awaitAttributes(ctx, c, namespace)
}

func missingAttributes(ctx context.Context, c client.Client, namespace string) (map[string]enums.IndexedValueType, error) {
	known, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return nil, fmt.Errorf("listing search attributes: %w", err)
	}
	missing := SearchAttributes()
	for name := range known.CustomAttributes {
		delete(missing, name)
	}
	return missing, nil
}

// addedMeanwhile tells whether another process was quicker: of two that add
// the same attributes at once the engine refuses one.
func addedMeanwhile(ctx context.Context, c client.Client, namespace string) bool {
	missing, err := missingAttributes(ctx, c, namespace)
	return err == nil && len(missing) == 0
}

// The engine's caches learn of new attributes within some ten seconds; until
// then it refuses starts that carry them.
const (
	attributesWithin = time.Minute
	attributesEvery  = 200 * time.Millisecond
)

// awaitAttributes returns when the engine takes the search attributes.
func awaitAttributes(ctx context.Context, c client.Client, namespace string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, attributesWithin, errors.New("the engine does not take them"))
	defer cancel()
	names := slices.Sorted(maps.Keys(SearchAttributes()))
	query := strings.Join(names, " = '' AND ") + " = ''"
	for {
		_, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: query})
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for search attributes: %w", errors.Join(context.Cause(ctx), err))
		case <-time.After(attributesEvery):
		}
	}
}
