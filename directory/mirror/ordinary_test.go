package mirror_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"heraut/directory/ldap"
	"heraut/internal/testkit/directories"
	"heraut/people"
)

// ordinary is an account of a domain without any right of its own.
const (
	ordinary         = "reader@school.example"
	ordinaryPassword = "Reader-Pass-123"
	ordinaryPeople   = 60
)

// ordinaryDomain is the LDIF of people, of whom the third is disabled, one
// group, and the account that reads them.
func ordinaryDomain() string {
	var b strings.Builder
	for _, unit := range []string{"People", "Groups", "Staff"} {
		fmt.Fprintf(&b, "dn: OU=%s,%s\nobjectClass: organizationalUnit\nou: %[1]s\n\n", unit, directories.SambaSuffix)
	}
	for n := range ordinaryPeople {
		flags := 544
		if n == 3 {
			flags = 546
		}
		fmt.Fprintf(&b, "dn: %s\nobjectClass: user\nsAMAccountName: u%04d\ndisplayName: Person %04d\nmail: u%04d@school.example\nuserAccountControl: %d\n\n",
			domainPerson(n), n, n, n, flags)
	}
	fmt.Fprintf(&b, "dn: %s\nobjectClass: group\nsAMAccountName: class\nmember: %s\nmember: %s\n\n", domainGroup("class"), domainPerson(5), domainPerson(6))
	fmt.Fprintf(&b, "dn: CN=reader,CN=Users,%s\nobjectClass: user\nsAMAccountName: reader\nuserPrincipalName: %s\nuserAccountControl: 512\n"+
		"clearTextPassword:: %s\n\n", directories.SambaSuffix, ordinary, utf16Text(ordinaryPassword))
	return b.String()
}

// utf16Text is how a domain wants passwords.
func utf16Text(text string) string {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = append(raw, byte(unit), byte(unit>>8))
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// bindOrdinary binds the people of a domain by its ordinary account.
func bindOrdinary(t *testing.T) (*campus, *directories.Samba, people.DirectoryConfig) {
	t.Helper()
	server := directories.StartSamba(t, ordinaryDomain())
	config := server.Config()
	config.BindDN = ordinary
	config.People.BaseDN, config.Groups.BaseDN = "OU=People,"+directories.SambaSuffix, "OU=Groups,"+directories.SambaSuffix
	return bind(t, config, ordinaryPassword), server, config
}

// TestOrdinaryAccountOfADomain is what most schools let read their domain.
func TestOrdinaryAccountOfADomain(t *testing.T) {
	t.Parallel()
	c, server, config := bindOrdinary(t)
	require.Equal(t, ordinaryPeople-1, c.good(false).Report.People.Created, "nobody is made for who is disabled")
	server.Modify(t, change(domainPerson(7), "modify", "replace: userAccountControl", "userAccountControl: 546"))
	require.Equal(t, 1, c.good(false).Report.People.Disabled)

	server.Modify(t, harden())
	steps := ldap.Test(t.Context(), config, ordinaryPassword, nil)
	last := steps[len(steps)-1]
	require.Equal(t, "people", last.Name)
	require.False(t, last.OK)
	require.Contains(t, last.Detail, "userAccountControl")
	hidden := c.good(true)
	require.Zero(t, hidden.Report.People.Created, "the third may be disabled, and is not made")
	require.True(t, c.user("Person 0007").Disabled, "and nobody is enabled by what can not be read")
	require.Equal(t, []int{1, 1}, []int{hidden.Report.Refused, hidden.Report.Warnings}, "%v", c.problems(hidden))
	require.Equal(t, ordinaryPeople-1, c.users())
}

// harden takes from everybody who signs in what they may read beyond names, as
// guides advise.
func harden() string {
	return change("CN=Pre-Windows 2000 Compatible Access,CN=Builtin,"+directories.SambaSuffix, "modify",
		"delete: member", "member: CN=S-1-5-11,CN=ForeignSecurityPrincipals,"+directories.SambaSuffix)
}
