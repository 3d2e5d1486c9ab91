package scim_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOneAddressIsPrimary: a PATCH that makes an address the primary one takes
// that from the one before, and invitations follow.
func TestOneAddressIsPrimary(t *testing.T) {
	for _, operation := range []string{
		`{"op":"add","path":"emails","value":[{"type":"home","value":"new@school.example","primary":true}]}`,
		`{"op":"Add","path":"emails","value":{"type":"home","value":"new@school.example","primary":"True"}}`,
		`{"op":"add","value":{"emails":[{"type":"home","value":"new@school.example","primary":true}]}}`,
		`{"op":"add","path":"emails[type eq \"home\"]","value":{"value":"new@school.example","primary":true}}`,
		`{"op":"Add","path":"emails[type eq \"home\"].value","value":"new@school.example"},{"op":"Replace","path":"emails[type eq \"home\"].primary","value":"True"}`,
		`{"op":"add","path":"emails","value":[{"type":"home","value":"new@school.example"}]},{"op":"replace","path":"emails[value eq \"new@school.example\"].primary","value":true}`,
	} {
		h := newHouse(t)
		anna := id(h.add("anna"))
		got := h.patch("/scim/v2/Users/"+anna, operation).ok(http.StatusOK)
		require.Equal(t, []any{
			object{"value": "anna@school.example", "type": "work", "primary": false},
			object{"value": "new@school.example", "type": "home", "primary": true},
		}, got["emails"], operation)
		require.Equal(t, "new@school.example", h.user(anna).Email, operation)
		for _, filter := range []string{
			`emails[type eq "home"].value eq "NEW@school.example"`, `emails[type eq "work"].value eq "anna@school.example"`,
			`emails.value eq "anna@school.example"`, `emails[type eq "home" and value eq "new@school.example"]`, `emails eq "new@school.example"`,
		} {
			require.Len(t, h.find("Users", filter, ""), 1, filter)
		}
		require.Empty(t, h.find("Users", `emails[type eq "home"].value eq "anna@school.example"`, ""))
	}
}

// TestPrimaryStaysWhereItIs: an operation that makes none primary takes it from
// none.
func TestPrimaryStaysWhereItIs(t *testing.T) {
	h := newHouse(t)
	anna := id(h.add("anna"))
	h.patch("/scim/v2/Users/"+anna, `{"op":"add","path":"emails","value":[{"type":"home","value":"home@school.example"}]},
		{"op":"replace","path":"emails[type eq \"work\"].value","value":"work@school.example"},
		{"op":"add","path":"emails","value":[{"type":"work","value":"work@school.example","primary":true}]}`).ok(http.StatusOK)
	require.Equal(t, "work@school.example", h.user(anna).Email)
	require.Len(t, h.find("Users", `emails[primary eq true].value eq "work@school.example"`, ""), 1)
	h.patch("/scim/v2/Users/"+anna, `{"op":"replace","path":"emails[type eq \"work\"].primary","value":false}`).ok(http.StatusOK)
	require.Empty(t, h.find("Users", `emails[primary eq true].value eq "work@school.example"`, ""))
	require.Equal(t, "work@school.example", h.user(anna).Email, "that of work where none is primary")
}
