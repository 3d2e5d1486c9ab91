package appsbooks_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	appsbookssim "heraut/simulator/appsbooks"
)

func TestUserFromInvitationToRetirement(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	_, version := p.users(t, appsbooks.UserQuery{})
	e := p.create(t, appsbooks.NewUser{ClientUserID: "u-1", Email: "a@example.org"}, appsbooks.NewUser{ClientUserID: "u-2"})
	require.Equal(t, appsbooks.Complete, e[0].State)
	require.Equal(t, "CREATE", e[0].Type)
	require.Equal(t, 2, e[0].Completed)

	changed, version := p.users(t, appsbooks.UserQuery{Since: version})
	require.Len(t, changed, 2)
	require.Equal(t, appsbooks.Registered, changed[0].Status)
	require.Len(t, string(changed[0].InviteCode), 32)
	require.Equal(t, "a@example.org", changed[0].Email)

	require.NoError(t, p.apple.Accept(string(changed[0].InviteCode), "someone@icloud.example"))
	changed, version = p.users(t, appsbooks.UserQuery{Since: version})
	require.Len(t, changed, 1, "only who has changed")
	require.Equal(t, appsbooks.Associated, changed[0].Status)
	require.NotEmpty(t, changed[0].IDHash)
	require.Empty(t, changed[0].InviteCode)

	retired, err := p.client.RetireUsers(t.Context(), []string{"u-1"})
	require.NoError(t, err)
	p.await(t, retired)
	active, _ := p.users(t, appsbooks.UserQuery{ActiveOnly: true})
	require.Len(t, active, 1)
	gone, _ := p.users(t, appsbooks.UserQuery{RetiredOnly: true})
	require.Equal(t, appsbooks.Retired, gone[0].Status)

	// Registered anew it is another record under the same id.
	p.create(t, appsbooks.NewUser{ClientUserID: "u-1"})
	all, _ := p.users(t, appsbooks.UserQuery{ClientUserID: "u-1"})
	require.Len(t, all, 2)
	u, found, err := p.client.ActiveUser(t.Context(), "u-1")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, appsbooks.Registered, u.Status)
	_, found, err = p.client.ActiveUser(t.Context(), "u-9")
	require.NoError(t, err)
	require.False(t, found)

	changed, _ = p.users(t, appsbooks.UserQuery{Since: version})
	require.Len(t, changed, 2)
	_, err = p.client.Users(t.Context(), appsbooks.UserQuery{Since: "021f10a0"}, nil)
	require.Equal(t, appsbooks.BadVersion, asError(t, err).Number)
}

func TestManagedAppleAccountsNeedNoInvitation(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{ManagedDomain: "school.example"})
	p.create(t, appsbooks.NewUser{ClientUserID: "u-1", ManagedAppleID: "a@school.example"}, appsbooks.NewUser{ClientUserID: "u-2"})
	u, _, err := p.client.ActiveUser(t.Context(), "u-1")
	require.NoError(t, err)
	require.Equal(t, appsbooks.Associated, u.Status)
	require.Empty(t, u.InviteCode)

	for account, number := range map[string]int{"b@elsewhere.example": appsbooks.CannotAssociate, "a@school.example": appsbooks.AccountTaken} {
		done, err := p.client.UpdateUsers(t.Context(), []appsbooks.NewUser{{ClientUserID: "u-2", ManagedAppleID: account}})
		require.NoError(t, err)
		results := p.await(t, done)[0].Results([]string{"u-2"})
		require.Equal(t, number, results[0].Err.Number)
	}
}

func TestUsersThatAreRefused(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{})
	_, err := p.client.CreateUsers(t.Context(), []appsbooks.NewUser{{ClientUserID: "a"}, {ClientUserID: "b"}, {ClientUserID: "a"}})
	require.Equal(t, appsbooks.DuplicateUsers, asError(t, err).Number)
	require.Empty(t, p.apple.Requests())
	_, err = p.client.CreateUsers(t.Context(), []appsbooks.NewUser{{ClientUserID: "a", Email: "nobody"}})
	e := asError(t, err)
	require.Equal(t, 9717, e.Number)
	require.Equal(t, []string{"a"}, e.Info.ClientUserIDs)
	_, err = p.client.RetireUsers(t.Context(), []string{"a"})
	require.Equal(t, appsbooks.UserNotFound, asError(t, err).Number)
	done, err := p.client.CreateUsers(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, done, "nothing to do is nothing to ask")
}

func TestPagesAreReadInOrder(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{PageSize: 3})
	p.create(t, newUsers(100)...)
	ids := p.ids(t)
	require.Len(t, ids, 100)
	require.True(t, slices.IsSorted(ids))
	stop := errors.New("enough")
	_, err := p.client.Users(t.Context(), appsbooks.UserQuery{}, func([]appsbooks.User) error { return stop })
	require.ErrorIs(t, err, stop)
}

func (p *place) ids(t *testing.T) (ids []string) {
	t.Helper()
	list, _ := p.users(t, appsbooks.UserQuery{})
	for _, u := range list {
		ids = append(ids, u.ClientUserID)
	}
	return ids
}

func TestPageThatLeadsBackEndsTheReading(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{PageSize: 2})
	p.create(t, newUsers(9)...)
	for _, skip := range []int{0, 2} {
		p.script(t, appsbookssim.Rule{Path: "/users", Skip: skip, PageLoop: true})
		seen := 0
		_, err := p.client.Users(t.Context(), appsbooks.UserQuery{}, func(page []appsbooks.User) error {
			seen += len(page)
			return nil
		})
		require.ErrorContains(t, err, "lead in a circle")
		require.Equal(t, appsbooks.Retry, asError(t, err).Class)
		require.LessOrEqual(t, seen, 9)
	}
	p.script(t, appsbookssim.Rule{Path: "/users", Status: 200, Body: `{"currentPageIndex":3,"nextPageIndex":4,"users":[]}`})
	_, err := p.client.Users(t.Context(), appsbooks.UserQuery{}, nil)
	require.ErrorContains(t, err, "another page")
}
