package mirror_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/directory/mirror"
	"heraut/people"
	"heraut/simulator/slapd"
)

// cutOff is a ledger that is away from the moment in which somebody goes.
type cutOff struct{ mirror.Ledger }

func (cutOff) RemovePeople(context.Context, people.DirectoryRun, []string) ([]string, error) {
	return nil, errors.New("the store is away")
}

// TestRunThatIsCutOffBetweenJoiningAndLeaving is the first day of a year: two
// classes swap their members. Who has joined before the end of the first
// attempt still makes up for who leaves in the second.
func TestRunThatIsCutOffBetweenJoiningAndLeaving(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(50))
	c.good(true)
	members := func(from, to int) []string {
		lines := []string{"replace: member"}
		for n := from; n < to; n++ {
			lines = append(lines, "member: "+slapd.PersonDN(n))
		}
		return lines
	}
	server.Modify(t, change(slapd.ClassDN(0), "modify", members(25, 50)...)+change(slapd.ClassDN(1), "modify", members(0, 25)...))
	c.ledger = func(l mirror.Ledger) mirror.Ledger { return cutOff{l} }
	_, err := c.engine().Sync(t.Context(), actor, c.dir.ID, false)
	require.ErrorContains(t, err, "the store is away")
	c.ledger = func(l mirror.Ledger) mirror.Ledger { return l }
	run := c.good(false)
	require.Zero(t, run.Report.Takes.Members)
	require.Equal(t, people.MemberCounts{Added: 50, Removed: 50}, run.Report.Members)
	require.Equal(t, 25, c.members("class00000"))
}
