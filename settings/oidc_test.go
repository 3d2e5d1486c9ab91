package settings

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func goodOIDC() OIDC {
	return OIDC{
		Issuer: "https://id.example.org/realms/school", ClientID: "heraut", RoleClaim: "groups",
		Roles: map[string]string{"teachers": "operator", "ict": "admin", "all": "viewer"},
	}
}

func TestOIDCCheck(t *testing.T) {
	require.NoError(t, goodOIDC().Check())
	require.False(t, OIDC{}.Set())
	require.True(t, goodOIDC().Set())
	near := goodOIDC()
	near.Issuer = "http://127.0.0.1:9000"
	require.NoError(t, near.Check())
	for pointer, change := range map[string]func(*OIDC){
		"/issuer: Give":         func(o *OIDC) { o.Issuer = "id.example.org" },
		"/issuer: Use https":    func(o *OIDC) { o.Issuer = "http://id.example.org" },
		"/issuer: Leave":        func(o *OIDC) { o.Issuer = "https://id.example.org?x=1" },
		"/client_id: Give":      func(o *OIDC) { o.ClientID = "" },
		"/client_id: Leave":     func(o *OIDC) { o.ClientID = "a\nb" },
		"/client_secret":        func(o *OIDC) { o.ClientSecret = "a\x00" },
		"/button_label":         func(o *OIDC) { o.ButtonLabel = strings.Repeat("x", 61) },
		"/roles/a~1b: Use":      func(o *OIDC) { o.Roles["a/b"] = "owner" },
		"/default_role: Use":    func(o *OIDC) { o.DefaultRole = "owner" },
		"/default_role: Give":   func(o *OIDC) { o.Roles = nil },
		"/role_claim: Name the": func(o *OIDC) { o.RoleClaim = "" },
		"/roles: Map": func(o *OIDC) {
			for n := range 201 {
				o.Roles[strings.Repeat("x", n)] = "viewer"
			}
		},
	} {
		bad := goodOIDC()
		change(&bad)
		require.ErrorContains(t, bad.Check(), pointer)
	}
}

func TestOIDCRoleOf(t *testing.T) {
	o := goodOIDC()
	for want, values := range map[string][]string{
		"admin": {"all", "ict", "teachers"}, "operator": {"teachers", "all"}, "viewer": {"all", "unknown"}, "": {"unknown"},
	} {
		require.Equal(t, want, o.RoleOf(values))
	}
	o.DefaultRole = "viewer"
	require.Equal(t, "viewer", o.RoleOf(nil))
	require.Equal(t, "admin", o.RoleOf([]string{"ict"}))
}

func TestOIDCRolesAreThoseOfPeople(t *testing.T) {
	for n, role := range roles {
		require.True(t, people.Role(role).Known())
		require.Equal(t, n > 0, n > 0 && people.Role(role).Includes(people.Role(roles[max(n-1, 0)])))
	}
}
