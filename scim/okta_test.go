package scim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// oktaUser is a user as Okta makes and replaces it.
func oktaUser(id, name string, active bool) string {
	return fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],%s"userName":"%s@school.example",
		"name":{"givenName":"%s","middleName":"","familyName":"Visser"},
		"emails":[{"primary":true,"value":"%s@school.example","type":"work","display":"%s@school.example"}],
		"displayName":"%s Visser","locale":"en-US","externalId":"00u%s","groups":[],"password":"1mz050nq","active":%t}`,
		id, name, name, name, name, name, name, active)
}

func (h *house) addOkta(name string) string {
	h.t.Helper()
	return id(h.call(http.MethodPost, "/scim/v2/Users", oktaUser("", name, true)).ok(http.StatusCreated))
}

func TestOktaLooksAndCreates(t *testing.T) {
	h := newHouse(t)
	require.Empty(t, h.get("/scim/v2/Users?startIndex=1&count=2").list())
	require.Empty(t, h.get("/scim/v2/Groups?startIndex=1&count=100").list())
	require.Empty(t, h.find("Users", `userName eq "dirk@school.example"`, "&startIndex=1&count=100"))
	dirk := h.addOkta("dirk")
	require.Equal(t, "dirk Visser", h.user(dirk).FullName)
	got := h.get("/scim/v2/Users/" + dirk)
	require.NotContains(t, got.text, "1mz050nq", "passwords are not kept")
	require.Equal(t, "00udirk", got.body["externalId"])
}

// TestOktaReplacesAUser: Okta reads a user and writes all of it back.
func TestOktaReplacesAUser(t *testing.T) {
	h := newHouse(t)
	dirk := h.addOkta("dirk")
	path := "/scim/v2/Users/" + dirk
	body := strings.ReplaceAll(oktaUser(`"id":"`+dirk+`","meta":{"resourceType":"User"},`, "dirk", true), "dirk Visser", "Dirk de Vries")
	got := h.call(http.MethodPut, path, body).ok(http.StatusOK)
	require.Equal(t, "Dirk de Vries", got["displayName"])
	require.Equal(t, "Dirk de Vries", h.user(dirk).FullName)

	h.call(http.MethodPut, path, `{"userName":"dirk@school.example","name":{"givenName":"D."}}`).ok(http.StatusOK)
	require.Equal(t, "D.", h.user(dirk).FullName, "what is left out is gone")
	require.Empty(t, h.user(dirk).Email)
	require.False(t, h.user(dirk).Disabled, "nothing was said of active")
	h.call(http.MethodPut, path, oktaUser("", "dirk", false)).ok(http.StatusOK)
	require.True(t, h.user(dirk).Disabled)
	h.call(http.MethodPut, path, `{"displayName":"without a user name"}`).refused(http.StatusBadRequest, "invalidValue")
}

func TestOktaDeactivatesAndReactivates(t *testing.T) {
	h := newHouse(t)
	dirk := h.addOkta("dirk")
	require.Equal(t, false, h.patch("/scim/v2/Users/"+dirk, `{"op":"replace","value":{"active":false}}`).ok(http.StatusOK)["active"])
	require.True(t, h.user(dirk).Disabled)
	require.Equal(t, true, h.patch("/scim/v2/Users/"+dirk, `{"op":"replace","value":{"active":true}}`).ok(http.StatusOK)["active"])
	require.False(t, h.user(dirk).Disabled)
}

// TestOktaPushesAGroup has each way in which Okta writes a group.
func TestOktaPushesAGroup(t *testing.T) {
	h := newHouse(t)
	anna, bram, cato := h.addOkta("anna"), h.addOkta("bram"), h.addOkta("cato")
	group := h.call(http.MethodPost, "/scim/v2/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Team",
		"members":[{"value":"`+anna+`","display":"anna@school.example"}]}`).ok(http.StatusCreated)
	require.Len(t, group["members"], 1)
	path := "/scim/v2/Groups/" + id(group)
	members := func() []string {
		t.Helper()
		all, err := h.store.SCIMMembers(t.Context(), h.client, id(group))
		require.NoError(t, err)
		names := []string{}
		for _, m := range all[id(group)] {
			names = append(names, strings.Fields(m.FullName)[0])
		}
		return names
	}
	for _, c := range []struct {
		operations string
		members    []string
	}{
		{`{"op":"replace","value":{"id":"` + id(group) + `","displayName":"Team 2"}}`, []string{"anna"}},
		{`{"op":"add","path":"members","value":[{"value":"` + bram + `","display":"bram@school.example"}]}`, []string{"anna", "bram"}},
		{`{"op":"remove","path":"members[value eq \"` + anna + `\"]"},{"op":"add","path":"members","value":[{"value":"` + cato + `"}]}`, []string{"bram", "cato"}},
		{`{"op":"replace","path":"members","value":[{"value":"` + anna + `"},{"value":"` + cato + `"}]}`, []string{"anna", "cato"}},
		{`{"op":"remove","path":"members[value eq \"` + anna + `\" or value eq \"` + cato + `\"]"}`, []string{}},
		{`{"op":"add","value":{"members":[{"value":"` + bram + `"}]}}`, []string{"bram"}},
		{`{"op":"remove","path":"members"}`, []string{}},
	} {
		h.patch(path, c.operations).ok(http.StatusNoContent)
		require.Equal(t, c.members, members(), c.operations)
	}
	got := h.call(http.MethodPut, path, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"`+id(group)+`","displayName":"Team 3",
		"members":[{"value":"`+cato+`","display":"cato"}]}`).ok(http.StatusOK)
	require.Equal(t, "Team 3", got["displayName"])
	require.Equal(t, []string{"cato"}, members())
	shown := h.patch(path+"?attributes=members.value", `{"op":"add","path":"members","value":[{"value":"`+anna+`"}]}`).ok(http.StatusOK)
	require.Equal(t, []any{object{"value": anna}, object{"value": cato}}, shown["members"])
	require.Positive(t, h.office.content)
	h.call(http.MethodPut, path, `{"displayName":"Team 3"}`).ok(http.StatusOK)
	require.Empty(t, members())
}
