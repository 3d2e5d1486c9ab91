package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

func addSCIMClient(t *testing.T, s *store.Store, name string) people.SCIMClient {
	t.Helper()
	client, _, err := s.CreateSCIMClient(t.Context(), actor, people.SCIMClient{Name: name})
	require.NoError(t, err)
	return client
}

func scimUser(name string) people.SCIMUser {
	return people.SCIMUser{
		UserName: name + "@school.example", ExternalID: "ext-" + name, Active: true,
		Profile: people.SCIMProfile{DisplayName: name, Emails: []people.SCIMEmail{{Value: name + "@example.org", Type: "work"}}},
	}
}

func addSCIMUser(t *testing.T, s *store.Store, client people.SCIMClient, name string) people.SCIMUser {
	t.Helper()
	u, err := s.CreateSCIMUser(t.Context(), client, scimUser(name))
	require.NoError(t, err)
	return u
}

func scimClients(t *testing.T, s *store.Store) {
	t.Helper()
	_, _, err := s.CreateSCIMClient(t.Context(), actor, people.SCIMClient{Name: " "})
	requireCode(t, err, fault.InvalidRequest)
	made, token, err := s.CreateSCIMClient(t.Context(), actor, people.SCIMClient{Name: " Entra "})
	require.NoError(t, err)
	require.Equal(t, "Entra", made.Name)
	require.True(t, strings.HasPrefix(token, "heraut_scim_"+made.ID+"_"))
	other, otherToken, err := s.CreateSCIMClient(t.Context(), actor, people.SCIMClient{Name: "Okta"})
	require.NoError(t, err)

	got, err := s.AuthenticateSCIM(t.Context(), token)
	require.NoError(t, err)
	require.Equal(t, made, got)
	_, key, err := s.CreateKey(t.Context(), actor, people.APIKey{Name: "k", Role: people.Admin})
	require.NoError(t, err)
	word := otherToken[strings.LastIndex(otherToken, "_")+1:]
	for _, wrong := range []string{"", key, token + "x", "heraut_scim_", "heraut_scim_" + made.ID + "_" + word, "heraut_" + made.ID + "_" + word} {
		_, err := s.AuthenticateSCIM(t.Context(), wrong)
		requireCode(t, err, fault.Unauthenticated)
	}
	_, err = s.Authenticate(t.Context(), token)
	requireCode(t, err, fault.Unauthenticated)

	page, err := s.ListSCIMClients(t.Context(), people.Cursor{}, 1)
	require.NoError(t, err)
	require.Equal(t, made.ID, page.Items[0].ID)
	require.False(t, page.Items[0].LastUsedAt.IsZero())
	page, err = s.ListSCIMClients(t.Context(), *page.Next, 1)
	require.NoError(t, err)
	require.Equal(t, []people.SCIMClient{other}, page.Items)

	user := addSCIMUser(t, s, made, "anna")
	require.NoError(t, s.DeleteSCIMClient(t.Context(), actor, made.ID))
	requireCode(t, s.DeleteSCIMClient(t.Context(), actor, made.ID), fault.NotFound)
	_, err = s.AuthenticateSCIM(t.Context(), token)
	requireCode(t, err, fault.Unauthenticated)
	_, err = s.User(t.Context(), user.ID)
	require.NoError(t, err, "whom a client brought stays")
	require.Equal(t, user.ID, addSCIMUser(t, s, other, "anna").ID, "and another may take over")
}

func scimUsers(t *testing.T, s *store.Store) {
	t.Helper()
	client := addSCIMClient(t, s, "Entra")
	made := addSCIMUser(t, s, client, "anna")
	user, err := s.User(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, "anna", user.FullName)
	require.Equal(t, "anna@example.org", user.Email)

	again := scimUser("anna")
	again.UserName, again.ExternalID = "ANNA@School.example", ""
	_, err = s.CreateSCIMUser(t.Context(), client, again)
	requireCode(t, err, fault.Conflict)
	require.Contains(t, err.Error(), "userName")
	again.UserName, again.ExternalID = "somebody else", made.ExternalID
	_, err = s.CreateSCIMUser(t.Context(), client, again)
	requireConflictAt(t, err, "/externalId")
	bram := addSCIMUser(t, s, client, "bram")
	_, _, err = s.UpdateSCIMUser(t.Context(), client, bram.ID, nil, func(u people.SCIMUser) (people.SCIMUser, error) {
		u.ExternalID = made.ExternalID
		return u, nil
	})
	requireConflictAt(t, err, "/externalId")
	for _, name := range []string{"without", "either"} {
		_, err = s.CreateSCIMUser(t.Context(), client, people.SCIMUser{UserName: name})
		require.NoError(t, err, "none is no id")
	}
	_, err = s.CreateSCIMUser(t.Context(), client, people.SCIMUser{UserName: "x", Profile: people.SCIMProfile{Emails: []people.SCIMEmail{{Value: "no address"}}}})
	requireCode(t, err, fault.InvalidRequest)

	before, after, err := s.UpdateSCIMUser(t.Context(), client, made.ID, &made.Version, func(u people.SCIMUser) (people.SCIMUser, error) {
		u.UserName, u.Profile.DisplayName = "anna.bakker@school.example", "Anna Bakker"
		return u, nil
	})
	require.NoError(t, err)
	require.Equal(t, made, before)
	require.Equal(t, made.ID, after.ID)
	require.Greater(t, after.Version, made.Version)
	user, err = s.User(t.Context(), made.ID)
	require.NoError(t, err)
	require.Equal(t, "Anna Bakker", user.FullName)
	_, _, err = s.UpdateSCIMUser(t.Context(), client, made.ID, &made.Version, func(u people.SCIMUser) (people.SCIMUser, error) { return u, nil })
	requireCode(t, err, fault.PreconditionFailed)
	_, same, err := s.UpdateSCIMUser(t.Context(), client, made.ID, nil, func(u people.SCIMUser) (people.SCIMUser, error) { return u, nil })
	require.NoError(t, err)
	require.Equal(t, after, same, "what changes nothing writes nothing")

	stranger := addSCIMClient(t, s, "Okta")
	_, err = s.SCIMUser(t.Context(), stranger, made.ID)
	requireCode(t, err, fault.NotFound)
	requireCode(t, s.DeleteSCIMUser(t.Context(), stranger, made.ID, nil), fault.NotFound)

	require.NoError(t, s.DeleteSCIMUser(t.Context(), client, made.ID, nil))
	_, err = s.User(t.Context(), made.ID)
	requireCode(t, err, fault.NotFound)
	require.NotEqual(t, made.ID, addSCIMUser(t, s, client, "anna").ID, "who is made again is another person")
}

func scimFind(t *testing.T, s *store.Store) {
	t.Helper()
	client, other := addSCIMClient(t, s, "Entra"), addSCIMClient(t, s, "Okta")
	anna, bram := addSCIMUser(t, s, client, "anna"), addSCIMUser(t, s, client, "bram")
	addSCIMUser(t, s, other, "cato")
	find := func(field people.SCIMField, value string) []people.SCIMUser {
		t.Helper()
		users, err := s.FindSCIMUsers(t.Context(), client, []people.SCIMCondition{{Field: field, Value: value}}, 10)
		require.NoError(t, err)
		return users
	}
	require.Equal(t, []people.SCIMUser{anna}, find(people.SCIMUserName, "Anna@SCHOOL.example"))
	require.Equal(t, []people.SCIMUser{anna}, find(people.SCIMExternalID, "ext-anna"))
	require.Equal(t, []people.SCIMUser{anna}, find(people.SCIMAddress, "ANNA@example.org"))
	require.Equal(t, []people.SCIMUser{bram}, find(people.SCIMID, bram.ID))
	require.Empty(t, find(people.SCIMUserName, "cato@school.example"), "another client's")
	require.Empty(t, find(people.SCIMExternalID, "EXT-anna"))
	require.Empty(t, find(people.SCIMUserName, ""))

	profile := people.SCIMProfile{Emails: []people.SCIMEmail{{Value: "Anna@Home.example", Type: "home"}, {Value: "anna@work.example", Primary: true}, {Type: "other"}}}
	_, anna, err := s.UpdateSCIMUser(t.Context(), client, anna.ID, nil, func(u people.SCIMUser) (people.SCIMUser, error) {
		u.Profile = profile
		return u, nil
	})
	require.NoError(t, err)
	for _, address := range []string{"anna@home.example", "ANNA@work.example"} {
		require.Equal(t, []people.SCIMUser{anna}, find(people.SCIMAddress, address), "by any of them")
	}
	require.Empty(t, find(people.SCIMAddress, "anna@example.org"), "it was replaced")
	require.Empty(t, find(people.SCIMAddress, ""))

	users, total, err := s.SCIMUsers(t.Context(), client, 1, 5)
	require.NoError(t, err)
	require.Equal(t, 2, total)
	require.Equal(t, []people.SCIMUser{bram}, users)
}

func scimAdopts(t *testing.T, s *store.Store) {
	t.Helper()
	client := addSCIMClient(t, s, "Entra")
	byHand := func(u people.User) people.User {
		t.Helper()
		made, err := s.CreateUser(t.Context(), actor, u)
		require.NoError(t, err)
		return made
	}
	same := byHand(people.User{FullName: "Anna", ExternalID: "ext-anna", ManagedDistribution: true})
	require.Equal(t, same.ID, addSCIMUser(t, s, client, "anna").ID)
	user, err := s.User(t.Context(), same.ID)
	require.NoError(t, err)
	require.Equal(t, "anna@example.org", user.Email)
	require.True(t, user.ManagedDistribution, "what the client does not decide stays")

	bram := byHand(people.User{FullName: "Bram", Email: "BRAM@example.org"})
	require.Equal(t, bram.ID, addSCIMUser(t, s, client, "bram").ID)

	one, two := byHand(people.User{FullName: "C", Email: "cato@example.org"}), byHand(people.User{FullName: "C", Email: "cato@example.org"})
	require.NotContains(t, []string{one.ID, two.ID}, addSCIMUser(t, s, client, "cato").ID, "nobody knows which of the two")

	other := addSCIMClient(t, s, "Okta")
	require.NotEqual(t, bram.ID, addSCIMUser(t, s, other, "bram").ID, "the first client's")
}

func scimMembers(t *testing.T, s *store.Store) {
	t.Helper()
	client, other := addSCIMClient(t, s, "Entra"), addSCIMClient(t, s, "Okta")
	anna, bram := addSCIMUser(t, s, client, "anna"), addSCIMUser(t, s, client, "bram")
	foreign, byHand := addSCIMUser(t, s, other, "cato"), addUser(t, s, "by hand")
	g, _, err := s.CreateSCIMGroup(t.Context(), client, people.SCIMGroup{Name: "4A", ExternalID: "g"}, []string{anna.ID})
	require.NoError(t, err)
	_, err = s.SetMembers(t.Context(), actor, g.ID, []string{anna.ID, byHand.ID, foreign.ID}, nil)
	require.NoError(t, err)

	change := func(c people.SCIMGroupChange) people.SCIMGroup {
		t.Helper()
		after, _, err := s.UpdateSCIMGroup(t.Context(), client, g.ID, nil, c)
		require.NoError(t, err)
		return after
	}
	members := func() []string {
		t.Helper()
		all, err := s.SCIMMembers(t.Context(), client, g.ID)
		require.NoError(t, err)
		counts, err := s.CountSCIMMembers(t.Context(), client, g.ID)
		require.NoError(t, err)
		require.Equal(t, len(all[g.ID]), counts[g.ID])
		return names(all[g.ID], func(m people.SCIMMember) string { return m.FullName })
	}
	require.Equal(t, []string{"anna"}, members(), "others are not the client's to see")
	changed := change(people.SCIMGroupChange{Add: []string{bram.ID, anna.ID}})
	require.Equal(t, []string{"anna", "bram"}, members())
	require.Equal(t, changed, change(people.SCIMGroupChange{Add: []string{bram.ID}}), "there already")
	change(people.SCIMGroupChange{Remove: []string{anna.ID, byHand.ID, foreign.ID, "nobody"}})
	require.Equal(t, []string{"bram"}, members())
	name := "Klas 4A"
	require.Equal(t, name, change(people.SCIMGroupChange{Name: &name, Members: &[]string{anna.ID, bram.ID}, Remove: []string{bram.ID}}).Name)
	require.Equal(t, []string{"anna"}, members())
	users, _, err := s.GroupMembers(t.Context(), g.ID)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{anna.ID, byHand.ID, foreign.ID}, users, "whom others put there stays")

	for _, c := range []people.SCIMGroupChange{{Add: []string{foreign.ID, bram.ID}}, {Members: &[]string{"nobody", bram.ID}}} {
		_, unknown, err := s.UpdateSCIMGroup(t.Context(), client, g.ID, nil, c)
		require.NoError(t, err)
		require.Len(t, unknown, 1, "whom the client has not brought")
		require.Contains(t, members(), "bram", "the others become members all the same")
		users, _, err = s.GroupMembers(t.Context(), g.ID)
		require.NoError(t, err)
		require.Contains(t, users, foreign.ID, "whom others put there stays")
	}
	change(people.SCIMGroupChange{Members: &[]string{anna.ID}})
	_, _, err = s.CreateSCIMGroup(t.Context(), client, people.SCIMGroup{Name: "5A", ExternalID: "g"}, nil)
	requireConflictAt(t, err, "/externalId")
	_, unknown, err := s.CreateSCIMGroup(t.Context(), client, people.SCIMGroup{Name: "5A"}, []string{foreign.ID, "nobody", anna.ID})
	require.NoError(t, err)
	require.Equal(t, []string{foreign.ID, "nobody"}, unknown)
	_, _, err = s.UpdateSCIMGroup(t.Context(), other, g.ID, nil, people.SCIMGroupChange{})
	requireCode(t, err, fault.NotFound)
	found, err := s.FindSCIMGroups(t.Context(), client, []people.SCIMCondition{{Field: people.SCIMGroupName, Value: "klas 4a"}, {Field: people.SCIMMemberID, Value: anna.ID}}, 5)
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.NoError(t, s.DeleteSCIMGroup(t.Context(), client, g.ID, nil))
	requireCode(t, s.DeleteSCIMGroup(t.Context(), client, g.ID, nil), fault.NotFound)
}

// scimManyMembers fills a large group in pieces.
func scimManyMembers(t *testing.T, s *store.Store) {
	t.Helper()
	client := addSCIMClient(t, s, "Entra")
	ids := make([]string, 250)
	for i := range ids {
		ids[i] = addSCIMUser(t, s, client, fmt.Sprintf("u%d", i)).ID
	}
	g, _, err := s.CreateSCIMGroup(t.Context(), client, people.SCIMGroup{Name: "all"}, nil)
	require.NoError(t, err)
	for at := 0; at < len(ids); at += 50 {
		_, _, err := s.UpdateSCIMGroup(t.Context(), client, g.ID, nil, people.SCIMGroupChange{Add: ids[at : at+50]})
		require.NoError(t, err)
	}
	counts, err := s.CountSCIMMembers(t.Context(), client, g.ID)
	require.NoError(t, err)
	require.Equal(t, len(ids), counts[g.ID])
	log, err := s.ListAudit(t.Context(), people.AuditFilter{TargetID: g.ID}, people.Cursor{}, 9)
	require.NoError(t, err)
	require.Contains(t, log.Items[0].Became, `"users":250`)
	require.Equal(t, people.ActorSCIM, log.Items[0].Actor.Kind)
}
