package mdm

import (
	"context"
	"fmt"
	"time"

	"github.com/micromdm/nanomdm/mdm"
	"github.com/micromdm/nanomdm/storage"

	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
)

// Carry brings a command to the device of a message: it queues it for
// m.EnrollmentID, where a command of the same uuid is a success, and wakes the
// device. The outcome is that of both.
type Carry func(ctx context.Context, m invitation.Message, uuid string, command []byte) invitation.Outcome

// CourierOptions are what a Courier needs. All are required.
type CourierOptions struct {
	// InviteURL gives Apple's address of a user's invitation. fault.NotFound:
	// the user has none at Apple (yet), which holds up nobody else. Any other
	// error is about the token, the template or the store, and holds up the
	// route; its words are shown to administrators.
	InviteURL func(ctx context.Context, userID string) (content.Secret, error)
	// Keep notes a command before it is queued, so that its answer finds the
	// invitation however soon it comes. Keeping it again changes nothing.
	Keep func(ctx context.Context, c invitation.Command) error
	// Carry is the built-in server's (see QueueAndWake), or another's.
	Carry Carry
	// Key is a secret of 32 bytes, from which CommandUUIDs are made.
	Key []byte
}

// Courier delivers invitations by the MDM command. It is safe for concurrent
// use, and each delivery may be repeated freely.
type Courier struct {
	options CourierOptions
}

// NewCourier makes a courier.
func NewCourier(o CourierOptions) *Courier { return &Courier{options: o} }

// Push delivers one message by MDM and tells what became of it. An answer that
// never came is Later, never Unknown: the queue knows the command by its name.
func (c *Courier) Push(ctx context.Context, m invitation.Message) invitation.Outcome {
	if m.EnrollmentID == "" {
		return invitation.Outcome{Class: invitation.Refused, Answer: "The device has no channel that an invitation can go over."}
	}
	inviteURL, err := c.options.InviteURL(ctx, m.UserID)
	switch {
	case ctx.Err() != nil:
		return later("Stopped before the command was queued.")
	case fault.Is(err, fault.NotFound):
		return later("Apple has no open invitation for the user yet.")
	case err != nil:
		return invitation.Outcome{Class: invitation.RouteDown, Answer: "There is no address of the invitation: " + err.Error()}
	}
	uuid := CommandUUID(c.options.Key, m.SendKey)
	raw, err := Invite(uuid, inviteURL)
	if err != nil {
		return invitation.Outcome{Class: invitation.Refused, Answer: "The command can not be written."}
	}
	kept := invitation.Command{UUID: uuid, DeliveryID: m.DeliveryID, EnrollmentID: m.EnrollmentID}
	if err := c.options.Keep(ctx, kept); err != nil {
		return later("The command could not be noted.")
	}
	return c.options.Carry(ctx, m, uuid, raw)
}

func later(words string) invitation.Outcome {
	return invitation.Outcome{Class: invitation.Later, Answer: words}
}

// QueueAndWake carries commands over the queue of the built-in server. wake
// sends the push for a message (the push room's Courier does). While APNs can
// not be reached the command stays queued: the device also gets it when it
// comes by itself, and a later try only wakes.
func QueueAndWake(queue storage.CommandEnqueuer, wake func(context.Context, invitation.Message) invitation.Outcome) Carry {
	return func(ctx context.Context, m invitation.Message, uuid string, raw []byte) invitation.Outcome {
		if o, queued := enqueue(ctx, queue, m.EnrollmentID, uuid, raw); !queued {
			return o
		}
		return wake(ctx, m)
	}
}

func enqueue(ctx context.Context, queue storage.CommandEnqueuer, id, uuid string, raw []byte) (o invitation.Outcome, queued bool) {
	cmd := &mdm.Command{CommandUUID: uuid, Raw: raw}
	cmd.Command.RequestType = requestType
	failed, err := queue.EnqueueCommand(ctx, []string{id}, cmd)
	for _, one := range failed {
		err = one
	}
	switch {
	case err == nil:
		return invitation.Outcome{}, true
	case fault.Is(err, fault.NotFound):
		// A TokenUpdate makes the channel live again.
		return invitation.Outcome{
			Class: invitation.TokenDead, DeadSince: time.Now().UTC(),
			Answer: "The device is not enrolled, or has not finished enrolling.",
		}, false
	default:
		return later(fmt.Sprintf("The command could not be queued (%s).", fault.CodeOf(err))), false
	}
}
