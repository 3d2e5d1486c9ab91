package worker_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"heraut/activities"
	"heraut/internal/testkit/enginetest"
	"heraut/invitation"
	"heraut/people"
	"heraut/store"
	"heraut/worker"
	"heraut/workflows"
)

// patience bounds every wait for the engine on a busy machine.
const patience = 2 * time.Minute

var tester = people.Actor{Kind: people.ActorSystem, Name: "tests"}

// school is Heraut's working part with real storage and the real engine: only
// what leaves the house is played.
type school struct {
	t      *testing.T
	engine *enginetest.Engine
	client client.Client
	store  *store.Store
	users  *workflows.Client
	outbox *outbox
	deeds  *activities.Activities
}

// newSchool opens a school whose worker runs. Runs that the test leaves open
// are terminated, for the engine is shared.
func newSchool(t *testing.T) *school {
	t.Helper()
	s := newIdleSchool(t)
	s.open()
	return s
}

// open starts the worker.
func (s *school) open() {
	s.t.Helper()
	w := worker.New(s.client, s.deeds, worker.Options{StopTimeout: time.Second})
	require.NoError(s.t, w.Start())
	s.t.Cleanup(func() {
		s.terminateAll()
		w.Stop()
	})
}

// newIdleSchool opens a school without a worker.
func newIdleSchool(t *testing.T) *school {
	t.Helper()
	return newIdleSchoolAt(t, time.Now)
}

// newIdleSchoolAt opens a school whose store has a clock of its own.
func newIdleSchoolAt(t *testing.T, now func() time.Time) *school {
	t.Helper()
	return newIdleSchoolOn(t, enginetest.Shared(t), now)
}

// newIdleSchoolOn opens a school on an engine.
func newIdleSchoolOn(t *testing.T, e *enginetest.Engine, now func() time.Time) *school {
	t.Helper()
	s := &school{t: t, engine: e, store: openStore(t, now), outbox: newOutbox()}
	s.client = s.engine.Client(t, client.Options{Identity: "heraut"})
	require.NoError(t, worker.Prepare(t.Context(), s.client, client.DefaultNamespace, worker.Intervals{}))
	// Schedules are workflows too; their actions would be counted.
	for _, id := range worker.Schedules() {
		require.NoError(t, s.client.ScheduleClient().GetHandle(t.Context(), id).Delete(t.Context()))
	}
	s.users = &workflows.Client{Temporal: s.client, Namespace: client.DefaultNamespace, Names: true}
	s.deeds = &activities.Activities{
		Ledger: s.store, Mailer: s.outbox, Pusher: s.outbox, Users: s.users, Engine: s.users,
		Limits: activities.DefaultLimits(), Log: slog.New(slog.DiscardHandler), Owner: "tests",
	}
	return s
}

func openStore(t *testing.T, now func() time.Time) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{
		Path: filepath.Join(t.TempDir(), "heraut.db"), Now: now,
		LinkHash: func(id string) []byte {
			sum := sha256.Sum256([]byte(id))
			return sum[:]
		},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))
	return s
}

// terminateAll ends what runs, and waits until the engine lists nothing as
// running: its list lags a little.
func (s *school) terminateAll() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.t.Context()), patience)
	defer cancel()
	s.eventually(func() bool {
		open, err := s.client.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
			Query: "ExecutionStatus = 'Running' AND WorkflowType IN ('InviteUser', 'InviteGroup', 'Bulk', 'Reconcile')",
		})
		require.NoError(s.t, err)
		for _, e := range open.Executions {
			_ = s.client.TerminateWorkflow(ctx, e.Execution.WorkflowId, "", "the test is over") // it may have ended
		}
		return len(open.Executions) == 0
	}, "all runs end")
}

// addUsers adds users with an address and a device each.
func (s *school) addUsers(n int) []string {
	s.t.Helper()
	ids := s.addUsersAlone(n)
	for i, id := range ids {
		_, err := s.store.CreateDevice(s.t.Context(), tester, people.Device{Name: fmt.Sprintf("iPad %d", i+1), Platform: people.IPadOS, UserID: id})
		require.NoError(s.t, err)
	}
	return ids
}

// addUsersAlone adds users with an address each.
func (s *school) addUsersAlone(n int) []string {
	s.t.Helper()
	ids := make([]string, n)
	for i := range ids {
		u, err := s.store.CreateUser(s.t.Context(), tester, people.User{
			FullName: fmt.Sprintf("Ada Vermeer %d", i+1), Email: fmt.Sprintf("ada%d@school.example", i+1), ManagedDistribution: true,
		})
		require.NoError(s.t, err)
		ids[i] = u.ID
	}
	return ids
}

// month is a schedule that the test does not see the end of.
var month = invitation.Schedule{ExpiresAfter: 30 * 24 * time.Hour, Reminders: []invitation.Reminder{{After: 48 * time.Hour, Via: invitation.ViaMail}}}

// send plans and confirms; the workflow is not started.
func (s *school) send(r invitation.Request, schedule invitation.Schedule) invitation.Send {
	s.t.Helper()
	r.Audience, r.Policy = invitation.NotEnrolled, invitation.PolicyMail
	plan, err := s.store.CreatePlan(s.t.Context(), tester, r)
	require.NoError(s.t, err)
	send, fresh, err := s.store.SendPlan(s.t.Context(), tester, plan.ID, plan.Digest, schedule)
	require.NoError(s.t, err)
	require.True(s.t, fresh)
	return send
}

// inviteUser sends to one user and starts the workflow, as the API does.
func (s *school) inviteUser(userID string, schedule invitation.Schedule) invitation.Send {
	s.t.Helper()
	send := s.send(invitation.Request{UserID: userID}, schedule)
	start, open, err := s.store.UserStart(s.t.Context(), userID)
	require.NoError(s.t, err)
	require.True(s.t, open)
	start.Deliver = true
	require.NoError(s.t, s.users.StartUser(s.t.Context(), start))
	return send
}

// group makes a group of users.
func (s *school) group(userIDs []string) string {
	s.t.Helper()
	g, err := s.store.CreateGroup(s.t.Context(), tester, people.Group{Name: "Class 1a"})
	require.NoError(s.t, err)
	_, err = s.store.SetMembers(s.t.Context(), tester, g.ID, userIDs, nil)
	require.NoError(s.t, err)
	return g.ID
}

// inviteGroup sends to a group and starts its workflow.
func (s *school) inviteGroup(groupID string, schedule invitation.Schedule) invitation.Send {
	s.t.Helper()
	send := s.send(invitation.Request{GroupID: groupID}, schedule)
	require.NoError(s.t, s.users.StartGroup(s.t.Context(), send.ID))
	return send
}

// turnSend changes a group send and wakes its workflow, as the API does.
func (s *school) turnSend(id string, change func(context.Context, people.Actor, string) (invitation.Send, error)) {
	_, err := change(s.t.Context(), tester, id)
	require.NoError(s.t, err)
	require.NoError(s.t, s.users.WakeGroup(s.t.Context(), id))
}

// answer decides a user's open invitation and wakes whom it concerns.
func (s *school) answer(userID string, a invitation.Answer) {
	s.t.Helper()
	decided := s.decide(userID, a)
	require.NoError(s.t, s.users.WakeUser(s.t.Context(), userID))
	for _, send := range decided.SettledSends {
		require.NoError(s.t, s.users.WakeGroup(s.t.Context(), send))
	}
}

// decide decides a user's open invitation; nobody is told.
func (s *school) decide(userID string, a invitation.Answer) invitation.Decided {
	s.t.Helper()
	actor := people.Actor{Kind: people.ActorUser, ID: userID}
	decided, err := s.store.Answer(s.t.Context(), s.onlyOpen(userID), a, actor, invitation.SourcePage)
	require.NoError(s.t, err)
	return decided
}

// onlyOpen is the one open invitation of a user.
func (s *school) onlyOpen(userID string) string {
	s.t.Helper()
	page, err := s.store.ListActive(s.t.Context(), invitation.Filter{UserID: userID}, people.Cursor{}, 2)
	require.NoError(s.t, err)
	require.Len(s.t, page.Items, 1)
	return page.Items[0].ID
}

// ends waits until the last run of a workflow has ended, and tells how.
func (s *school) ends(workflowID string) enums.WorkflowExecutionStatus {
	s.t.Helper()
	_ = s.client.GetWorkflow(s.t.Context(), workflowID, "").Get(s.t.Context(), nil) // the status tells
	return s.status(workflowID)
}

func (s *school) status(workflowID string) enums.WorkflowExecutionStatus {
	s.t.Helper()
	d, err := s.client.DescribeWorkflowExecution(s.t.Context(), workflowID, "")
	require.NoError(s.t, err)
	return d.WorkflowExecutionInfo.Status
}

// rests waits until a workflow has started and waits for the world: neither a
// workflow task nor an activity of it is under way.
func (s *school) rests(workflowID string) {
	s.t.Helper()
	s.eventually(func() bool {
		d, err := s.client.DescribeWorkflowExecution(s.t.Context(), workflowID, "")
		return err == nil && d.PendingWorkflowTask == nil && len(d.PendingActivities) == 0
	}, "%s rests", workflowID)
}

func (s *school) eventually(is func() bool, format string, args ...any) {
	s.t.Helper()
	require.Eventuallyf(s.t, is, patience, 10*time.Millisecond, format, args...)
}

// enrolled tells whether a user's acceptance is recorded.
func (s *school) enrolled(userID string) bool {
	s.t.Helper()
	u, err := s.store.User(s.t.Context(), userID)
	require.NoError(s.t, err)
	return u.State == people.Enrolled
}
