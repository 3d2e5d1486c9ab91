package appsbooks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	"heraut/content"
)

// TestStatusesOfUsers: only what says so is an end, which takes licenses back.
func TestStatusesOfUsers(t *testing.T) {
	for status, state := range map[appsbooks.UserStatus]content.AccountState{
		appsbooks.Registered: content.Registered, appsbooks.Created: content.Registered, appsbooks.Associated: content.Associated,
		appsbooks.Retired: content.Retired, appsbooks.Deleted: content.Retired,
	} {
		account, ok := appsbooks.User{ClientUserID: "c", Status: status, InviteCode: "code", IDHash: "hash"}.Account()
		require.True(t, ok, status)
		require.Equal(t, state, account.State, status)
		require.Equal(t, state == content.Registered, account.InviteCode != "", status)
		require.Equal(t, "hash", account.IDHash)
	}
	for _, status := range []appsbooks.UserStatus{"", "Suspended", "registered", "RETIRED"} {
		account, ok := appsbooks.User{ClientUserID: "c", Status: status}.Account()
		require.False(t, ok, status)
		require.Empty(t, account)
	}
}
