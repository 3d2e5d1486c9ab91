package mirror_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/directory/mirror"
	"heraut/people"
	"heraut/simulator/slapd"
)

// hiding is a source in which the stable ids of some can not be read.
type hiding struct {
	mirror.Source

	person, group string // hidden are all before these, by login and by DN
}

func (h hiding) People(ctx context.Context, found func([]people.DirectoryPerson) error) error {
	return h.Source.People(ctx, func(page []people.DirectoryPerson) error {
		for i := range page {
			if page[i].Login < h.person {
				page[i].StableID, page[i].Refused = "", "The entry has no stable id that can be read."
			}
		}
		return found(page)
	})
}

func (h hiding) Groups(ctx context.Context, found func([]people.DirectoryGroup) error) error {
	return h.Source.Groups(ctx, func(page []people.DirectoryGroup) error {
		for i := range page {
			if page[i].DN < h.group {
				page[i].StableID, page[i].Refused = "", "The entry has no stable id that can be read."
			}
		}
		return found(page)
	})
}

func TestEntriesWithoutAStableIDKeepWhoWasNotFound(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(100))
	c.good(true)
	c.source = func(s mirror.Source) mirror.Source { return hiding{s, "u000005", slapd.ClassDN(1)} }
	before := c.state()
	run := c.good(true)
	require.True(t, run.Report.Kept)
	require.Equal(t, []int{6, 2}, []int{run.Report.Refused, run.Report.Warnings}, "%v", c.problems(run))
	require.Equal(t, before, c.state(), "nobody goes, and nobody leaves a group")
	cookie, err := c.store.DirectoryCookie(t.Context(), c.dir.ID)
	require.NoError(t, err)
	require.Empty(t, cookie, "the next run looks at everything again")

	server.Modify(t, change(slapd.PersonDN(9), "delete")+
		change(slapd.PersonDN(10), "modify", "add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z")+
		change(slapd.ClassDN(2), "modify", "delete: member", "member: "+slapd.PersonDN(51)))
	run = c.good(false)
	require.Equal(t, []int{0, 1, 1}, []int{run.Report.People.Gone, run.Report.People.Disabled, run.Report.Members.Removed}, "what was read counts")
	c.source = func(s mirror.Source) mirror.Source { return s }
	require.Equal(t, 1, c.good(false).Report.People.Gone)
}

// TestAttributeThatSomeWereNeverGiven is a stable id of an administrator's
// choice that some entries lack: they keep themselves, and nobody else.
func TestAttributeThatSomeWereNeverGiven(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(60))
	c.edit(func(d *people.Directory) { d.Attributes.StableID = "uid" })
	c.good(true)
	c.source = func(s mirror.Source) mirror.Source { return hiding{s, "u000003", ""} }
	server.Modify(t, change(slapd.PersonDN(9), "delete"))
	run := c.good(true)
	require.Equal(t, []int{3, 0}, []int{run.Report.Refused, run.Report.Warnings})
	require.Equal(t, 1, run.Report.People.Gone)
	require.Equal(t, 59, c.users())
	require.Equal(t, 24, c.members("class00000"), "all but who has left")
}

// TestPartKeptElsewhere is one referral in the tree: what was read counts, and
// who was not found is kept.
func TestPartKeptElsewhere(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(60))
	c.good(true)
	server.Modify(t, change("ou=elsewhere,"+slapd.Suffix, "add", "objectClass: referral", "objectClass: extensibleObject", "ou: elsewhere",
		"ref: ldap://other.school.example/ou=elsewhere,"+slapd.Suffix)+
		change(slapd.PersonDN(3), "modify", "add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z")+
		change(slapd.PersonDN(5), "delete")+
		change(slapd.ClassDN(2), "delete")+
		change(slapd.ClassDN(0), "modify", "delete: member", "member: "+slapd.PersonDN(4)))
	run := c.good(false)
	require.Equal(t, people.RunFull, run.Mode)
	require.True(t, run.Report.Kept)
	require.True(t, c.user("Person 000003").Disabled)
	require.Equal(t, 60, c.users())
	require.Equal(t, []int{0, 0, 1}, []int{run.Report.People.Gone, run.Report.Groups.Gone, run.Report.Members.Removed})
	require.Equal(t, 24, c.members("class00000"), "the fourth has left; the fifth, who was not found, has not")
	require.Equal(t, 10, c.members("class00002"))
}
