package ldap

import (
	"strings"

	ldap "github.com/go-ldap/ldap/v3"
)

// canonical writes a DN in one way, so that those that mean the same entry are
// the same text: small letters, no blanks around signs, escapes as the library
// writes them. What is no DN stays as it is.
func canonical(dn string) string {
	if plain(dn) {
		return strings.ToLower(dn)
	}
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return strings.ToLower(strings.TrimSpace(dn))
	}
	return strings.ToLower(parsed.String())
}

// below tells whether an entry is at a base or below it.
func below(dn, base string) bool {
	name, under := canonical(dn), canonical(base)
	return name == under || strings.HasSuffix(name, ","+under)
}

// plain tells that a DN needs no parsing, as nearly all that servers write.
func plain(dn string) bool {
	return !strings.ContainsAny(dn, `\"+;#<>`) && !strings.Contains(dn, ", ") && !strings.Contains(dn, " ,") &&
		!strings.Contains(dn, "= ") && !strings.Contains(dn, " =") && !strings.HasSuffix(dn, " ")
}
