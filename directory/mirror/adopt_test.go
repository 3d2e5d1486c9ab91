package mirror_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/simulator/slapd"
)

// TestPeopleWhoAreThereAlreadyAreAdopted is a school that has imported its
// roster before it binds its directory.
func TestPeopleWhoAreThereAlreadyAreAdopted(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(30))
	for n := range 20 {
		_, err := c.store.CreateUser(t.Context(), actor, people.User{
			FullName: fmt.Sprintf("Person %06d", n), Email: fmt.Sprintf("U%06d@school.example", n), ExternalID: fmt.Sprintf("p%d", n),
		})
		require.NoError(t, err)
	}
	before := c.user("Person 000005")
	run := c.good(true)
	require.Equal(t, people.DirectoryCounts{Read: 30, Created: 10, Adopted: 20, Updated: 20}, run.Report.People)
	after := c.user("Person 000005")
	require.Equal(t, []string{before.ID, "p5", "u000005@school.example", c.dir.ID}, []string{after.ID, after.ExternalID, after.Email, after.DirectoryID})

	server.Modify(t, change(slapd.PersonDN(3), "modify", "add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z"))
	require.NoError(t, c.store.DeleteDirectory(t.Context(), actor, c.dir.ID, nil))
	c.again(server.Config())
	run = c.good(true)
	require.Equal(t, people.DirectoryCounts{Read: 30, Adopted: 30, Disabled: 1}, run.Report.People, "bound again, it finds its people")
	require.Equal(t, before.ID, c.user("Person 000005").ID)
	require.True(t, c.user("Person 000003").Disabled)
}

// again binds the directory once more.
func (c *campus) again(config people.DirectoryConfig) {
	c.t.Helper()
	d, err := c.store.CreateDirectory(c.t.Context(), actor, people.Directory{Name: "School", Protocol: people.ProtocolLDAP, DirectoryConfig: config}, []byte(slapd.Password))
	require.NoError(c.t, err)
	c.dir = d
}

// TestAnotherStableIDFindsTheSamePeople is an administrator's second thought.
func TestAnotherStableIDFindsTheSamePeople(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(60))
	c.good(true)
	before := c.state()
	for _, attribute := range []string{"uid", "entryUUID"} {
		c.edit(func(d *people.Directory) { d.Attributes.StableID = attribute })
		run := c.good(true)
		require.Zero(t, run.Report.Takes.People)
		require.Equal(t, before, c.state(), "nothing but links is written")
		require.Equal(t, 60, c.users())
	}
	server.Modify(t, change(slapd.PersonDN(5), "delete")+
		change(slapd.PersonDN(5), "add", "objectClass: inetOrgPerson", "uid: u000005", "cn: Namesake", "sn: Number"))
	run := c.good(true)
	require.Equal(t, []int{1, 1}, []int{run.Report.People.Created, run.Report.People.Gone}, "later, the same name is not the same person")
}
