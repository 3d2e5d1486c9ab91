package workflows_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/mock"
	"go.temporal.io/sdk/testsuite"

	"heraut/activities"
	"heraut/invitation"
	"heraut/workflows"
)

// class plays the activities of a send of pages of ten targets, and writes down
// what is asked of them.
type class struct {
	env   *testsuite.TestWorkflowEnvironment
	pages int
	// onPage is called when a page has left.
	onPage func(from int)
	// onStart is called when users are started.
	onStart func(to int)

	mu      sync.Mutex
	started []activities.PageInput
	halt    invitation.Halt
	failing int // the next so many looks fail
	log     []string
}

func newClass(env *testsuite.TestWorkflowEnvironment, pages int) *class {
	return newSlowClass(env, pages, 0, 0)
}

// newSlowClass plays pages and starts that take a while.
func newSlowClass(env *testsuite.TestWorkflowEnvironment, pages int, page, start time.Duration) *class {
	c := &class{env: env, pages: pages}
	env.OnActivity(do.WriteAndDeliver, mock.Anything, mock.Anything).After(page).Return(c.page).Maybe()
	env.OnActivity(do.StartUsers, mock.Anything, mock.Anything).After(start).Return(c.start).Maybe()
	env.OnActivity(do.WakeUsers, mock.Anything, mock.Anything).Return(c.wake).Maybe()
	env.OnActivity(do.LookAtSend, mock.Anything, mock.Anything).Return(c.look).Maybe()
	return c
}

func inviteGroup(env *testsuite.TestWorkflowEnvironment, in workflows.InviteGroupInput) {
	in.SendID, in.Rules = "send", workflows.Rules
	env.ExecuteWorkflow(workflows.InviteGroup, in)
}

func (c *class) page(_ context.Context, in activities.WritePageInput) (activities.WritePageResult, error) {
	c.note(fmt.Sprintf("page %d", in.From))
	if c.onPage != nil {
		c.onPage(in.From)
	}
	to := in.From + 10
	return activities.WritePageResult{To: to, Last: to == 10*c.pages, Halt: c.state()}, nil
}

func (c *class) start(_ context.Context, in activities.PageInput) error {
	c.note(fmt.Sprintf("start %d to %d", in.From, in.To))
	c.mu.Lock()
	c.started = append(c.started, in)
	c.mu.Unlock()
	if c.onStart != nil {
		c.onStart(in.To)
	}
	return nil
}

func (c *class) wake(context.Context, activities.SendInput) error {
	c.note("wake")
	return nil
}

func (c *class) look(context.Context, activities.SendInput) (activities.HaltResult, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.failing > 0 {
		c.failing--
		return activities.HaltResult{}, errAway
	}
	return activities.HaltResult{Halt: c.halt}, nil
}

// turn changes the send so long after the start, and tells its workflow.
func (c *class) turn(after time.Duration, halt invitation.Halt) {
	c.turnSilently(after, halt)
	lookAfter(c.env, after)
}

// turnSilently changes the send; the signal is lost.
func (c *class) turnSilently(after time.Duration, halt invitation.Halt) {
	c.env.RegisterDelayedCallback(func() { c.become(halt) }, after)
}

func (c *class) become(halt invitation.Halt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.halt = halt
}

func (c *class) state() invitation.Halt {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.halt
}

func (c *class) note(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log = append(c.log, what)
}

// of are the lines of the log that begin so; activities side by side come in
// any order.
func (c *class) of(kind string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(c.log), func(line string) bool { return !strings.HasPrefix(line, kind) })
}
