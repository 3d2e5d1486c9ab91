package mirror_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/directory/mirror"
	"heraut/fault"
	"heraut/people"
	"heraut/simulator/slapd"
)

// torn is a source that ends after the first page of people.
type torn struct{ mirror.Source }

func (s torn) People(ctx context.Context, found func([]people.DirectoryPerson) error) error {
	pages := 0
	return s.Source.People(ctx, func(page []people.DirectoryPerson) error {
		pages++
		if pages > 1 {
			return fault.New(fault.Unavailable, "The connection broke.")
		}
		return found(page)
	})
}

func TestNothingIsRemovedByAnAnswerThatIsNotWhole(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(1100))
	c.good(true)
	before := c.state()
	c.source = func(s mirror.Source) mirror.Source { return torn{s} }
	run := c.sync(true)
	require.Equal(t, people.RunFailed, run.State)
	require.Equal(t, "The connection broke.", run.Failure)
	require.Equal(t, before, c.state())
	c.source = func(s mirror.Source) mirror.Source { return s }

	c.password = "guessed"
	run = c.sync(true)
	require.Equal(t, people.RunFailed, run.State)
	require.Contains(t, run.Failure, "refuses the account")
	c.password = slapd.Password

	_, err := c.store.UpdateDirectory(t.Context(), actor, c.dir.ID, nil, nil, func(d people.Directory) (people.Directory, error) {
		d.People.Filter = "(uid=nobody)"
		return d, nil
	})
	require.NoError(t, err)
	run = c.sync(true)
	require.Equal(t, people.RunFailed, run.State)
	require.Contains(t, run.Failure, "nobody at all")
	require.Equal(t, before, c.state(), "an empty answer removes nobody")

	_, err = c.store.UpdateDirectory(t.Context(), actor, c.dir.ID, nil, nil, func(d people.Directory) (people.Directory, error) {
		d.People.Filter, d.Groups.Filter = "", "(cn=nothing)"
		return d, nil
	})
	require.NoError(t, err)
	run = c.good(true)
	require.Equal(t, before, c.state(), "no group at all is none gone")
	require.Contains(t, c.problems(run)[0].Message, "no group at all")

	server.Modify(t, change("ou=elsewhere,"+slapd.Suffix, "add", "objectClass: referral", "objectClass: extensibleObject", "ou: elsewhere",
		"ref: ldap://other.school.example/ou=elsewhere,"+slapd.Suffix)+change(slapd.PersonDN(1), "delete"))
	run = c.good(true)
	require.True(t, run.Report.Kept)
	require.Equal(t, 1100, c.users(), "who was not found may be elsewhere")
}

// broken is a ledger that is away for one call.
type broken struct {
	mirror.Ledger

	err error
}

func (b broken) SyncGroups(context.Context, people.DirectoryRun, []people.DirectoryGroup) (map[string]string, error) {
	return nil, b.err
}

func TestStoreThatIsAwayLeavesTheRunToBeGoneOnWith(t *testing.T) {
	t.Parallel()
	c, _ := bindSlapd(t, slapd.Options{}, school(60))
	away := errors.New("the database is away")
	c.ledger = func(l mirror.Ledger) mirror.Ledger { return broken{l, away} }
	_, err := c.engine().Sync(t.Context(), actor, c.dir.ID, true)
	require.ErrorIs(t, err, away)
	run := c.last()
	require.Equal(t, people.RunRunning, run.State)
	c.ledger = func(l mirror.Ledger) mirror.Ledger { return l }
	ended := c.good(true)
	require.Equal(t, run.ID, ended.ID)
	require.Equal(t, 60, ended.Report.People.Created)

	outcome, err := c.engine().Sync(t.Context(), actor, "no such directory", true)
	require.NoError(t, err)
	require.Empty(t, outcome)
}

func TestPeopleWithOneAddressAreTakenOverAndTold(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(30))
	server.Modify(t, change(slapd.PersonDN(1), "modify", "replace: mail", "mail: U000002@school.example")+
		change(slapd.PersonDN(3), "modify", "replace: mail", "mail: nowhere")+
		change(slapd.PersonDN(4), "modify", "replace: cn", "cn: "+strings.Repeat("x", 400)))
	run := c.good(true)
	require.Equal(t, 29, c.users())
	require.Equal(t, []int{1, 2}, []int{run.Report.Refused, run.Report.Warnings})
	var all []string
	for _, p := range c.problems(run) {
		all = append(all, p.Entry+" "+p.Message)
	}
	text := strings.Join(all, "\n")
	require.Contains(t, text, "2 people have the address u000002@school.example")
	require.Contains(t, text, slapd.PersonDN(3)+` "nowhere" is no e-mail address`)
	require.Contains(t, text, slapd.PersonDN(4)+" full_name: Use at most 300 characters.")

	server.Modify(t, change(slapd.PersonDN(5), "modify", "replace: cn", "cn: "+strings.Repeat("y", 400)))
	run = c.good(true)
	require.Equal(t, 29, c.users(), "who can not be taken over is not gone")
	require.Equal(t, 2, run.Report.Refused)
	require.Equal(t, "Person 000005", c.user("Person 000005").FullName)
}

func TestOpenDirectoryIsReadByItsOwnAttributes(t *testing.T) {
	t.Parallel()
	person := func(uid, guid, more string) string {
		return "dn: uid=" + uid + "," + slapd.People + "\nobjectClass: inetOrgPerson\nobjectClass: apple-user\nuid: " + uid + "\ncn: " + uid + " of Apple\nsn: x\nmail: " +
			uid + "@school.example\napple-generateduid: " + guid + "\n" + more + "\n"
	}
	group := func(name, guid, more string) string {
		return "dn: cn=" + name + "," + slapd.Groups + "\nobjectClass: posixGroup\nobjectClass: apple-group\ncn: " + name + "\ngidNumber: 7\napple-generateduid: " + guid + "\n" + more + "\n"
	}
	c, server := bindSlapd(t, slapd.Options{Apple: true}, func(w io.Writer) error {
		_, err := io.WriteString(w, person("ann", "AAAA-1", "")+person("bob", "AAAA-2", "authAuthority: ;DisabledUser;;ShadowHash;\n")+person("carl", "AAAA-3", "")+
			group("class", "BBBB-1", "apple-group-memberguid: AAAA-1\nmemberUid: carl\n")+group("year", "BBBB-2", "apple-group-nestedgroup: BBBB-1\n"))
		return err
	})
	run := c.good(true)
	require.Equal(t, 2, run.Report.People.Created, "nobody is made for an account that is disabled")
	require.Equal(t, 2, c.members("class"))
	require.Equal(t, 2, c.members("year"))
	ann := c.user("ann of Apple")
	server.Modify(t, change("uid=ann,"+slapd.People, "modrdn", "newrdn: uid=annie", "deleteoldrdn: 1")+
		change("uid=annie,"+slapd.People, "modify", "replace: mail", "mail: annie@school.example"))
	run = c.good(false)
	require.Equal(t, people.RunFull, run.Mode, "members by GUID are told by a look at everything alone")
	require.Equal(t, "annie@school.example", c.user("ann of Apple").Email)
	require.Equal(t, ann.ID, c.user("ann of Apple").ID)
}
