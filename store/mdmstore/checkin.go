package mdmstore

import (
	"context"

	"github.com/micromdm/nanomdm/mdm"
	"github.com/micromdm/nanomdm/storage"

	"heraut/store"
)

// StoreAuthenticate keeps the message of a device that wants to enroll.
func (s *Storage) StoreAuthenticate(r *mdm.Request, msg *mdm.Authenticate) error {
	return answered(s.mdm.Authenticated(r.Context(), enrollment(r), msg.Raw))
}

// StoreTokenUpdate enrolls a device or a user of one. An unlock token on a
// user's channel, where it does not belong, is not kept beside the message.
func (s *Storage) StoreTokenUpdate(r *mdm.Request, msg *mdm.TokenUpdate) error {
	push := store.MDMPush{Topic: msg.Topic, Magic: msg.PushMagic, Token: msg.Token}
	unlock := msg.UnlockToken
	if r.ParentID != "" {
		unlock = nil
	}
	return answered(s.mdm.TokenUpdated(r.Context(), enrollment(r), push, unlock, msg.Raw))
}

// StoreUserAuthenticate keeps the message of a user who asks to be managed.
func (s *Storage) StoreUserAuthenticate(r *mdm.Request, msg *mdm.UserAuthenticate) error {
	return answered(s.mdm.UserAuthenticated(r.Context(), enrollment(r), msg.Raw, msg.DigestResponse != ""))
}

// Disable ends the enrollment of a device and its users.
func (s *Storage) Disable(r *mdm.Request) error {
	if r.ParentID != "" {
		return storage.ErrDeviceChannelOnly
	}
	return answered(s.mdm.Disable(r.Context(), r.ID))
}

// RetrieveTokenUpdateTally counts TokenUpdates since the enrollment.
func (s *Storage) RetrieveTokenUpdateTally(ctx context.Context, id string) (int, error) {
	return s.mdm.TokenTally(ctx, id)
}

// StoreBootstrapToken keeps the token that a device escrows.
func (s *Storage) StoreBootstrapToken(r *mdm.Request, msg *mdm.SetBootstrapToken) error {
	return answered(s.mdm.KeepBootstrapToken(r.Context(), r.ID, msg.BootstrapToken.BootstrapToken))
}

// RetrieveBootstrapToken gives the token back; nil when none was escrowed.
func (s *Storage) RetrieveBootstrapToken(r *mdm.Request, _ *mdm.GetBootstrapToken) (*mdm.BootstrapToken, error) {
	token, err := s.mdm.BootstrapToken(r.Context(), r.ID)
	if err != nil || token == nil {
		return nil, answered(err)
	}
	return &mdm.BootstrapToken{BootstrapToken: token}, nil
}

// RetrieveMigrationCheckins sends the check-in messages of who is enrolled,
// for a server that takes the devices over; what can not be decoded comes as
// an error.
func (s *Storage) RetrieveMigrationCheckins(ctx context.Context, out chan<- any) error {
	return s.mdm.EachCheckin(ctx, func(raw []byte) error {
		message, err := mdm.DecodeCheckin(raw)
		if err != nil {
			message = err
		}
		select {
		case out <- message:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}
