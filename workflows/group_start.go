package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"heraut/activities"
)

// Starting a user's workflow costs twenty times what a mail costs, and answers
// are safe in the store before it runs. So messages go first: starts wait while
// pages leave quickly, though not for long.
const (
	// slowPage is how long a page takes that waits for a limit or a slow
	// server, which leaves room for starts.
	slowPage = 5 * time.Second
	// longestWait is how long the users of a page wait at most.
	longestWait = 2 * time.Minute
	// startPages is how many pages' users one activity starts.
	startPages = 8
)

// follow starts users behind the pages, if it is their turn. begun is when
// the last page was begun.
func (g *inviteGroup) follow(ctx workflow.Context, begun time.Time) error {
	now := workflow.Now(ctx)
	if now.Sub(begun) < slowPage && now.Sub(g.began) < longestWait {
		return nil
	}
	return g.startUsers(ctx)
}

// mayStart tells whether users wait to be started and no start is under way.
func (g *inviteGroup) mayStart() bool {
	return len(g.in.Pages) > 0 && (g.starting == nil || g.starting.IsReady())
}

// startUsers starts the users of the oldest delivered pages in the background,
// unless a start is under way.
func (g *inviteGroup) startUsers(ctx workflow.Context) error {
	if !g.mayStart() {
		return nil
	}
	if err := g.finishStart(ctx); err != nil {
		return err
	}
	n := min(len(g.in.Pages), startPages)
	input := activities.PageInput{SendID: g.in.SendID, From: g.in.Started, To: g.in.Pages[n-1]}
	start := storeOptions(ctx, fmt.Sprintf("Start users of targets %d to %d", input.From, input.To))
	g.starting = workflow.ExecuteActivity(start, do.StartUsers, input)
	g.in.Started, g.in.Pages = input.To, g.in.Pages[n:]
	return nil
}

// finishStart waits for the start that is under way.
func (g *inviteGroup) finishStart(ctx workflow.Context) error {
	if g.starting == nil {
		return nil
	}
	err := g.starting.Get(ctx, nil)
	g.starting = nil
	if err != nil {
		return fmt.Errorf("starting users: %w", err)
	}
	return nil
}

// startAll starts all users of delivered pages and waits until that is done.
func (g *inviteGroup) startAll(ctx workflow.Context) error {
	for len(g.in.Pages) > 0 {
		if err := g.finishStart(ctx); err != nil {
			return err
		}
		if err := g.startUsers(ctx); err != nil {
			return err
		}
	}
	return g.finishStart(ctx)
}
