package storetest

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

// FirstPage holds that tasks of a group are there right after its send, and
// that the workflow's pages write the others once. The store must write first
// pages of two targets.
func FirstPage(t *testing.T, s *store.Store) {
	t.Helper()
	clock := NewClock()
	c := campusOf(t, s, clock)
	var users []people.User
	for i := range 5 {
		u := c.user(strconv.Itoa(i))
		c.live(u, "device")
		users = append(users, u)
	}
	send := c.send(ofGroup(c.group(users...)))
	require.Len(t, c.invitations(invitation.Filter{SendID: send.ID}), 2)
	require.Equal(t, 5, send.Counts[invitation.Queued], "the rest counts as queued")
	page, err := s.WritePage(t.Context(), send.ID, 0, 4)
	require.NoError(t, err)
	require.Equal(t, invitation.Page{Next: 4}, page)
	require.Len(t, c.invitations(invitation.Filter{SendID: send.ID}), 4)
}
