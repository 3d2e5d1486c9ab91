package mirror_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/directories"
	"heraut/people"
	"heraut/simulator/slapd"
)

// TestGroupsBesideTheBase is a base of people with groups elsewhere: changes
// below the one tell nothing of the other.
func TestGroupsBesideTheBase(t *testing.T) {
	t.Parallel()
	server := directories.StartSlapd(t, slapd.Options{}, school(100))
	config := server.Config()
	config.BaseDN, config.Groups.BaseDN = slapd.People, slapd.Groups
	c := bind(t, config, slapd.Password)
	groups := c.good(false).Report.Groups.Created
	require.NotZero(t, groups)
	server.Modify(t, change(slapd.ClassDN(1), "modify", "add: member", "member: "+slapd.PersonDN(3))+
		change(slapd.PersonDN(50), "modify", "replace: cn", "cn: Another Name"))
	run := c.good(false)
	require.Equal(t, people.RunFull, run.Mode)
	require.Equal(t, 26, c.members("class00001"), "who joins is seen at once")
	require.Equal(t, 1, run.Report.People.Updated)
	server.Modify(t, change(slapd.PersonDN(51), "modify", "replace: cn", "cn: Somebody Else"))
	run = c.good(false)
	require.Equal(t, groups, run.Report.Groups.Read)
	require.Zero(t, run.Report.Takes.Groups)
}

// TestBasesBelowTheBase are read by what has changed.
func TestBasesBelowTheBase(t *testing.T) {
	t.Parallel()
	server := directories.StartSlapd(t, slapd.Options{}, school(100))
	config := server.Config()
	config.People.BaseDN, config.Groups.BaseDN = slapd.People, slapd.Groups
	c := bind(t, config, slapd.Password)
	c.good(false)
	server.Modify(t, change(slapd.ClassDN(1), "modify", "add: member", "member: "+slapd.PersonDN(3)))
	require.Equal(t, people.RunIncremental, c.good(false).Mode)
	require.Equal(t, 26, c.members("class00001"))
}
