package storetest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

func createUser(t *testing.T, s *store.Store) {
	t.Helper()
	made, err := s.CreateUser(t.Context(), actor, people.User{
		FullName: " Åsa Öberg ", Email: "asa@example.org", Language: "nl", ManagedAppleAccount: "asa@school.example",
		ExternalID: "p1", ManagedDistribution: true,
	})
	require.NoError(t, err)
	require.Equal(t, "Åsa Öberg", made.FullName)
	require.Equal(t, people.NotInvited, made.State)
	require.False(t, made.CreatedAt.IsZero())

	read, err := s.User(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, made, read)

	_, err = s.User(t.Context(), "00000000-0000-7000-8000-000000000000")
	requireCode(t, err, fault.NotFound)
	_, err = s.CreateUser(t.Context(), actor, people.User{})
	requireCode(t, err, fault.InvalidRequest)
}

func takenExternalID(t *testing.T, s *store.Store) {
	t.Helper()
	for range 2 { // any number of users may have none
		addUser(t, s, "Nobody")
	}
	first, err := s.CreateUser(t.Context(), actor, people.User{FullName: "A", ExternalID: "p1"})
	require.NoError(t, err)
	_, err = s.CreateUser(t.Context(), actor, people.User{FullName: "B", ExternalID: "p1"})
	requireCode(t, err, fault.Conflict)
	require.ErrorContains(t, err, "external id")

	require.NoError(t, s.DeleteUser(t.Context(), actor, first.ID, nil))
	_, err = s.CreateUser(t.Context(), actor, people.User{FullName: "B", ExternalID: "p1"})
	require.NoError(t, err, "deleting frees the external id")
}

func updateUser(t *testing.T, s *store.Store) {
	t.Helper()
	u := addUser(t, s, "Jan")
	rename := func(u people.User) (people.User, error) {
		u.FullName, u.State = "Jan Smit", people.Enrolled
		return u, nil
	}
	stale := u.Version + 1
	_, err := s.UpdateUser(t.Context(), actor, u.ID, &stale, rename)
	requireCode(t, err, fault.PreconditionFailed)

	changed, err := s.UpdateUser(t.Context(), actor, u.ID, &u.Version, rename)
	require.NoError(t, err)
	require.Equal(t, "Jan Smit", changed.FullName)
	require.Equal(t, people.NotInvited, changed.State, "the state is not for editors")
	require.Equal(t, u.Version+1, changed.Version)
	read, err := s.User(t.Context(), u.ID)
	require.NoError(t, err)
	require.Equal(t, changed, read)

	same, err := s.UpdateUser(t.Context(), actor, u.ID, nil, func(u people.User) (people.User, error) { return u, nil })
	require.NoError(t, err)
	require.Equal(t, changed, same, "no change, no new version")

	_, err = s.UpdateUser(t.Context(), actor, u.ID, nil, func(u people.User) (people.User, error) {
		u.Email = "nowhere"
		return u, nil
	})
	requireCode(t, err, fault.InvalidRequest)
}

func updateUserAtOnce(t *testing.T, s *store.Store) {
	t.Helper()
	u := addUser(t, s, "0")
	const writers = 8
	var wg sync.WaitGroup
	errs := make([]error, writers)
	for i := range writers {
		wg.Go(func() {
			_, errs[i] = s.UpdateUser(t.Context(), actor, u.ID, nil, func(u people.User) (people.User, error) {
				u.FullName += "x"
				return u, nil
			})
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	u, err := s.User(t.Context(), u.ID)
	require.NoError(t, err)
	require.Equal(t, "0xxxxxxxx", u.FullName, "no change is lost")
	require.EqualValues(t, 1+writers, u.Version)
}

func deleteUser(t *testing.T, s *store.Store) {
	t.Helper()
	u, err := s.CreateUser(t.Context(), actor, people.User{FullName: "Jan", Email: "jan@example.org"})
	require.NoError(t, err)
	g := addGroup(t, s, "4B", []string{u.ID}, nil)
	d, err := s.CreateDevice(t.Context(), actor, people.Device{Name: "iPad", Platform: people.IPadOS, UserID: u.ID})
	require.NoError(t, err)

	stale := u.Version + 1
	requireCode(t, s.DeleteUser(t.Context(), actor, u.ID, &stale), fault.PreconditionFailed)
	require.NoError(t, s.DeleteUser(t.Context(), actor, u.ID, &u.Version))
	_, err = s.User(t.Context(), u.ID)
	requireCode(t, err, fault.NotFound)
	requireCode(t, s.DeleteUser(t.Context(), actor, u.ID, nil), fault.NotFound)

	page, err := s.ListUsers(t.Context(), people.UserFilter{Query: "jan"}, people.Cursor{}, 10)
	require.NoError(t, err)
	require.Empty(t, page.Items)
	d, err = s.Device(t.Context(), d.ID)
	require.NoError(t, err)
	require.Empty(t, d.UserID)
	users, _, err := s.GroupMembers(t.Context(), g.ID)
	require.NoError(t, err)
	require.Empty(t, users)
	_, err = s.SetMembers(t.Context(), actor, g.ID, []string{u.ID}, nil)
	requireCode(t, err, fault.InvalidRequest)
}

func listUsers(t *testing.T, s *store.Store) {
	t.Helper()
	want := make([]string, 0, 7)
	for i := range 6 {
		want = append(want, fmt.Sprintf("User %d", i))
	}
	for _, i := range []int{3, 0, 5, 1, 4, 2} {
		addUser(t, s, want[i])
	}
	want = append([]string{"Émile"}, want...) // sorts among the e, before u
	addUser(t, s, "Émile")

	var got []string
	var at people.Cursor
	for {
		page, err := s.ListUsers(t.Context(), people.UserFilter{State: people.NotInvited}, at, 3)
		require.NoError(t, err)
		got = append(got, names(page.Items, userName)...)
		if page.Next == nil {
			break
		}
		require.Len(t, page.Items, 3)
		at = *page.Next
	}
	require.Equal(t, want, got)

	page, err := s.ListUsers(t.Context(), people.UserFilter{State: people.Enrolled}, people.Cursor{}, 3)
	require.NoError(t, err)
	require.Empty(t, page.Items)
}

func searchUsers(t *testing.T, s *store.Store) {
	t.Helper()
	for _, u := range []people.User{
		{FullName: "Åsa Öberg", Email: "a.oberg@example.org"},
		{FullName: "Łukasz Weiß", ExternalID: "P_100%"},
		{FullName: "Bob", Email: "bob@example.org"},
	} {
		_, err := s.CreateUser(t.Context(), actor, u)
		require.NoError(t, err)
	}
	for query, want := range map[string][]string{
		"asa":          {"Åsa Öberg"},
		"ÖBERG":        {"Åsa Öberg"},
		"example.org":  {"Åsa Öberg", "Bob"},
		"WEISS":        {"Łukasz Weiß"},
		"lukasz":       {"Łukasz Weiß"},
		"p_1":          {"Łukasz Weiß"},
		"100%":         {"Łukasz Weiß"},
		"%":            {"Łukasz Weiß"},
		"_":            {"Łukasz Weiß"},
		`\`:            {},
		"b'; DROP":     {},
		"\x00bob":      {"Bob"},
		"  bob ":       {"Bob"},
		"berg a.oberg": {}, // not across two fields
	} {
		page, err := s.ListUsers(t.Context(), people.UserFilter{Query: query}, people.Cursor{}, 10)
		require.NoError(t, err)
		require.Equal(t, want, names(page.Items, userName), "query %q", query)
	}
}
