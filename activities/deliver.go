package activities

import (
	"context"

	"golang.org/x/sync/errgroup"

	"heraut/invitation"
)

// PageInput names a range of a send's targets.
type PageInput struct {
	SendID string `json:"send_id"`
	From   int    `json:"from"`
	To     int    `json:"to"`
}

// DeliverPageResult tells why a page stands still, if it does.
type DeliverPageResult struct {
	Halt invitation.Halt `json:"halt,omitempty"`
}

// UserInput names a user.
type UserInput struct {
	UserID string `json:"user_id"`
}

// NextResult tells what a user's open invitations ask for next.
type NextResult struct {
	Next invitation.Next `json:"next"`
}

// DeliverPage sends what is due on a page of a group; with a content token its
// users are registered at Apple first. What one recipient's
// server or device refuses for now is left to that user's workflow. Killed in
// the middle, it goes on from the ledger.
func (a *Activities) DeliverPage(ctx context.Context, in PageInput) (DeliverPageResult, error) {
	defer heartbeat(ctx)()
	if err := a.registerPage(ctx, in); err != nil {
		return DeliverPageResult{}, err
	}
	for {
		claim, err := a.Ledger.ClaimPage(ctx, in.SendID, in.From, in.To)
		if err != nil || claim.Halt != invitation.HaltNone || len(claim.Messages) == 0 {
			return DeliverPageResult{Halt: claim.Halt}, wrap(err, "claiming a page of send %s", in.SendID)
		}
		if err := a.deliver(ctx, claim.Messages); err != nil {
			return DeliverPageResult{}, err
		}
	}
}

// DeliverUser sends what is due for one user and tells what comes next.
func (a *Activities) DeliverUser(ctx context.Context, in UserInput) (NextResult, error) {
	defer heartbeat(ctx)()
	if err := a.registerUser(ctx, in.UserID); err != nil {
		return NextResult{}, err
	}
	for {
		claim, err := a.Ledger.ClaimUser(ctx, in.UserID)
		if err != nil || len(claim.Messages) == 0 {
			return NextResult{Next: claim.Next}, wrap(err, "claiming for user %s", in.UserID)
		}
		if err := a.deliver(ctx, claim.Messages); err != nil {
			return NextResult{}, err
		}
	}
}

// deliver sends claimed messages, each route by itself, so that a mail server
// that is down holds up no push.
func (a *Activities) deliver(ctx context.Context, messages []invitation.Message) error {
	byRoute := map[invitation.Route][]invitation.Message{}
	for _, m := range messages {
		route := invitation.RouteOf(m.Channel)
		byRoute[route] = append(byRoute[route], m)
	}
	var group errgroup.Group // without a shared context: one route's fault must not cancel another's
	for route, part := range byRoute {
		group.Go(func() error { return a.deliverRoute(ctx, route, part) })
	}
	return group.Wait() //nolint:wrapcheck // wrapping would hide the retry delay of an ApplicationError from the SDK
}
