package activities_test

import (
	"fmt"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	"heraut/content"
)

// comeBack ends a user's account at Apple and lets the user accept with another
// Apple Account.
func (d *depot) comeBack(id string) {
	d.t.Helper()
	ctx := d.t.Context()
	d.accounts++
	require.NoError(d.t, d.store.DeleteEnrollment(ctx, tester, d.users[id].ID))
	ended, err := d.client.RetireUsers(ctx, []string{id})
	require.NoError(d.t, err)
	d.await(ended)
	d.learn()
	d.done()
	_, err = d.store.ClaimAccounts(ctx, d.location, []content.NewAccount{{UserID: d.users[id].ID, ClientUserID: id}})
	require.NoError(d.t, err)
	made, err := d.client.CreateUsers(ctx, []appsbooks.NewUser{{ClientUserID: id}})
	require.NoError(d.t, err)
	d.await(made)
	u, found, err := d.client.ActiveUser(ctx, id)
	require.NoError(d.t, err)
	require.True(d.t, found)
	require.NoError(d.t, d.apple.Accept(string(u.InviteCode), fmt.Sprintf("%s-%d@example.org", id, d.accounts)))
	d.learn()
}

func (d *depot) await(submissions []appsbooks.Submission) {
	d.t.Helper()
	for _, s := range submissions {
		_, err := d.client.Await(d.t.Context(), s, quickly, nil)
		require.NoError(d.t, err)
	}
}
