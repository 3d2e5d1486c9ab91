package external

import (
	"context"
	"fmt"
	"time"

	"heraut/invitation"
)

// Commands is the store as Heal needs it.
type Commands interface {
	// SilentCommands lists commands whose time for an answer is over, the
	// oldest first; within is the time for the first of a delivery.
	SilentCommands(ctx context.Context, within time.Duration, limit int) ([]invitation.SilentCommand, error)
	// RepeatCommand makes a silent command's delivery due again, with another
	// CommandUUID. For one that was answered meanwhile it does nothing.
	RepeatCommand(ctx context.Context, uuid string) (invitation.Decided, error)
}

const (
	healPage  = 200
	healPages = 100
)

// Heal repeats the commands that their devices have not answered in time. NanoMDM
// tells each event once and forgets it, and it has no call that lists results
// or what is queued: so a lost webhook, and a queue that a server lost, look
// the same, and both are healed by the same. Nothing is taken for shown
// without an answer. It returns the users whose workflows must look, also
// beside an error.
func Heal(ctx context.Context, commands Commands, within time.Duration) (users []string, err error) {
	for range healPages {
		page, err := commands.SilentCommands(ctx, within, healPage)
		if err != nil {
			return users, fmt.Errorf("healing silent commands: %w", err)
		}
		for _, c := range page {
			decided, err := commands.RepeatCommand(ctx, c.UUID)
			if err != nil {
				return users, fmt.Errorf("healing silent commands: %w", err)
			}
			if decided.UserID != "" {
				users = append(users, decided.UserID)
			}
		}
		if len(page) < healPage {
			break
		}
	}
	return users, nil
}
