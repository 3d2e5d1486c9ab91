package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"heraut/invitation"
	"heraut/workflows"
)

func TestGroupWaitsForTheLastAnswer(t *testing.T) {
	env := newEnvironment(t)
	c := newClass(env, 2)
	c.turn(20*24*time.Hour, invitation.HaltOver)

	inviteGroup(env, workflows.InviteGroupInput{})

	requireCompleted(t, env)
	require.Equal(t, []string{"page 0", "page 10", "start 0 to 20"}, c.log, "nobody is woken for nothing")
	require.Equal(t, days(20), env.Now().UTC())
}

func TestGroupWhoseSignalIsLostFindsOutSlowly(t *testing.T) {
	env := newEnvironment(t)
	c := newClass(env, 1)
	c.turnSilently(20*time.Hour, invitation.HaltOver)

	inviteGroup(env, workflows.InviteGroupInput{})

	requireCompleted(t, env)
	require.Equal(t, began.Add(24*time.Hour), env.Now().UTC())
}

func TestGroupStartsUsersAlsoWhenAllHaveAnswered(t *testing.T) {
	env := newEnvironment(t)
	c := newClass(env, 1)
	c.onPage = func(int) { c.become(invitation.HaltOver) } // quick fingers

	inviteGroup(env, workflows.InviteGroupInput{})

	requireCompleted(t, env)
	require.Equal(t, []string{"page 0", "start 0 to 10"}, c.log, "their answers are recorded")
}

func TestCancelledGroupWakesItsUsers(t *testing.T) {
	t.Run("while pages leave", func(t *testing.T) {
		env := newEnvironment(t)
		c := newClass(env, 3)
		c.onPage = func(from int) {
			if from == 10 {
				c.become(invitation.HaltCancelled)
			}
		}

		inviteGroup(env, workflows.InviteGroupInput{})

		requireCompleted(t, env)
		require.Equal(t, []string{"page 0", "page 10", "start 0 to 20", "wake"}, c.log)
	})
	t.Run("while it waits", func(t *testing.T) {
		env := newEnvironment(t)
		c := newClass(env, 1)
		c.turn(time.Hour, invitation.HaltCancelled)

		inviteGroup(env, workflows.InviteGroupInput{})

		requireCompleted(t, env)
		require.Equal(t, []string{"page 0", "start 0 to 10", "wake"}, c.log)
	})
}

func TestPausedGroupGoesOn(t *testing.T) {
	env := newEnvironment(t)
	c := newClass(env, 3)
	c.onPage = func(from int) {
		if from == 10 && env.Now().Before(began.Add(time.Minute)) {
			c.become(invitation.HaltPaused)
		}
	}
	lookAfter(env, time.Hour) // about nothing
	c.turn(2*time.Hour, invitation.HaltNone)
	c.turn(3*time.Hour, invitation.HaltOver)

	inviteGroup(env, workflows.InviteGroupInput{})

	requireCompleted(t, env)
	require.Equal(t, []string{"page 0", "page 10", "page 10", "page 20"}, c.of("page"))
	// Who has got a message may answer before the pause is over.
	require.Equal(t, []string{"start 0 to 20", "start 10 to 20", "start 20 to 30"}, c.of("start"))
	require.Equal(t, []string{"wake"}, c.of("wake"))
	require.Equal(t, "start 0 to 20", c.log[2])
}

func TestPauseWhileItWaitsIsPassedOn(t *testing.T) {
	for name, pause := range map[string]func(*class){
		"told of both": func(c *class) {
			c.turn(1*time.Hour, invitation.HaltPaused)
			c.turn(2*time.Hour, invitation.HaltNone)
		},
		"over before it looked": func(c *class) { lookAfter(c.env, time.Hour) },
		"not told of the resume": func(c *class) {
			c.turn(1*time.Hour, invitation.HaltPaused)
			c.turnSilently(2*time.Hour, invitation.HaltNone)
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := newEnvironment(t)
			c := newClass(env, 1)
			pause(c)
			c.turn(20*time.Hour, invitation.HaltOver)

			inviteGroup(env, workflows.InviteGroupInput{})

			requireCompleted(t, env)
			require.Equal(t, []string{"page 0", "start 0 to 10", "wake"}, c.log)
		})
	}
}

func TestLookFallsBackToARegularActivity(t *testing.T) {
	env := newEnvironment(t)
	c := newClass(env, 1)
	c.failing = 5
	c.turn(time.Hour, invitation.HaltOver)

	inviteGroup(env, workflows.InviteGroupInput{})

	requireCompleted(t, env)
	require.Zero(t, c.failing)
}

func TestCancelledGroupRunIsCancelled(t *testing.T) {
	env := newEnvironment(t)
	newClass(env, 1)
	env.RegisterDelayedCallback(env.CancelWorkflow, time.Hour)

	inviteGroup(env, workflows.InviteGroupInput{})

	require.True(t, temporal.IsCanceledError(env.GetWorkflowError()), "%v", env.GetWorkflowError())
}

func TestLongSendContinuesAsNew(t *testing.T) {
	env := newEnvironment(t)
	c := newClass(env, 3)
	c.onPage = func(int) {
		env.SetContinueAsNewSuggested(true)
		env.SignalWorkflow(workflows.LookSignalName, nil)
	}

	inviteGroup(env, workflows.InviteGroupInput{})

	require.Equal(t, workflows.InviteGroupInput{
		SendID: "send", Rules: workflows.Rules, From: 10, Pages: []int{10}, Held: true, // a signal was left unread
	}, continued[workflows.InviteGroupInput](t, env))
	require.Equal(t, []string{"page 0"}, c.log)
}

func TestLongSendFinishesTheStartUnderWay(t *testing.T) {
	env := newEnvironment(t)
	c := newSlowClass(env, 3, 10*time.Second, time.Minute)
	c.onPage = func(from int) { env.SetContinueAsNewSuggested(from == 10) }

	inviteGroup(env, workflows.InviteGroupInput{})

	in := continued[workflows.InviteGroupInput](t, env)
	require.Equal(t, workflows.InviteGroupInput{SendID: "send", Rules: workflows.Rules, From: 20, Started: 10, Pages: []int{20}}, in)
	require.Equal(t, []string{"page 0", "page 10", "start 0 to 10"}, c.log)
	require.Equal(t, began.Add(70*time.Second), env.Now().UTC())
}

func TestNextRunGoesOnWhereTheLastOneWas(t *testing.T) {
	env := newEnvironment(t)
	c := newClass(env, 3)
	c.turn(time.Hour, invitation.HaltOver)

	inviteGroup(env, workflows.InviteGroupInput{From: 20, Started: 10, Pages: []int{20}})

	requireCompleted(t, env)
	require.Equal(t, []string{"page 20", "start 10 to 30"}, c.log)
}

func TestWaitingSendContinuesAsNew(t *testing.T) {
	env := newEnvironment(t)
	c := newClass(env, 1)
	c.turn(time.Hour, invitation.HaltPaused)
	env.RegisterDelayedCallback(func() { env.SetContinueAsNewSuggested(true) }, time.Hour)

	inviteGroup(env, workflows.InviteGroupInput{})

	in := continued[workflows.InviteGroupInput](t, env)
	require.Equal(t, workflows.InviteGroupInput{
		SendID: "send", Rules: workflows.Rules, From: 10, Written: true, Started: 10, Held: true,
	}, in)
}

func TestNextRunWakesForThePauseOfTheOneBefore(t *testing.T) {
	env := newEnvironment(t)
	c := newClass(env, 1)
	c.turn(time.Hour, invitation.HaltOver)

	inviteGroup(env, workflows.InviteGroupInput{From: 10, Written: true, Started: 10, Held: true})

	requireCompleted(t, env)
	require.Equal(t, []string{"wake"}, c.log)
}
