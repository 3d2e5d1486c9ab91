package main

import (
	"context"
	"time"

	"heraut/invitation"
	"heraut/mdm"
	"heraut/mdm/external"
	"heraut/settings"
)

// silence is what is done about commands that devices say nothing of.
type silence struct {
	parts *parts
	// wake sends the push of a message.
	wake func(context.Context, invitation.Message) invitation.Outcome
}

// RepeatSilent implements activities.Commands: it heals what an external MDM
// server told and nobody heard. The built-in server loses no answer, since a
// device repeats what it could not keep; there the device is woken again.
func (s silence) RepeatSilent(ctx context.Context) ([]string, error) {
	set, _, err := s.parts.settings.mdmServer(ctx)
	switch {
	case err != nil:
		return nil, err
	case set.Mode != settings.MDMExternal:
		return mdm.WakeSilent(ctx, s.parts.store, s.wake)
	}
	return external.Heal(ctx, s.parts.store, time.Duration(set.AnswerWithin))
}
