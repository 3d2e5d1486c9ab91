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

func TestLimiterForgets(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	l := newLimiter(Rate{PerSecond: 1, Burst: 1}, defaultKeyRate)
	l.now = func() time.Time { return now }
	require.Zero(t, l.take("a"))
	require.Equal(t, time.Second, l.take("a"))
	require.Equal(t, time.Second, l.take("a"), "what was refused does not count")
	now = now.Add(time.Second)
	require.Zero(t, l.take("a"))
	now = now.Add(2 * idle)
	require.Zero(t, l.take("b"))
	require.Len(t, l.names, 1)
}

func TestStrangersAreCountedByNetwork(t *testing.T) {
	for address, network := range map[string]string{
		"203.0.113.9": "203.0.113.9", "::ffff:203.0.113.9": "::ffff:203.0.113.9", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"fe80::1%eth0": "fe80::/64", "": "", "x": "x",
	} {
		require.Equal(t, network, networkOf(address))
	}
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
