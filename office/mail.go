package office

import (
	"context"
	"fmt"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

// Mail tells how mail leaves, without the relay's password.
func (s Settings) Mail(ctx context.Context) (settings.Mail, int64, error) {
	return settings.ReadMail(ctx, s.Store)
}

// PutMail changes how mail leaves. A nil password keeps the stored one; a mail
// without relay has none.
func (s Settings) PutMail(ctx context.Context, actor people.Actor, mail settings.Mail, password *string, ifVersion *int64) (int64, error) {
	secret, err := s.relayPassword(ctx, mail.Relay, password)
	if err != nil {
		return 0, err
	}
	mail.Relay.Password = string(secret)
	if err := mail.Check(); err != nil {
		return 0, err
	}
	return s.Store.PutSetting(ctx, actor, settings.NameMail, mail, secret, ifVersion)
}

// relayPassword tells what becomes of the relay's password: nil keeps it. A
// kept password goes to the server it was given for and to no other.
func (s Settings) relayPassword(ctx context.Context, relay settings.Relay, given *string) ([]byte, error) {
	switch {
	case relay.Host == "":
		return []byte{}, nil
	case given != nil:
		return []byte(*given), nil
	}
	before, _, err := s.Mail(ctx)
	if err != nil {
		return nil, err
	}
	stored, err := s.MailPasswordSet(ctx)
	if err == nil && stored && before.Relay != relay {
		err = fault.Invalid(fault.Field{
			Pointer: "/relay/password", Message: "Give the password again: it was given for other settings of the relay.",
		})
	}
	return nil, err
}

// MailPasswordSet tells whether there is a password for the relay.
func (s Settings) MailPasswordSet(ctx context.Context) (bool, error) {
	stored, err := s.Store.SettingSecret(ctx, settings.NameMail)
	if err != nil {
		return false, fmt.Errorf("reading the relay's password: %w", err)
	}
	return len(stored) > 0, nil
}

// TestMail tries the way mail leaves as it is stored; an empty address is the
// From address.
func (s Settings) TestMail(ctx context.Context, to string) ([]settings.Check, error) {
	mail, _, err := s.Mail(ctx)
	if err != nil {
		return nil, err
	}
	password, err := s.Store.SettingSecret(ctx, settings.NameMail)
	if err != nil {
		return nil, fmt.Errorf("reading the relay's password: %w", err)
	}
	mail.Relay.Password = string(password)
	return s.MailTester.TestMail(ctx, mail, to)
}
