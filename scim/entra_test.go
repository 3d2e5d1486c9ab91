package scim_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/scim"
)

// TestEntraCreatesAUser is the beginning of every Entra job: it asks for a user
// name that nobody has, looks whether the person is there, and makes it.
func TestEntraCreatesAUser(t *testing.T) {
	h := newHouse(t)
	require.Empty(t, h.find("Users", `userName eq "8f6a2b1c-0f3e-4a7d-9c55-2f6f1f0b7a11"`, ""))
	require.Empty(t, h.find("Users", `userName eq "anna@school.example"`, ""))

	made := h.call(http.MethodPost, "/scim/v2/Users", entraUser("anna"))
	anna := made.ok(http.StatusCreated)
	require.Equal(t, "https://heraut.example/scim/v2/Users/"+id(anna), made.header.Get("Location"))
	require.Equal(t, "anna@school.example", anna["userName"])
	require.Equal(t, "anna", anna["externalId"])
	require.Equal(t, true, anna["active"])
	require.Equal(t, []any{object{"value": "anna@school.example", "type": "work", "primary": true}}, anna["emails"])
	require.NotContains(t, anna, "title", "what is not kept is not shown")
	meta := part[object](anna, "meta")
	require.Equal(t, "User", meta["resourceType"])
	require.Equal(t, made.header.Get("ETag"), meta["version"])

	user := h.user(id(anna))
	require.Equal(t, "anna Bakker", user.FullName)
	require.Equal(t, "anna@school.example", user.Email)
	require.Equal(t, "nl", user.Language)
	require.False(t, user.ManagedDistribution)
	require.Empty(t, user.ExternalID, "the client's own id means nothing to others")

	for _, filter := range []string{
		`userName eq "anna@school.example"`, `USERNAME Eq "ANNA@school.EXAMPLE"`, `externalId eq "anna"`, `id eq "` + id(anna) + `"`,
		`emails[type eq "work"].value eq "anna@school.example" and userName eq "anna@school.example"`,
		`emails.value eq "Anna@school.example"`, `emails eq "anna@school.example"`, `emails[value eq "anna@school.example"]`,
		`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "anna@school.example"`,
		`userName eq "anna@school.example" and active eq true`, `userName eq "anna@school.example" and (name.familyName sw "b" or title pr)`,
	} {
		found := h.find("Users", filter, "")
		require.Len(t, found, 1, filter)
		require.Equal(t, id(anna), id(found[0]))
	}
	for _, filter := range []string{
		`userName eq "anna@school.example" and active eq false`, `userName eq "anna@school.example" and not (active eq true)`,
		`externalId eq "ANNA"`, `userName eq "anna@school.example" and externalId eq "bram"`,
	} {
		require.Empty(t, h.find("Users", filter, ""), filter)
	}
}

func TestEntraMeetsAUserNameThatIsTaken(t *testing.T) {
	h := newHouse(t)
	h.add("anna")
	h.call(http.MethodPost, "/scim/v2/Users", strings.ReplaceAll(entraUser("anna"), "anna@", "ANNA@")).refused(http.StatusConflict, "uniqueness")
	bram := h.add("bram")
	h.patch("/scim/v2/Users/"+id(bram), `{"op":"Replace","path":"userName","value":"Anna@School.example"}`).refused(http.StatusConflict, "uniqueness")
}

// TestExternalIDsAreOneUsers: a lookup that finds two is an error at the
// provider's side.
func TestExternalIDsAreOneUsers(t *testing.T) {
	h := newHouse(t)
	h.add("anna")
	h.call(http.MethodPost, "/scim/v2/Users", `{"externalId":"anna","userName":"other"}`).refused(http.StatusConflict, "uniqueness")
	bram := id(h.add("bram"))
	h.patch("/scim/v2/Users/"+bram, `{"op":"Replace","path":"externalId","value":"anna"}`).refused(http.StatusConflict, "uniqueness")
	require.Len(t, h.find("Users", `externalId eq "anna"`, ""), 1)
	h.call(http.MethodPost, "/scim/v2/Groups", `{"externalId":"g","displayName":"4A"}`).ok(http.StatusCreated)
	h.call(http.MethodPost, "/scim/v2/Groups", `{"externalId":"g","displayName":"5A"}`).refused(http.StatusConflict, "uniqueness")
	_, h.token = h.newClient("Okta")
	h.call(http.MethodPost, "/scim/v2/Groups", `{"externalId":"g","displayName":"4A"}`).ok(http.StatusCreated)
}

// TestEntraDisablesAUser: Entra writes operations with a capital, and truth
// values as texts.
func TestEntraDisablesAUser(t *testing.T) {
	h := newHouse(t)
	anna := id(h.add("anna"))
	path := "/scim/v2/Users/" + anna
	for _, c := range []struct {
		operation string
		active    bool
	}{
		{`{"op":"Replace","path":"active","value":"False"}`, false},
		{`{"op":"replace","path":"active","value":"True"}`, true},
		{`{"op":"Replace","value":{"active":false}}`, false},
		{`{"op":"Add","path":"active","value":true}`, true},
		{`{"op":"REPLACE","path":"urn:ietf:params:scim:schemas:core:2.0:User:active","value":"false"}`, false},
	} {
		got := h.patch(path, c.operation).ok(http.StatusOK)
		require.Equal(t, c.active, got["active"], c.operation)
		require.Equal(t, c.active, !h.user(anna).Disabled)
	}
	require.Equal(t, []string{anna, anna, anna, anna, anna}, h.office.users)
	require.Equal(t, 5, h.office.content, "licenses follow")
	h.patch(path, `{"op":"Replace","path":"active","value":"False"}`).ok(http.StatusOK)
	require.Len(t, h.office.users, 5, "nothing has changed")
	found := h.find("Users", `userName eq "anna@school.example"`, "")
	require.Equal(t, false, found[0]["active"], "who is disabled is still found")
	h.patch(path, `{"op":"Replace","path":"active","value":"perhaps"}`).refused(http.StatusBadRequest, "invalidValue")
}

// TestEntraChangesAUser has the paths that Entra writes for what it has mapped.
func TestEntraChangesAUser(t *testing.T) {
	h := newHouse(t)
	anna := h.call(http.MethodPost, "/scim/v2/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"anna@school.example","active":"True"}`).ok(http.StatusCreated)
	path := "/scim/v2/Users/" + id(anna)
	require.Equal(t, "anna@school.example", h.user(id(anna)).FullName, "a name is needed")

	got := h.patch(path, `{"op":"Add","path":"emails[type eq \"work\"].value","value":"anna@work.example"},
		{"op":"Add","path":"name.givenName","value":"Anna"},{"op":"Add","path":"name.familyName","value":"Bakker"},
		{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"4A"},
		{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager","value":[{"$ref":"x","value":"y"}]},
		{"op":"Add","path":"phoneNumbers[type eq \"mobile\"].value","value":"06"},{"op":"Add","path":"roles","value":[{"value":"x"}]}`).ok(http.StatusOK)
	require.Equal(t, []any{object{"type": "work", "value": "anna@work.example", "primary": false}}, got["emails"], "made, for there was none")
	user := h.user(id(anna))
	require.Equal(t, "Anna Bakker", user.FullName)
	require.Equal(t, "anna@work.example", user.Email)

	h.patch(path, `{"op":"Replace","path":"emails[type eq \"work\"].value","value":"new@work.example"},
		{"op":"Replace","path":"displayName","value":"Anna B."},{"op":"Replace","path":"preferredLanguage","value":"en-GB"}`).ok(http.StatusOK)
	user = h.user(id(anna))
	require.Equal(t, people.User{FullName: "Anna B.", Email: "new@work.example", Language: "en"}, people.User{FullName: user.FullName, Email: user.Email, Language: user.Language})

	got = h.patch(path, `{"op":"Replace","path":"emails[type eq \"home\"].value","value":"anna@home.example"},
		{"op":"Replace","path":"emails[type eq \"home\"].primary","value":"True"}`).ok(http.StatusOK)
	require.Len(t, got["emails"], 2)
	require.Equal(t, "anna@home.example", h.user(id(anna)).Email, "the primary one")

	h.patch(path, `{"op":"Remove","path":"emails[type eq \"home\"].value"},{"op":"Remove","path":"displayName"}`).ok(http.StatusOK)
	user = h.user(id(anna))
	require.Equal(t, "new@work.example", user.Email)
	require.Equal(t, "Anna Bakker", user.FullName)
	h.patch(path, `{"op":"Remove","path":"emails"}`).ok(http.StatusOK)
	require.Empty(t, h.user(id(anna)).Email)
}

// TestEntraPatchesWithoutAPath: the value names the attributes, dotted and with
// URNs before them.
func TestEntraPatchesWithoutAPath(t *testing.T) {
	h := newHouse(t)
	anna := id(h.add("anna"))
	h.patch("/scim/v2/Users/"+anna, `{"op":"replace","value":{"displayName":"Anna Visser","name.familyName":"Visser",
		"emails[type eq \"work\"].value":"visser@school.example",
		"urn:ietf:params:scim:schemas:core:2.0:User:preferredLanguage":"en",
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department":"5A",
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"costCenter":"1"},
		"urn:ietf:params:scim:schemas:core:2.0:User":{"externalId":"visser"},"x509Certificates":null}}`).ok(http.StatusOK)
	user := h.user(anna)
	require.Equal(t, "Anna Visser", user.FullName)
	require.Equal(t, "visser@school.example", user.Email)
	require.Equal(t, "en", user.Language)
	got := h.find("Users", `externalId eq "visser"`, "")
	require.Equal(t, object{"formatted": "anna Bakker", "givenName": "anna", "familyName": "Visser"}, got[0]["name"])
}

// TestEntraGroups: it finds groups by their name without members, and takes
// members away by a list of them.
func TestEntraGroups(t *testing.T) {
	h := newHouse(t)
	anna, bram, cato := id(h.add("anna")), id(h.add("bram")), id(h.add("cato"))
	require.Empty(t, h.find("Groups", `displayName eq "4A"`, "&excludedAttributes=members"))
	group := h.call(http.MethodPost, "/scim/v2/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
		"externalId":"8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159","displayName":"4A","meta":{"resourceType":"Group"}}`).ok(http.StatusCreated)
	path := "/scim/v2/Groups/" + id(group)

	add := h.patch(path, `{"op":"Add","path":"members","value":[{"$ref":null,"value":"`+anna+`"},{"$ref":null,"value":"`+bram+`"}]},
		{"op":"Add","path":"members","value":[{"value":"`+cato+`"}]}`)
	add.ok(http.StatusNoContent)
	require.NotEmpty(t, add.header.Get("ETag"))
	require.Len(t, h.get(path).ok(http.StatusOK)["members"], 3)
	require.NotContains(t, h.get(path+"?excludedAttributes=members").ok(http.StatusOK), "members")

	h.patch(path, `{"op":"Remove","path":"members","value":[{"$ref":null,"value":"`+bram+`"}]},{"op":"Remove","path":"members","value":[{"value":"nobody"}]}`).ok(http.StatusNoContent)
	for filter, n := range map[string]int{
		`id eq "` + id(group) + `" and members eq "` + anna + `"`:        1,
		`id eq "` + id(group) + `" and members[value eq "` + anna + `"]`: 1,
		`id eq "` + id(group) + `" and members.value eq "` + bram + `"`:  0,
		`members eq "` + cato + `"`:                                      1,
		`displayName eq "4a"`:                                            1,
		`externalId eq "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159"`:           1,
		`displayName eq "4Á"`:                                            0,
	} {
		require.Len(t, h.find("Groups", filter, "&attributes=id"), n, filter)
	}
	h.patch(path, `{"op":"Replace","path":"displayName","value":"Klas 4A"}`).ok(http.StatusNoContent)
	found := h.find("Groups", `displayName eq "klas 4a"`, "&excludedAttributes=members")
	require.Len(t, found, 1)
	require.NotContains(t, found[0], "members")
	h.call(http.MethodDelete, path, "").ok(http.StatusNoContent)
	h.get(path).refused(http.StatusNotFound, "")
}

func TestEntraDeletesAUser(t *testing.T) {
	h := newHouse(t)
	anna := h.add("anna")
	path := "/scim/v2/Users/" + id(anna)
	h.call(http.MethodDelete, path, "").ok(http.StatusNoContent)
	require.Equal(t, []string{id(anna)}, h.office.users)
	h.get(path).refused(http.StatusNotFound, "")
	h.call(http.MethodDelete, path, "").refused(http.StatusNotFound, "")
	h.patch(path, `{"op":"Replace","path":"active","value":"False"}`).refused(http.StatusNotFound, "")
	require.NotEqual(t, id(anna), id(h.add("anna")), "another person")
}

// TestMembersWhoAreGone are left out, so that the others become members: Entra
// ID would repeat a refused request for ever.
func TestMembersWhoAreGone(t *testing.T) {
	var log written
	h := newHouse(t, func(d *scim.Dependencies, _ *scim.Options) { d.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	anna, gone := id(h.add("anna")), id(h.add("gone"))
	h.call(http.MethodDelete, "/scim/v2/Users/"+gone, "").ok(http.StatusNoContent)
	members := `[{"value":"` + gone + `"},{"value":"` + anna + `"},{"value":"someone@school.example"}]`
	only := []any{object{"value": anna, "display": "anna Bakker", "type": "User", "$ref": "https://heraut.example/scim/v2/Users/" + anna}}

	made := h.call(http.MethodPost, "/scim/v2/Groups", `{"displayName":"4A","members":`+members+`}`).ok(http.StatusCreated)
	require.Equal(t, only, made["members"])
	path := "/scim/v2/Groups/" + id(made)
	require.Contains(t, log.String(), "level=WARN")
	require.Contains(t, log.String(), "count=2 ids=["+gone+"]")
	require.NotContains(t, log.String(), "someone@school.example")
	require.Equal(t, only, h.call(http.MethodPut, path, `{"displayName":"4A","members":`+members+`}`).ok(http.StatusOK)["members"])
	h.patch(path, `{"op":"Remove","path":"members"},{"op":"Add","path":"members","value":`+members+`}`).ok(http.StatusNoContent)
	require.Equal(t, only, h.get(path).ok(http.StatusOK)["members"])
	warned := strings.Count(log.String(), "level=WARN")
	h.patch(path, `{"op":"Remove","path":"members","value":`+members+`}`).ok(http.StatusNoContent)
	require.Equal(t, warned, strings.Count(log.String(), "level=WARN"), "to remove who is not there is no trouble")
}
