package worker_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"

	"heraut/invitation"
	"heraut/workflows"
)

func TestStartNamesUserAndDevices(t *testing.T) {
	s := newIdleSchool(t)
	start := invitation.Start{
		UserID: "named", FullName: "Ada Vermeer", Devices: []string{"iPad", "MacBook"}, SendID: "send", GroupID: "group", At: time.Now().Add(time.Hour),
	}
	require.NoError(t, s.users.StartUser(t.Context(), start))
	t.Cleanup(s.terminateAll)

	d, err := s.client.DescribeWorkflowExecution(t.Context(), "invite-user-named", "")
	require.NoError(t, err)
	var summary string
	require.NoError(t, converter.GetDefaultDataConverter().FromPayload(d.ExecutionConfig.UserMetadata.Summary, &summary))
	require.Equal(t, "Ada Vermeer · iPad, MacBook", summary)
	attributes := d.WorkflowExecutionInfo.SearchAttributes.IndexedFields
	for name, want := range map[string]string{"HerautUser": `"Ada Vermeer"`, "HerautDevices": `["iPad","MacBook"]`, "HerautSend": `"send"`, "HerautGroup": `"group"`} {
		require.JSONEq(t, want, string(attributes[name].Data), name)
	}

	discreet := workflows.Client{Temporal: s.client, Namespace: client.DefaultNamespace}
	start.UserID = "unnamed"
	require.NoError(t, discreet.StartUser(t.Context(), start))
	d, err = s.client.DescribeWorkflowExecution(t.Context(), "invite-user-unnamed", "")
	require.NoError(t, err)
	attributes = d.WorkflowExecutionInfo.SearchAttributes.IndexedFields
	require.Contains(t, attributes, "HerautSend")
	require.NotContains(t, attributes, "HerautUser")
	require.NotContains(t, attributes, "HerautDevices")
}

// The engine takes 2,048 bytes of one attribute, and its lists 255 characters
// of a keyword.
func TestStartNamesWhatFits(t *testing.T) {
	s := newIdleSchool(t)
	t.Cleanup(s.terminateAll)
	var cart, alphabets []string
	for i := range 60 {
		cart = append(cart, fmt.Sprintf("iPad kar 3 - groep 5 - nummer %02d", i+1))
		alphabets = append(alphabets, strings.Repeat("平", 300))
	}
	for name, c := range map[string]struct {
		fullName string
		devices  []string
		shown    int
	}{
		"cart":      {"Ada Vermeer", cart, 51},
		"alphabets": {strings.Repeat("平", 300), alphabets, 1},
		"markup":    {strings.Repeat("<", 300), []string{strings.Repeat("<", 300)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			start := invitation.Start{UserID: "many-" + name, FullName: c.fullName, Devices: c.devices, SendID: "send", At: time.Now().Add(time.Hour)}
			for range 2 { // the second signals
				require.NoError(t, s.users.StartUser(t.Context(), start))
			}

			d, err := s.client.DescribeWorkflowExecution(t.Context(), "invite-user-many-"+name, "")
			require.NoError(t, err)
			attributes := d.WorkflowExecutionInfo.SearchAttributes.IndexedFields
			var user string
			var devices []string
			require.NoError(t, json.Unmarshal(attributes["HerautUser"].Data, &user))
			require.NoError(t, json.Unmarshal(attributes["HerautDevices"].Data, &devices))
			require.LessOrEqual(t, utf8.RuneCountInString(user), 255)
			require.Equal(t, append(slices.Clone(c.devices[:c.shown]), "…"), devices)
		})
	}
}

// Whatever the engine refuses to list, its limits may be others elsewhere.
func TestStartWithoutNamesWhereTheEngineRefusesThem(t *testing.T) {
	s := newIdleSchool(t)
	t.Cleanup(s.terminateAll)
	start := invitation.Start{UserID: "refused", FullName: "Ada Vermeer", SendID: "send", GroupID: strings.Repeat("g", 3000), At: time.Now().Add(time.Hour)}
	for range 2 {
		require.NoError(t, s.users.StartUser(t.Context(), start))
	}

	d, err := s.client.DescribeWorkflowExecution(t.Context(), "invite-user-refused", "")
	require.NoError(t, err)
	require.NotContains(t, d.WorkflowExecutionInfo.SearchAttributes.GetIndexedFields(), "HerautUser")
}

func TestStartOfARunningUserIsALook(t *testing.T) {
	s := newIdleSchool(t)
	t.Cleanup(s.terminateAll)
	start := invitation.Start{UserID: "twice", FullName: "Ada Vermeer", At: time.Now().Add(time.Hour)}
	for range 2 {
		require.NoError(t, s.users.StartUser(t.Context(), start))
	}

	events := s.history("invite-user-twice")
	require.Equal(t, enums.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, events[len(events)-1].EventType)

	// A run that has ended is followed by another one.
	require.NoError(t, s.client.TerminateWorkflow(t.Context(), "invite-user-twice", "", "test"))
	require.NoError(t, s.users.StartUser(t.Context(), start))
	require.Equal(t, enums.WORKFLOW_EXECUTION_STATUS_RUNNING, s.status("invite-user-twice"))
}

func TestSendsAndBulksStartOnce(t *testing.T) {
	s := newSchool(t)
	send := s.inviteGroup(s.group(s.addUsers(1)), month)
	require.NoError(t, s.users.StartGroup(t.Context(), send.ID), "while it runs")
	s.rests(send.WorkflowID)
	s.turnSend(send.ID, s.store.CancelSend)
	require.Equal(t, completed, s.ends(send.WorkflowID))
	run := s.history(send.WorkflowID)[0].GetWorkflowExecutionStartedEventAttributes().OriginalExecutionRunId

	require.NoError(t, s.users.StartGroup(t.Context(), send.ID), "when it has completed")
	require.Equal(t, run, s.history(send.WorkflowID)[0].GetWorkflowExecutionStartedEventAttributes().OriginalExecutionRunId)

	bulk, err := s.store.CreateBulk(t.Context(), tester, invitation.Cancel, invitation.Filter{SendID: send.ID})
	require.NoError(t, err)
	for range 2 {
		require.NoError(t, s.users.StartBulk(t.Context(), bulk.ID))
	}
	require.Equal(t, completed, s.ends("bulk-"+bulk.ID))

	ended := s.runs("bulk-"+bulk.ID, send.WorkflowID)
	require.NoError(t, s.users.RestartGroup(t.Context(), send.ID), "the store calls it running")
	require.NoError(t, s.users.RestartBulk(t.Context(), bulk.ID))
	require.Equal(t, completed, s.ends(send.WorkflowID))
	require.Equal(t, completed, s.ends("bulk-"+bulk.ID))
	for i, run := range s.runs("bulk-"+bulk.ID, send.WorkflowID) {
		require.NotEqual(t, ended[i], run)
	}
}

// runs are the ids of the last runs of workflows.
func (s *school) runs(workflowIDs ...string) []string {
	s.t.Helper()
	ids := make([]string, len(workflowIDs))
	for i, id := range workflowIDs {
		ids[i] = s.history(id)[0].GetWorkflowExecutionStartedEventAttributes().OriginalExecutionRunId
	}
	return ids
}

func TestWakingWhatDoesNotRunIsNoError(t *testing.T) {
	s := newIdleSchool(t)
	require.NoError(t, s.users.WakeUser(t.Context(), "nobody"))
	require.NoError(t, s.users.WakeGroup(t.Context(), "nothing"))
	require.NoError(t, s.users.Healthy(t.Context()))
}

func TestLastRunTellsHowARunEnded(t *testing.T) {
	s := newIdleSchool(t)
	last := func(id string) string {
		status, err := s.users.LastRun(t.Context(), id)
		require.NoError(t, err)
		return status
	}
	require.Equal(t, "none", last("invite-user-none"))
	for want, end := range map[string]func(ctx context.Context, id string) error{
		"running":    func(context.Context, string) error { return nil },
		"terminated": func(ctx context.Context, id string) error { return s.client.TerminateWorkflow(ctx, id, "", "test") },
	} {
		require.NoError(t, s.users.StartUser(t.Context(), invitation.Start{UserID: want, At: time.Now().Add(time.Hour)}))
		require.NoError(t, end(t.Context(), "invite-user-"+want))
		require.Equal(t, want, last("invite-user-"+want))
	}
	s.open()
	require.NoError(t, s.client.CancelWorkflow(t.Context(), "invite-user-running", ""))
	s.ends("invite-user-running")
	require.Equal(t, "cancelled", last("invite-user-running"))
	user := s.addUsers(1)[0]
	s.inviteUser(user, invitation.Schedule{ExpiresAfter: time.Second})
	s.ends(invitation.UserWorkflowID(user))
	require.Equal(t, "completed", last(invitation.UserWorkflowID(user)))
}
