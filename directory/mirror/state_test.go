package mirror_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/simulator/slapd"
)

// TestManyEnabledAtOnceAreToldOf is what it looks like when an account may no
// longer read who is disabled on a server that does not say so.
func TestManyEnabledAtOnceAreToldOf(t *testing.T) {
	t.Parallel()
	c, server := bindSlapd(t, slapd.Options{}, school(40))
	c.good(true)
	set := func(line ...string) {
		var b strings.Builder
		for n := range 3 {
			b.WriteString(change(slapd.PersonDN(n), "modify", line...))
		}
		server.Modify(t, b.String())
	}
	set("add: pwdAccountLockedTime", "pwdAccountLockedTime: 000001010000Z")
	require.Equal(t, 3, c.good(true).Report.People.Disabled)
	set("delete: pwdAccountLockedTime")
	run := c.good(true)
	require.False(t, c.user("Person 000001").Disabled)
	require.Equal(t, 1, run.Report.Warnings)
	require.Contains(t, c.problems(run)[0].Message, "3 people who were disabled are enabled again")
}
