package main

import (
	"context"
	"time"

	"heraut/mdm/external"
	"heraut/settings"
)

// silence heals what an external MDM server told and nobody heard.
type silence struct{ parts *parts }

// RepeatSilent implements activities.Commands. The built-in server loses no
// answer: a device repeats what it could not keep.
func (s silence) RepeatSilent(ctx context.Context) ([]string, error) {
	set, _, err := s.parts.settings.mdmServer(ctx)
	if err != nil || set.Mode != settings.MDMExternal {
		return nil, err
	}
	return external.Heal(ctx, s.parts.store, time.Duration(set.AnswerWithin))
}
