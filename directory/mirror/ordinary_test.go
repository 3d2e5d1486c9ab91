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

// ordinaryDomain is the LDIF of people, of whom the third is disabled, two
// groups, and the account that reads them.
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
	fmt.Fprintf(&b, "dn: %s\nobjectClass: group\nsAMAccountName: club\n\n", domainGroup("club"))
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
	c.followsDeletions(server)

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
	require.Equal(t, ordinaryPeople-4, c.users())
}

// followsDeletions deletes one, moves one out of reach and deletes a group: an
// ordinary account is shown no tombstone, and sees that they are missing.
func (c *campus) followsDeletions(server *directories.Samba) {
	c.t.Helper()
	before := c.state()
	require.Equal(c.t, people.RunIncremental, c.good(false).Mode)
	require.Equal(c.t, before, c.state(), "an unchanged domain writes nothing")
	server.Modify(c.t, change(domainPerson(4), "delete"))
	run := c.good(false)
	require.Equal(c.t, people.RunIncremental, run.Mode)
	require.Equal(c.t, 1, run.Report.People.Gone)
	server.Modify(c.t, change(domainPerson(5), "modrdn", "newrdn: CN=Person 0005", "deleteoldrdn: 1", "newsuperior: OU=Staff,"+directories.SambaSuffix)+
		change(domainPerson(8), "delete")+change(domainPerson(9), "modify", "replace: displayName", "displayName: Another Name"))
	run = c.good(false)
	require.Equal(c.t, people.RunIncremental, run.Mode)
	require.Equal(c.t, []int{2, 1}, []int{run.Report.People.Gone, run.Report.People.Updated})
	require.Equal(c.t, 1, c.members("class"))

	server.Modify(c.t, change(domainGroup("club"), "delete"))
	held := c.sync(false)
	require.Equal(c.t, people.RunHeld, held.State, "one of two groups is more than a tenth")
	require.Equal(c.t, 1, held.Report.Takes.Groups)
	_, err := c.store.ConfirmRun(c.t.Context(), actor, c.dir.ID, held.ID)
	require.NoError(c.t, err)
	require.Equal(c.t, 1, c.good(false).Report.Groups.Gone)
}

// harden takes from everybody who signs in what they may read beyond names, as
// guides advise.
func harden() string {
	return change("CN=Pre-Windows 2000 Compatible Access,CN=Builtin,"+directories.SambaSuffix, "modify",
		"delete: member", "member: CN=S-1-5-11,CN=ForeignSecurityPrincipals,"+directories.SambaSuffix)
}
