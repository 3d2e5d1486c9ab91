package office

import (
	"context"

	"heraut/people"
	"heraut/settings"
)

// Invitations tells how invitations go.
func (s Settings) Invitations(ctx context.Context) (settings.Invitations, int64, error) {
	return settings.ReadInvitations(ctx, s.Store)
}

// PutInvitations changes how invitations go; sends that run keep what they
// froze.
func (s Settings) PutInvitations(ctx context.Context, actor people.Actor, set settings.Invitations, ifVersion *int64) (int64, error) {
	if err := set.Check(); err != nil {
		return 0, err
	}
	return s.Store.PutSetting(ctx, actor, settings.NameInvitations, set, nil, ifVersion)
}
