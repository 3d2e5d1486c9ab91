package mirror_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/directories"
	"heraut/people"
)

// domainPeople is more than the 1,500 members that a domain controller gives
// at once.
const domainPeople = 1600

func domainPerson(n int) string {
	return fmt.Sprintf("CN=Person %04d,OU=People,%s", n, directories.SambaSuffix)
}

func domainGroup(name string) string { return "CN=" + name + ",OU=Groups," + directories.SambaSuffix }

// domain is the LDIF of people, a group of all of them, one that holds it, and
// two that hold each other.
func domain() string {
	var b strings.Builder
	for _, unit := range []string{"People", "Groups", "Staff"} {
		fmt.Fprintf(&b, "dn: OU=%s,%s\nobjectClass: organizationalUnit\nou: %[1]s\n\n", unit, directories.SambaSuffix)
	}
	for n := range domainPeople {
		fmt.Fprintf(&b, "dn: %s\nobjectClass: user\nsAMAccountName: u%04d\ndisplayName: Person %04d\nmail: u%04d@school.example\nuserAccountControl: 544\n\n",
			domainPerson(n), n, n, n)
	}
	fmt.Fprintf(&b, "dn: %s\nobjectClass: group\nsAMAccountName: everyone\n", domainGroup("everyone"))
	for n := range domainPeople {
		fmt.Fprintf(&b, "member: %s\n", domainPerson(n))
	}
	fmt.Fprintf(&b, "\ndn: %s\nobjectClass: group\nsAMAccountName: above\nmember: %s\n", domainGroup("above"), domainGroup("everyone"))
	for _, name := range []string{"round", "about"} {
		fmt.Fprintf(&b, "\ndn: %s\nobjectClass: group\nsAMAccountName: %s\nmember: %s\n", domainGroup(name), name, domainPerson(1))
	}
	fmt.Fprintf(&b, "\n")
	return b.String()
}

func TestActiveDirectoryIsTakenOverAndFollowed(t *testing.T) {
	t.Parallel()
	server := directories.StartSamba(t, domain())
	server.Modify(t, change(domainGroup("round"), "modify", "add: member", "member: "+domainGroup("about"))+
		change(domainGroup("about"), "modify", "add: member", "member: "+domainGroup("round")))
	config := server.Config()
	config.Groups.BaseDN = "OU=Groups," + directories.SambaSuffix
	c := bind(t, config, directories.SambaPassword)
	first := c.good(false)
	require.Equal(t, people.DirectoryCounts{Read: domainPeople, Created: domainPeople}, first.Report.People)
	require.Equal(t, people.DirectoryCounts{Read: 4, Created: 4}, first.Report.Groups)
	require.Equal(t, domainPeople, c.members("everyone"), "members come in ranges")
	require.Equal(t, domainPeople, c.members("above"))
	require.Equal(t, 1, c.members("round"))
	require.Equal(t, 1, first.Report.Warnings, "%v", c.problems(first))
	before := c.state()
	c.good(true)
	run := c.good(false)
	require.Equal(t, people.RunIncremental, run.Mode)
	require.Equal(t, before, c.state(), "an unchanged domain writes nothing")

	renamed, moved := c.user("Person 0001"), c.user("Person 0002")
	server.Modify(t, change(domainPerson(1), "modify", "replace: displayName", "displayName: Another Name", "-", "replace: mail", "mail: another@school.example")+
		change(domainPerson(2), "modrdn", "newrdn: CN=Person 0002", "deleteoldrdn: 1", "newsuperior: OU=Staff,"+directories.SambaSuffix)+
		change(domainPerson(3), "modify", "replace: userAccountControl", "userAccountControl: 546")+
		change(domainPerson(4), "delete")+
		change(domainGroup("above"), "modify", "add: member", "member: "+domainPerson(5)))
	run = c.good(false)
	require.Equal(t, people.RunIncremental, run.Mode)
	require.Equal(t, []int{1, 1, 1}, []int{run.Report.People.Updated, run.Report.People.Disabled, run.Report.People.Gone})
	require.Equal(t, renamed.ID, c.user("Another Name").ID)
	require.Equal(t, "another@school.example", c.user("Another Name").Email)
	require.Equal(t, moved.ID, c.user("Person 0002").ID)
	require.True(t, c.user("Person 0003").Disabled)
	require.Equal(t, domainPeople-1, c.members("everyone"))
	after := c.state()
	c.good(true)
	require.Equal(t, after, c.state(), "everything, read again, tells the same")

	var b strings.Builder
	for n := 10; n < 171; n++ {
		b.WriteString(change(domainPerson(n), "delete"))
	}
	server.Modify(t, b.String())
	held := c.sync(false)
	require.Equal(t, people.RunHeld, held.State)
	require.Equal(t, 161, held.Report.Takes.People)
	require.Equal(t, domainPeople-1, c.users())
	_, err := c.store.ConfirmRun(t.Context(), actor, c.dir.ID, held.ID)
	require.NoError(t, err)
	require.Equal(t, 161, c.good(false).Report.People.Gone)
	require.Equal(t, domainPeople-162, c.users())
}
