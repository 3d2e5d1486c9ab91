package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/store"
)

// scimRotate replaces tokens: those before work for a day, each from when it was
// replaced.
func scimRotate(t *testing.T, s *store.Store, clock *Clock) {
	t.Helper()
	client, first, err := s.CreateSCIMClient(t.Context(), actor, people.SCIMClient{Name: "Entra"})
	require.NoError(t, err)
	require.Zero(t, client.OldTokenUntil)
	rotate := func(endOld bool) string {
		t.Helper()
		got, token, err := s.RotateSCIMToken(t.Context(), actor, client.ID, endOld)
		require.NoError(t, err)
		require.Equal(t, client.ID, got.ID)
		require.Equal(t, "Entra", got.Name)
		if endOld {
			require.Zero(t, got.OldTokenUntil)
		} else {
			require.Equal(t, clock.Now().Add(people.SCIMTokenOverlap), got.OldTokenUntil)
		}
		return token
	}
	works := func(want bool, token string) {
		t.Helper()
		got, err := s.AuthenticateSCIM(t.Context(), token)
		if !want {
			requireCode(t, err, fault.Unauthenticated)
			return
		}
		require.NoError(t, err)
		require.Equal(t, client.ID, got.ID)
	}
	second := rotate(false)
	require.NotEqual(t, first, second)
	works(true, first)
	works(true, second)
	clock.Advance(time.Hour)
	third := rotate(false) // the answer with the second may have been lost
	for _, token := range []string{first, second, third} {
		works(true, token)
	}
	clock.Advance(people.SCIMTokenOverlap - time.Hour)
	works(false, first)
	works(true, second)
	page, err := s.ListSCIMClients(t.Context(), people.Cursor{}, 5)
	require.NoError(t, err)
	require.Equal(t, clock.Now().Add(time.Hour), page.Items[0].OldTokenUntil)
	clock.Advance(time.Hour)
	works(false, second)
	works(true, third)
	page, err = s.ListSCIMClients(t.Context(), people.Cursor{}, 5)
	require.NoError(t, err)
	require.Zero(t, page.Items[0].OldTokenUntil, "it has ended")

	fourth := rotate(false)
	fifth := rotate(true)
	for _, token := range []string{third, fourth} {
		works(false, token)
	}
	works(true, fifth)
	log, err := s.ListAudit(t.Context(), people.AuditFilter{TargetID: client.ID}, people.Cursor{}, 1)
	require.NoError(t, err)
	require.Equal(t, "scim_client.rotate", log.Items[0].Action)

	sixth := rotate(false)
	require.NoError(t, s.DeleteSCIMClient(t.Context(), actor, client.ID))
	works(false, fifth)
	works(false, sixth)
	for _, id := range []string{client.ID, "nobody"} {
		_, _, err = s.RotateSCIMToken(t.Context(), actor, id, false)
		requireCode(t, err, fault.NotFound)
	}
}

// scimAdoptsWhatIsLeft has a client take over what one that was removed has
// brought.
func scimAdoptsWhatIsLeft(t *testing.T, s *store.Store) {
	t.Helper()
	gone := addSCIMClient(t, s, "Entra")
	brought := func(userName, externalID string) people.SCIMUser {
		return people.SCIMUser{UserName: userName, ExternalID: externalID, Active: true}
	}
	add := func(client people.SCIMClient, userName, externalID string) people.SCIMUser {
		t.Helper()
		u, err := s.CreateSCIMUser(t.Context(), client, brought(userName, externalID))
		require.NoError(t, err)
		return u
	}
	group := func(client people.SCIMClient, name, externalID string, members ...string) people.SCIMGroup {
		t.Helper()
		g, _, err := s.CreateSCIMGroup(t.Context(), client, people.SCIMGroup{Name: name, ExternalID: externalID}, members)
		require.NoError(t, err)
		return g
	}
	anna, bram, cato := add(gone, "anna", "1"), add(gone, "bram", "2"), add(gone, "cato", "3")
	four, five := group(gone, "4A", "g4", anna.ID, bram.ID), group(gone, "5A", "", anna.ID, bram.ID)
	byHand, err := s.CreateGroup(t.Context(), actor, people.Group{Name: "6A"})
	require.NoError(t, err)
	_, _, err = s.UpdateSCIMUser(t.Context(), gone, bram.ID, nil, func(u people.SCIMUser) (people.SCIMUser, error) {
		u.Active = false
		return u, nil
	})
	require.NoError(t, err)
	rival := addSCIMClient(t, s, "Rival")
	require.NotEqual(t, anna.ID, add(rival, "anna", "1").ID, "another's while its client is there")
	require.NotEqual(t, four.ID, group(rival, "4A", "g4").ID)
	require.NoError(t, s.DeleteSCIMClient(t.Context(), actor, gone.ID))

	next := addSCIMClient(t, s, "Entra again")
	require.Equal(t, anna.ID, add(next, "anna.bakker", "1").ID, "by the external id")
	again := add(next, "BRAM", "")
	require.Equal(t, bram.ID, again.ID, "by the user name")
	require.True(t, again.Active)
	user, err := s.User(t.Context(), bram.ID)
	require.NoError(t, err)
	require.False(t, user.Disabled)
	require.Equal(t, four.ID, group(next, "Klas 4A", "g4").ID, "by the external id")
	read, err := s.Group(t.Context(), four.ID)
	require.NoError(t, err)
	require.Equal(t, "Klas 4A", read.Name)
	require.Equal(t, five.ID, group(next, "5a", "g5", anna.ID).ID, "by the name")
	members, err := s.SCIMMembers(t.Context(), next, four.ID, five.ID)
	require.NoError(t, err)
	require.Len(t, members[four.ID], 2, "who is named afterwards stays until then")
	require.Equal(t, []people.SCIMMember{{UserID: anna.ID, FullName: "anna.bakker"}}, members[five.ID])
	require.NotEqual(t, byHand.ID, group(next, "6A", "").ID, "nobody's group is not taken")
	log, err := s.ListAudit(t.Context(), people.AuditFilter{TargetID: four.ID}, people.Cursor{}, 9)
	require.NoError(t, err)
	require.Contains(t, names(log.Items, func(e people.AuditEntry) string { return e.Action }), "group.adopt")

	third := addSCIMClient(t, s, "Third")
	require.NotEqual(t, anna.ID, add(third, "anna", "1").ID, "the second client's")
	require.Equal(t, cato.ID, add(third, "cato", "3").ID)
}
