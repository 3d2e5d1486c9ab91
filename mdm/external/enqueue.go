package external

import (
	"context"
	"net/http"
	"strings"

	"heraut/invitation"
)

// Queued is what a server made of one command.
type Queued struct {
	// Outcome is what follows for the delivery.
	invitation.Outcome

	// InQueue tells that the command is in the server's queue, whatever
	// became of the push: the device gets it when it next connects.
	InQueue bool
}

// Enqueue queues a command for one enrollment and wakes it. uuid is the
// command's CommandUUID. It may be repeated freely: the server refuses an
// uuid that it has, which means that an earlier call had succeeded, and then
// the enrollment is only woken again. So an answer that never came is Later,
// not Unknown.
//
// One enrollment a call, because SQL storages of NanoMDM refuse a whole list
// for one unknown id.
func (c *Client) Enqueue(ctx context.Context, enrollment, uuid string, command []byte) Queued {
	path, ok := idPath("/v1/enqueue/", enrollment)
	if !ok {
		return Queued{Outcome: refused("This is not an enrollment id that the MDM server can know.")}
	}
	if uuid == "" || len(command) == 0 {
		return Queued{Outcome: refused("The command is empty.")}
	}
	got, err := c.do(ctx, request{http.MethodPut, path, command})
	if err != nil {
		return Queued{Outcome: c.broken(ctx, err)}
	}
	said, outcome, ok := read(got)
	if !ok {
		return Queued{Outcome: outcome}
	}
	switch problem := said.commandError(); {
	case alreadyThere(problem):
		return Queued{Outcome: c.Push(ctx, enrollment), InQueue: true}
	case problem != "":
		return Queued{Outcome: notQueued(got, problem)}
	case !strings.EqualFold(said.CommandUUID, uuid):
		return Queued{Outcome: routeDown(got.status, notNanoMDM)}
	default:
		return Queued{Outcome: pushed(got, said), InQueue: true}
	}
}

// Push wakes one enrollment, so that it fetches what is queued for it. It may
// be repeated freely.
func (c *Client) Push(ctx context.Context, enrollment string) invitation.Outcome {
	path, ok := idPath("/v1/push/", enrollment)
	if !ok {
		return refused("This is not an enrollment id that the MDM server can know.")
	}
	got, err := c.do(ctx, request{http.MethodGet, path, nil})
	if err != nil {
		return c.broken(ctx, err)
	}
	said, outcome, ok := read(got)
	if !ok {
		return outcome
	}
	if len(said.Status) == 0 && said.PushError == nil {
		return routeDown(got.status, notNanoMDM)
	}
	return pushed(got, said)
}
