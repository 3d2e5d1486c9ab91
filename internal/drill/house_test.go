package drill_test

import (
	"context"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"heraut/invitation"
	"heraut/people"
)

// people makes users with a device and an address each, and their group.
func (h *house) people(n int) (users []string, group string) {
	h.t.Helper()
	ctx := h.t.Context()
	for i := range n {
		u, err := h.store.CreateUser(ctx, tester, people.User{
			FullName: fmt.Sprintf("Ada Vermeer %d", i), Email: fmt.Sprintf("ada%d@school.example", i), ManagedDistribution: true,
		})
		require.NoError(h.t, err)
		_, err = h.store.CreateDevice(ctx, tester, people.Device{Name: fmt.Sprintf("iPad %d", i), Platform: people.IPadOS, UserID: u.ID})
		require.NoError(h.t, err)
		users = append(users, u.ID)
	}
	g, err := h.store.CreateGroup(ctx, tester, people.Group{Name: "Class 1a"})
	require.NoError(h.t, err)
	_, err = h.store.SetMembers(ctx, tester, g.ID, users, nil)
	require.NoError(h.t, err)
	return users, g.ID
}

// accept decides as the page does; what the engine is not told, Reconcile finds.
func (h *house) accept(user string) {
	h.t.Helper()
	page, err := h.store.ListActive(h.t.Context(), invitation.Filter{UserID: user}, people.Cursor{}, 1)
	require.NoError(h.t, err)
	require.Len(h.t, page.Items, 1)
	decided, err := h.store.Answer(h.t.Context(), page.Items[0].ID, invitation.Accept, people.Actor{Kind: people.ActorUser, ID: user}, invitation.SourcePage)
	require.NoError(h.t, err)
	h.told(h.users.WakeUser(h.t.Context(), user))
	for _, send := range decided.SettledSends {
		h.told(h.users.WakeGroup(h.t.Context(), send))
	}
}

// told notes what the failing engine could not be told; the waits below let
// Reconcile make up for it.
func (h *house) told(err error) {
	if err != nil {
		h.t.Logf("left to Reconcile: %v", err)
	}
}

// reconcileEvery spares the test most of the five minutes between two runs.
const reconcileEvery = 5 * time.Second

// reconcile is what the schedule does every five minutes.
func (h *house) reconcile() {
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	defer cancel()
	h.told(h.client.ScheduleClient().GetHandle(ctx, "reconcile").Trigger(ctx, client.ScheduleTriggerOptions{}))
}

func (h *house) counts(send string) map[invitation.State]int {
	h.t.Helper()
	s, err := h.store.Send(h.t.Context(), send)
	require.NoError(h.t, err)
	counts := map[invitation.State]int{}
	for state, n := range s.Counts {
		if n > 0 {
			counts[state] = n
		}
	}
	return counts
}

// enrolled counts the enrollments; one user has one at most by its key.
func (h *house) enrolled() int {
	h.t.Helper()
	page, err := h.store.ListEnrollments(h.t.Context(), "", people.Cursor{}, 500)
	require.NoError(h.t, err)
	return len(page.Items)
}

func (h *house) eventually(what string, is func() bool) {
	h.t.Helper()
	began, last := time.Now(), time.Now()
	require.Eventually(h.t, func() bool {
		if h.users != nil && time.Since(last) > reconcileEvery {
			h.reconcile()
			last = time.Now()
		}
		return is()
	}, patience, 100*time.Millisecond, what)
	h.t.Logf("%s: %s", what, time.Since(began).Round(time.Millisecond))
}
