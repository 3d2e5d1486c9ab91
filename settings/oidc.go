package settings

import (
	"net/url"
	"slices"
	"strings"

	"heraut/fault"
)

// NameOIDC is the setting of the identity provider that administrators sign
// in at; its client secret is the secret beside the document.
const NameOIDC Name = "oidc"

// OIDC is the identity provider (OpenID Connect) that administrators may sign
// in at, besides passphrases.
type OIDC struct {
	// Issuer is the provider's address, as its discovery document names it.
	Issuer   string `json:"issuer"`
	ClientID string `json:"client_id"`
	// ClientSecret is write only; empty for a public client, which PKCE guards.
	ClientSecret string `json:"-"`
	// RoleClaim is the claim of the ID token whose values Roles maps, such as
	// "groups", or "realm_access.roles" for one inside another; empty: everybody
	// has DefaultRole.
	RoleClaim string `json:"role_claim"`
	// Roles map values of the claim to viewer, operator or admin. Of several
	// the highest counts.
	Roles map[string]string `json:"roles"`
	// DefaultRole is for whom no value maps; empty: they may not sign in.
	DefaultRole string `json:"default_role"`
	// ButtonLabel is what the button on the sign-in page names; empty: nothing
	// but that one signs in elsewhere.
	ButtonLabel string `json:"button_label"`
}

// Bounds of what an identity provider is told of.
const (
	maxIssuer   = 500
	maxClientID = 300
	maxRoles    = 200
)

// Set tells whether there is an identity provider.
func (o OIDC) Set() bool { return o.Issuer != "" }

// Check tells what is wrong, with a JSON pointer for each field.
func (o OIDC) Check() error {
	var fields []fault.Field
	add := func(pointer, message string) {
		fields = append(fields, fault.Field{Pointer: pointer, Message: message})
	}
	checkIssuer(add, o.Issuer)
	if o.ClientID == "" {
		add("/client_id", "Give the id that the identity provider knows Heraut by.")
	}
	checkLine(add, "/client_id", o.ClientID, maxClientID)
	checkLine(add, "/client_secret", o.ClientSecret, maxClientID)
	checkLine(add, "/role_claim", o.RoleClaim, maxClientID)
	checkLine(add, "/button_label", o.ButtonLabel, 60)
	o.checkRoles(add)
	if len(fields) > 0 {
		return fault.Invalid(fields...)
	}
	return nil
}

func checkIssuer(add func(pointer, message string), issuer string) {
	u, err := url.Parse(issuer)
	switch {
	case err != nil || len(issuer) > maxIssuer || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		add("/issuer", "Give the provider's address, such as https://id.example.org.")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		add("/issuer", "Leave out user, query and fragment.")
	case u.Scheme == "http" && !near(u.Hostname()):
		add("/issuer", "Use https: who signs in would be decided over a connection that anybody can change.")
	}
}

func (o OIDC) checkRoles(add func(pointer, message string)) {
	const use = "Use viewer, operator or admin."
	if len(o.Roles) > maxRoles {
		add("/roles", "Map at most 200 values.")
		return
	}
	for value, role := range o.Roles {
		pointer := "/roles/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(value)
		if rank(role) < 0 {
			add(pointer, use)
		}
		checkLine(add, pointer, value, maxClientID)
	}
	if o.DefaultRole != "" && rank(o.DefaultRole) < 0 {
		add("/default_role", use)
	}
	switch {
	case o.RoleClaim == "" && len(o.Roles) > 0:
		add("/role_claim", "Name the claim that holds these values.")
	case o.DefaultRole == "" && len(o.Roles) == 0:
		add("/default_role", "Give a role, or map values of a claim to roles: nobody could sign in.")
	}
}

// RoleOf is the role of somebody whose claim has the values; empty: none.
func (o OIDC) RoleOf(values []string) string {
	best := -1
	for _, value := range values {
		if role, mapped := o.Roles[value]; mapped {
			best = max(best, rank(role))
		}
	}
	if best < 0 {
		return o.DefaultRole
	}
	return roles[best]
}

// roles are the roles of package people, from the least to the most.
var roles = []string{"viewer", "operator", "admin"}

func rank(role string) int { return slices.Index(roles, role) }
