package devicesim

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/micromdm/plist"
)

// report is what a device says: that it is idle, or what became of a command.
type report struct {
	names

	Status           string
	CommandUUID      string           `plist:",omitempty"`
	InvitationResult string           `plist:",omitempty"`
	ErrorChain       []cause          `plist:",omitempty"`
	QueryResponses   map[string]any   `plist:",omitempty"`
	ProfileList      []map[string]any `plist:",omitempty"`
}

// cause is one link of an error chain.
type cause struct {
	ErrorCode            int
	ErrorDomain          string
	LocalizedDescription string
	USEnglishDescription string
}

// command is what a server asks, with the keys of all that the device knows.
type command struct {
	CommandUUID string
	Command     struct {
		RequestType   string
		ProgramID     string
		InvitationURL string
		Queries       []string
	}
}

// maxCommands bounds a session with a server that never ends it.
const maxCommands = 1000

// session connects once: idle, a command, its report, the next command, until
// the server has none.
func (c *channel) session(ctx context.Context) error {
	f := c.device.fleet
	if err := enter(ctx, c.turn); err != nil {
		return err
	}
	defer func() { <-c.turn }()
	if err := enter(ctx, f.hands); err != nil {
		return err
	}
	defer func() { <-f.hands }()
	if !c.current() {
		return ErrNotEnrolled
	}
	f.counts.sessions.Add(1)
	var last string
	err := c.introduce(ctx)
	if err == nil {
		last, err = c.talk(ctx)
	}
	switch {
	case gone(err):
		c.device.forget(c.of)
		return ErrNotEnrolled
	case err != nil:
		f.counts.failed.Add(1)
		return err
	}
	c.remember(last)
	return nil
}

// enter waits for a place.
func enter(ctx context.Context, room chan<- struct{}) error {
	select {
	case room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// current tells whether the enrollment still has the channel.
func (c *channel) current() bool {
	m := c.device.management()
	return m == c.of && slices.Contains(c.device.channels(m), c)
}

// talk returns the last status that was said.
func (c *channel) talk(ctx context.Context) (last string, err error) {
	say := report{names: c.names(), Status: statusIdle}
	for range maxCommands {
		answer, err := c.say(ctx, say)
		if err != nil {
			return "", err
		}
		if len(answer) == 0 {
			return say.Status, nil
		}
		var asked command
		if err := plist.Unmarshal(answer, &asked); err != nil {
			return "", fmt.Errorf("reading a command: %w", err)
		}
		say = c.carryOut(asked)
	}
	return "", errors.New("the server does not end the session")
}

// say sends a report and returns the answer.
func (c *channel) say(ctx context.Context, what report) ([]byte, error) {
	answer, err := c.put(ctx, what)
	if err == nil && what.Status != statusIdle {
		c.device.fleet.counts.cycles.Add(1)
		if c.device.behaves().Doubled {
			answer, err = c.put(ctx, what)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("saying %s: %w", what.Status, err)
	}
	return answer, nil
}

func (c *channel) put(ctx context.Context, what report) ([]byte, error) {
	return c.of.put(ctx, c.device.fleet.client, c.of.profile.ServerURL, typeCommand, what)
}
