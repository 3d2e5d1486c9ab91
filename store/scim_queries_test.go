package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

// useSCIM runs what an identity provider asks for. Each twice, for a query is
// prepared when it is met again.
func useSCIM(t *testing.T, s *Store) {
	t.Helper()
	ctx := t.Context()
	client, token, err := s.CreateSCIMClient(ctx, people.System("test"), people.SCIMClient{Name: "Entra"})
	require.NoError(t, err)
	for _, name := range []string{"a", "b"} {
		_, err = s.AuthenticateSCIM(ctx, token)
		require.NoError(t, err)
		_, _, err = s.RotateSCIMToken(ctx, people.System("test"), client.ID, false)
		require.NoError(t, err)
		u, err := s.CreateSCIMUser(ctx, client, people.SCIMUser{
			UserName: name, ExternalID: name, Active: true,
			Profile: people.SCIMProfile{Emails: []people.SCIMEmail{{Value: name + "@example.org"}}},
		})
		require.NoError(t, err)
		_, _, err = s.UpdateSCIMUser(ctx, client, u.ID, nil, func(u people.SCIMUser) (people.SCIMUser, error) {
			u.ExternalID, u.Active = "other", false
			return u, nil
		})
		require.NoError(t, err)
		g, _, err := s.CreateSCIMGroup(ctx, client, people.SCIMGroup{Name: name}, []string{u.ID})
		require.NoError(t, err)
		for _, c := range []people.SCIMGroupChange{{Remove: []string{u.ID}}, {Members: &[]string{u.ID}}, {ExternalID: &name}} {
			_, _, err = s.UpdateSCIMGroup(ctx, client, g.ID, nil, c)
			require.NoError(t, err)
		}
		for _, field := range []people.SCIMField{people.SCIMID, people.SCIMUserName, people.SCIMExternalID, people.SCIMAddress} {
			_, err = s.FindSCIMUsers(ctx, client, []people.SCIMCondition{{Field: field, Value: name}}, 10)
			require.NoError(t, err)
			requireIndexed(t, s, "scim_users", field)
		}
		for _, field := range []people.SCIMField{people.SCIMID, people.SCIMGroupName, people.SCIMExternalID, people.SCIMMemberID} {
			_, err = s.FindSCIMGroups(ctx, client, []people.SCIMCondition{{Field: field, Value: name}}, 10)
			require.NoError(t, err)
			requireIndexed(t, s, "scim_groups", field)
		}
		_, _, err = s.SCIMUsers(ctx, client, 0, 10)
		require.NoError(t, err)
		_, _, err = s.SCIMGroups(ctx, client, 0, 10)
		require.NoError(t, err)
		_, err = s.SCIMMembers(ctx, client, g.ID)
		require.NoError(t, err)
		_, err = s.CountSCIMMembers(ctx, client, g.ID)
		require.NoError(t, err)
		require.NoError(t, s.DeleteSCIMGroup(ctx, client, g.ID, nil))
		require.NoError(t, s.DeleteSCIMUser(ctx, client, u.ID, nil))
	}
}

// requireIndexed looks at a query that is planned each time, and so is never
// kept: on SQLite it must not read a table as a whole.
func requireIndexed(t *testing.T, s *Store, table string, field people.SCIMField) {
	t.Helper()
	if s.kind == Postgres {
		return // its planner rightly reads small tables as a whole
	}
	id, join := "s.user_id", "JOIN users u ON u.id = s.user_id"
	if table == "scim_groups" {
		id, join = "s.group_id", "JOIN groups g ON g.id = s.group_id"
	}
	where, args := scimWhere(id, people.SCIMClient{ID: "c"}, []people.SCIMCondition{{Field: field, Value: "x"}})
	var plan []struct {
		ID      int    `db:"id"`
		Parent  int    `db:"parent"`
		NotUsed int    `db:"notused"`
		Detail  string `db:"detail"`
	}
	err := s.reads.db.SelectContext(t.Context(), &plan, "EXPLAIN QUERY PLAN SELECT 1 FROM "+table+" s "+join+" WHERE "+where+" ORDER BY "+id, args...)
	require.NoError(t, err)
	require.NotEmpty(t, plan)
	for _, line := range plan {
		require.NotRegexp(t, "^SCAN ", line.Detail, "%s: %+v", field, plan)
	}
}
