package mirror_test

import (
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/simulator/slapd"
)

// TestLoginOfTwoPeopleNamesNeither is a group that names its members by their
// logins, of which one is that of two people.
func TestLoginOfTwoPeopleNamesNeither(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, func(w io.Writer) error {
		if err := slapd.WriteSchool(w, 10); err != nil {
			return err
		}
		_, err := fmt.Fprintf(w, "dn: ou=b,%[1]s\nobjectClass: organizationalUnit\nou: b\n\n"+
			"dn: uid=u000003,ou=b,%[1]s\nobjectClass: inetOrgPerson\nuid: u000003\ncn: Namesake\nsn: x\n\n"+
			"dn: cn=posix,%[2]s\nobjectClass: posixGroup\ncn: posix\ngidNumber: 7\nmemberUid: u000003\nmemberUid: u000004\n\n", slapd.People, slapd.Groups)
		return err
	})
	run := c.good(true)
	users, _, err := c.store.GroupMembers(t.Context(), c.group("posix").ID)
	require.NoError(t, err)
	require.Equal(t, []string{c.user("Person 000004").ID}, users)
	require.Equal(t, 1, run.Report.Warnings)
	require.Contains(t, c.problems(run)[0].Message, "same login")

	server.Modify(t, change("cn=posix,"+slapd.Groups, "modify", "add: memberUid", "memberUid: u000005"))
	run = c.good(false)
	require.Equal(t, people.RunFull, run.Mode, "what changed alone does not tell whom the login means")
	require.Equal(t, 2, c.members("posix"))
}
