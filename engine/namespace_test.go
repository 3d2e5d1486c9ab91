package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"

	"heraut/engine"
)

func retention(t *testing.T, e *engine.Engine) time.Duration {
	t.Helper()
	answer, err := dial(t, e).WorkflowService().DescribeNamespace(t.Context(),
		&workflowservice.DescribeNamespaceRequest{Namespace: engine.DefaultNamespace})
	require.NoError(t, err)
	return answer.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration()
}

func searchAttributes(t *testing.T, e *engine.Engine) map[string]enumspb.IndexedValueType {
	t.Helper()
	answer, err := dial(t, e).OperatorService().ListSearchAttributes(t.Context(),
		&operatorservice.ListSearchAttributesRequest{Namespace: engine.DefaultNamespace})
	require.NoError(t, err)
	return answer.GetCustomAttributes()
}

func TestEachStartBringsTheNamespaceUpToDate(t *testing.T) {
	const keyword, text = enumspb.INDEXED_VALUE_TYPE_KEYWORD, enumspb.INDEXED_VALUE_TYPE_TEXT
	o := engine.Options{
		Dir:              t.TempDir(),
		SearchAttributes: map[string]enumspb.IndexedValueType{"HerautUser": keyword},
	}
	first := start(t, o)
	require.Equal(t, 90*24*time.Hour, retention(t, first))
	require.Equal(t, o.SearchAttributes, searchAttributes(t, first))
	stop(t, first)

	o.Retention = 30 * 24 * time.Hour
	o.SearchAttributes = map[string]enumspb.IndexedValueType{"HerautUser": keyword, "HerautDevices": text}
	second := start(t, o)
	require.Equal(t, o.Retention, retention(t, second))
	require.Equal(t, o.SearchAttributes, searchAttributes(t, second))
	stop(t, second)

	o.SearchAttributes = map[string]enumspb.IndexedValueType{"HerautUser": text}
	_, err := engine.Start(t.Context(), o)
	require.ErrorContains(t, err, "adding search attribute HerautUser: it has the type Keyword already")
}
