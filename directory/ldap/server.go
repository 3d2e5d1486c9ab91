package ldap

import (
	"slices"
	"strings"

	ldap "github.com/go-ldap/ldap/v3"

	"heraut/people"
)

// server is what a server says of itself in its root DSE (RFC 4512, 5.1).
type server struct {
	kind    people.DirectoryKind
	context string // the naming context that the base belongs to
	paging  bool
	syncing bool // RFC 4533, content synchronization
}

const (
	// capabilityAD stands in the root DSE of Active Directory alone ([MS-ADTS] 3.1.1.3.4.3.1).
	capabilityAD = "1.2.840.113556.1.4.800"
	// attributeApple is in the schema of Open Directory alone.
	attributeApple = "apple-generateduid"
)

// ask reads what the server is; a kind that was set is taken at its word.
func (l *link) ask(kind people.DirectoryKind, base string) (server, error) {
	root, err := l.read("", "objectClass", "supportedCapabilities", "supportedControl", "namingContexts", "defaultNamingContext", "subschemaSubentry")
	if err != nil {
		return server{}, err
	}
	controls := root.GetAttributeValues("supportedControl")
	s := server{
		kind: kind, context: contextOf(root, base), paging: slices.Contains(controls, ldap.ControlTypePaging),
		syncing: slices.Contains(controls, ldap.ControlTypeSyncRequest),
	}
	switch {
	case kind != people.DirectoryAuto:
	case slices.Contains(root.GetAttributeValues("supportedCapabilities"), capabilityAD):
		s.kind = people.ActiveDirectory
	case l.hasAppleSchema(root.GetAttributeValue("subschemaSubentry")):
		s.kind = people.OpenDirectory
	default:
		s.kind = people.OpenLDAP
	}
	return s, nil
}

// read reads one entry.
func (l *link) read(dn string, attributes ...string) (*ldap.Entry, error) {
	return l.readWith(dn, "(objectClass=*)", attributes...)
}

func (l *link) readWith(dn, filter string, attributes ...string) (*ldap.Entry, error) {
	result, err := l.Search(ldap.NewSearchRequest(dn, ldap.ScopeBaseObject, ldap.NeverDerefAliases, 0, 0, false, filter, attributes, nil))
	if err != nil {
		return nil, searching(l.host, dn, err)
	}
	if len(result.Entries) != 1 {
		return nil, say(nil, "%s does not show %q to this account.", l.host, dn)
	}
	return result.Entries[0], nil
}

// hasAppleSchema looks for Apple's attributes in the schema. A server that
// does not show it has none.
func (l *link) hasAppleSchema(dn string) bool {
	if dn == "" {
		return false
	}
	schema, err := l.readWith(dn, "(objectClass=subschema)", "attributeTypes")
	if err != nil {
		return false
	}
	return slices.ContainsFunc(schema.GetAttributeValues("attributeTypes"), func(text string) bool {
		return strings.Contains(strings.ToLower(text), "'"+attributeApple+"'")
	})
}

// contextOf finds the naming context that holds the base.
func contextOf(root *ldap.Entry, base string) string {
	for _, name := range root.GetAttributeValues("namingContexts") {
		if below(base, name) {
			return name
		}
	}
	return root.GetAttributeValue("defaultNamingContext")
}
