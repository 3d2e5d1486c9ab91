package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/workflows"
)

// walk runs a send of so many pages, each of which takes a while; it is over
// when all users are started.
func walk(t *testing.T, pages int, each time.Duration) *class {
	t.Helper()
	env := newEnvironment(t)
	c := newSlowClass(env, pages, each, 0)
	c.onStart = func(to int) {
		if to == 10*pages {
			c.become(invitation.HaltOver)
		}
	}
	inviteGroup(env, workflows.InviteGroupInput{})
	requireCompleted(t, env)
	return c
}

// requireAll checks that each target's user was started once, in order.
func (c *class) requireAll(t *testing.T) {
	t.Helper()
	from := 0
	for _, in := range c.started {
		require.Equal(t, from, in.From)
		require.Greater(t, in.To, in.From)
		from = in.To
	}
	require.Equal(t, 10*c.pages, from)
}

func TestMessagesGoBeforeStarts(t *testing.T) {
	c := walk(t, 3, time.Second)

	require.Equal(t, []string{"page 0", "page 10", "page 20", "start 0 to 30"}, c.log)
	c.requireAll(t)
}

func TestStartsComeInBatches(t *testing.T) {
	c := walk(t, 20, time.Second)

	require.Len(t, c.started, 3)
	c.requireAll(t)
}

func TestStartsGoBesideSlowPages(t *testing.T) {
	c := walk(t, 3, time.Minute)

	require.Equal(t, "start 0 to 10", c.log[1])
	c.requireAll(t)
}

func TestStartsDoNotWaitForLong(t *testing.T) {
	c := walk(t, 200, time.Second)

	require.Less(t, len(c.started), 200)
	require.Contains(t, c.log[:130], "start 0 to 80")
	c.requireAll(t)
}
