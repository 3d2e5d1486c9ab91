package api

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
)

func TestEveryCodeHasAStatus(t *testing.T) {
	for _, code := range []fault.Code{
		fault.InvalidRequest, fault.Malformed, fault.UnsupportedMedia, fault.NotFound, fault.MethodNotAllowed, fault.Conflict,
		fault.PlanStale, fault.PlanExpired, fault.InvitationSettled, fault.SendSettled, fault.IdempotencyKeyReused,
		fault.RequestInProgress, fault.PreconditionFailed, fault.Unauthenticated, fault.Forbidden, fault.TooLarge,
		fault.RateLimited, fault.Unavailable, fault.Internal,
	} {
		require.Contains(t, statuses, code)
		require.True(t, Code(code).Valid(), "%s is not in openapi.yaml", code)
	}
}

func TestDetailsCanNotReplaceAProblemsMembers(t *testing.T) {
	f := fault.New(fault.Conflict, "No.")
	f.Details = map[string]any{"status": 200, "code": "ok", "plan": 1}
	got := problem(f, "id")
	require.Equal(t, 409, got["status"])
	require.Equal(t, fault.Conflict, got["code"])
	require.Equal(t, 1, got["plan"])
}

func TestRatesOfTheOptions(t *testing.T) {
	l := newLimiter(Rate{PerSecond: 1, Burst: 1}, defaultKeyRate)
	require.Zero(t, l.Take("a"))
	require.NotZero(t, l.Take("a"))
	l = newLimiter(Rate{}, Rate{PerSecond: 1, Burst: 2})
	require.Zero(t, l.Take("a"))
	require.Zero(t, l.Take("a"))
	require.NotZero(t, l.Take("a"))
}

func TestAuditDocuments(t *testing.T) {
	for doc, want := range map[string]map[string]any{`{"a":1}`: {"a": 1.0}, `[1]`: {"value": []any{1.0}}, `"x"`: {"value": "x"}} {
		got, err := document(doc)
		require.NoError(t, err)
		require.Equal(t, want, got.MustGet())
	}
	got, err := document("")
	require.NoError(t, err)
	require.True(t, got.IsNull())
	_, err = document("{")
	require.Error(t, err)
}

func TestSizesAsPeopleReadThem(t *testing.T) {
	require.Equal(t, "Send at most 64 KiB.", tooLarge(64<<10).Message)
	require.Equal(t, "Send at most 8 MiB.", tooLarge(8<<20).Message)
}

func TestOperationsComeFromTheContract(t *testing.T) {
	list, err := loadOperations(contract)
	require.NoError(t, err)
	byID := map[string]*operation{}
	for i := range list {
		byID[list[i].id] = &list[i]
	}
	require.Equal(t, int64(1<<20), byID["createUser"].maxBody)
	require.Equal(t, int64(8<<20), byID["replaceGroupMembers"].maxBody)
	require.Equal(t, int64(512<<20), byID["createImport"].maxBody)
	require.Equal(t, 30*time.Second, byID["createUser"].timeout)
	require.Equal(t, 2*time.Minute, byID["testMail"].timeout)
	require.True(t, byID["createImport"].streams())
	require.True(t, byID["livez"].public())

	_, err = loadOperations([]byte("openapi: 3.0.3\npaths: {/x: {get: {operationId: x, tags: [x], x-role: boss, responses: {}}}}"))
	require.ErrorContains(t, err, `x-role "boss" is unknown`)
	_, err = loadOperations([]byte("paths: ["))
	require.Error(t, err)
}
