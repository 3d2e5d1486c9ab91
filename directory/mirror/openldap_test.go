package mirror_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/directories"
	"heraut/people"
	"heraut/simulator/slapd"
)

func school(n int) func(io.Writer) error {
	return func(w io.Writer) error { return slapd.WriteSchool(w, n) }
}

func bindSlapd(t *testing.T, o slapd.Options, fill func(io.Writer) error) (*campus, *directories.Slapd) {
	t.Helper()
	server := directories.StartSlapd(t, o, fill)
	return bind(t, server.Config(), slapd.Password), server
}

// change is LDIF that changes one entry.
func change(dn, kind string, lines ...string) string {
	return "dn: " + dn + "\nchangetype: " + kind + "\n" + strings.Join(lines, "\n") + "\n\n"
}

func TestOpenLDAPIsTakenOverAndFollowed(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(1600))
	first := c.good(false)
	require.Equal(t, people.RunFull, first.Mode)
	require.Equal(t, people.DirectoryCounts{Read: 1600, Created: 1600}, first.Report.People)
	require.Equal(t, people.DirectoryCounts{Read: 64 + 7 + 1, Created: 72}, first.Report.Groups)
	require.Equal(t, 1600+64+7, first.Report.Members.Added)
	require.Equal(t, 25, c.members("class00003"))
	require.Equal(t, 250, c.members("year0001"))
	require.Equal(t, 1600, c.members("everyone"))

	before := c.state()
	for _, full := range []bool{true, false} {
		run := c.good(full)
		require.Equal(t, people.DirectoryCounts{Read: run.Report.People.Read}, run.Report.People)
		require.Equal(t, before, c.state(), "an unchanged directory writes nothing")
	}
	require.Equal(t, people.RunIncremental, c.last().Mode)

	renamed, moved, disabled := c.user("Person 000001"), c.user("Person 000002"), c.user("Person 000003")
	server.Modify(t, change(slapd.PersonDN(1), "modify", "replace: cn", "cn: Another Name", "-", "replace: mail", "mail: another@school.example")+
		change("ou=staff,"+slapd.Suffix, "add", "objectClass: organizationalUnit", "ou: staff")+
		change(slapd.PersonDN(2), "modrdn", "newrdn: uid=u000002", "deleteoldrdn: 0", "newsuperior: ou=staff,"+slapd.Suffix)+
		change(slapd.PersonDN(3), "modify", "add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z")+
		change(slapd.PersonDN(4), "delete")+
		change(slapd.ClassDN(1), "modify", "add: member", "member: "+slapd.PersonDN(30+25))+
		change(slapd.ClassDN(2), "modify", "delete: member", "member: "+slapd.PersonDN(51)))
	run := c.good(false)
	require.Equal(t, people.RunIncremental, run.Mode)
	require.Equal(t, 1, run.Report.People.Updated)
	require.Equal(t, []int{1, 1}, []int{run.Report.People.Disabled, run.Report.People.Gone})
	require.Equal(t, renamed.ID, c.user("Another Name").ID)
	require.Equal(t, "another@school.example", c.user("Another Name").Email)
	require.Equal(t, moved.ID, c.user("Person 000002").ID)
	require.True(t, c.user("Person 000003").Disabled)
	require.Equal(t, disabled.ID, c.user("Person 000003").ID)
	require.Equal(t, 1599, c.users())
	require.Equal(t, 26, c.members("class00001"))
	require.Equal(t, 24, c.members("class00002"))
	after := c.state()
	full := c.good(true)
	require.Equal(t, after, c.state(), "everything, read again, tells the same: %+v", full.Report)

	server.Modify(t, change(slapd.PersonDN(3), "modify", "delete: pwdAccountLockedTime")+
		change(slapd.PersonDN(4), "add", "objectClass: inetOrgPerson", "uid: u000004", "cn: Person 000004", "sn: Number", "mail: u000004@school.example"))
	run = c.good(false)
	require.Equal(t, people.RunFull, run.Mode, "newcomers may belong to groups that did not change")
	require.Equal(t, 1, run.Report.People.Created)
	require.False(t, c.user("Person 000003").Disabled)
}

func TestWhoIsMadeAgainIsAnotherPerson(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(50))
	c.good(true)
	before := c.user("Person 000007")
	server.Modify(t, change(slapd.PersonDN(7), "delete")+change(slapd.PersonDN(7), "add", "objectClass: inetOrgPerson", "uid: u000007", "cn: Person 000007",
		"sn: Number", "mail: u000007@school.example"))
	run := c.good(false)
	require.Equal(t, []int{1, 1}, []int{run.Report.People.Created, run.Report.People.Gone})
	require.NotEqual(t, before.ID, c.user("Person 000007").ID)
}

func TestManyWhoAreGoneWaitForAPersonsWord(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(100))
	c.good(true)
	remove := func(from, to int) {
		var b strings.Builder
		for n := from; n < to; n++ {
			b.WriteString(change(slapd.PersonDN(n), "delete"))
		}
		server.Modify(t, b.String())
	}
	remove(0, 10)
	require.Equal(t, 10, c.good(false).Report.People.Gone, "a tenth may go")
	remove(10, 20)
	held := c.sync(false)
	require.Equal(t, people.RunHeld, held.State)
	require.Equal(t, 10, held.Report.Takes.People)
	require.Equal(t, 90, held.Report.Takes.OfPeople)
	require.Zero(t, held.Report.People.Gone)
	require.Equal(t, 90, c.users())
	require.Equal(t, people.RunHeld, c.sync(false).State, "each run sees it again")

	held = c.last()
	_, err := c.store.ConfirmRun(t.Context(), actor, c.dir.ID, held.ID)
	require.NoError(t, err)
	remove(20, 21)
	run := c.sync(false)
	require.Equal(t, people.RunHeld, run.State, "the word was for ten")
	require.Equal(t, held.ID, run.ID)
	_, err = c.store.ConfirmRun(t.Context(), actor, c.dir.ID, held.ID)
	require.NoError(t, err)
	run = c.good(false)
	require.Equal(t, 11, run.Report.People.Gone)
	require.Equal(t, 79, c.users())
}

func TestDisablingManyIsHeldToo(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(20))
	c.good(true)
	for n := range 3 {
		server.Modify(t, change(slapd.PersonDN(n), "modify", "add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z"))
	}
	require.Equal(t, people.RunHeld, c.sync(true).State)
	require.False(t, c.user("Person 000001").Disabled)
}

func TestNestedGroupsOfOpenLDAP(t *testing.T) {
	t.Parallel()
	group := func(name string, members ...string) string {
		text := "dn: cn=" + name + "," + slapd.Groups + "\nobjectClass: groupOfNames\ncn: " + name + "\n"
		for _, m := range members {
			text += "member: " + m + "\n"
		}
		return text + "\n"
	}
	in := func(name string) string { return "cn=" + name + "," + slapd.Groups }
	c, _ := bindSlapd(t, slapd.Options{}, func(w io.Writer) error {
		if err := slapd.WriteSchool(w, 50); err != nil {
			return err
		}
		_, err := io.WriteString(w, group("a", in("b"), slapd.PersonDN(0))+group("b", in("c"))+group("c", in("a"), slapd.PersonDN(1))+
			group("self", in("self"), slapd.PersonDN(2))+group("stranger", "cn=nobody,dc=elsewhere")+
			"dn: cn=posix,"+slapd.Groups+"\nobjectClass: posixGroup\ncn: posix\ngidNumber: 7\nmemberUid: u000003\nmemberUid: nobody\n\n")
		return err
	})
	run := c.good(true)
	require.Equal(t, 1, run.Report.Warnings, "%v", c.problems(run))
	require.Contains(t, c.problems(run)[0].Message, "hold itself")
	require.Equal(t, 1, c.members("self"))
	require.Equal(t, 0, c.members("stranger"))
	require.Equal(t, 1, c.members("posix"))
	before := c.state()
	c.good(true)
	require.Equal(t, before, c.state(), "the same membership is left out each time")
}

func TestGroupsAsideCountForThoseThatHoldThem(t *testing.T) {
	t.Parallel()
	server := directories.StartSlapd(t, slapd.Options{}, school(500))
	config := server.Config()
	config.Groups.Filter = "cn=everyone"
	config.People.Filter = fmt.Sprintf("(!(uid=%s))", "u000499")
	c := bind(t, config, slapd.Password)
	run := c.good(true)
	require.Equal(t, 1, run.Report.Groups.Read)
	require.Equal(t, 499, run.Report.People.Read)
	require.Equal(t, 499, c.members("everyone"))
}

// TestDrillOneGroupOfEverybody: one entry that names all who are there, 100,000
// at full length.
func TestDrillOneGroupOfEverybody(t *testing.T) {
	t.Parallel()
	n := 2_000
	if os.Getenv("HERAUT_TEST_DRILL") == "1" {
		n = 100_000
	}
	c, server := bindSlapd(t, slapd.Options{}, func(w io.Writer) error {
		if err := slapd.WriteSchool(w, n); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w, "dn: cn=crowd,%s\nobjectClass: groupOfNames\ncn: crowd\n", slapd.Groups)
		for i := range n {
			if err == nil {
				_, err = fmt.Fprintf(w, "member: %s\n", slapd.PersonDN(i))
			}
		}
		return err
	})
	run := c.good(true)
	require.Equal(t, n, run.Report.People.Created)
	require.Greater(t, run.Report.Members.Added, n, "the crowd, and the classes")

	server.Modify(t, change("cn=crowd,"+slapd.Groups, "modify", "delete: member", "member: "+slapd.PersonDN(7)))
	run = c.good(true)
	require.Equal(t, 1, run.Report.Members.Removed)
	require.Equal(t, n-1, c.members("crowd"))
}
