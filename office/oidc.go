package office

import (
	"context"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

// OIDC is the identity provider of administrators, without its client secret.
// Fault: not_found, with version 0.
func (s Settings) OIDC(ctx context.Context) (set settings.OIDC, version int64, err error) {
	version, err = s.Store.Setting(ctx, settings.NameOIDC, &set)
	if err == nil && version == 0 {
		err = fault.New(fault.NotFound, "There is no identity provider.")
	}
	return set, version, err
}

// OIDCSecretSet tells whether there is a client secret.
func (s Settings) OIDCSecretSet(ctx context.Context) (bool, error) {
	secret, err := s.Store.SettingSecret(ctx, settings.NameOIDC)
	return len(secret) > 0, err
}

// PutOIDC sets the identity provider; a nil client secret keeps the stored
// one. Nothing changes before the provider has answered.
func (s Settings) PutOIDC(ctx context.Context, actor people.Actor, set settings.OIDC, secret *string, ifVersion *int64) (int64, error) {
	if secret != nil {
		set.ClientSecret = *secret
	}
	if err := set.Check(); err != nil {
		return 0, err
	}
	kept, err := s.oidcSecret(ctx, set, secret)
	if err != nil {
		return 0, err
	}
	if err := s.Providers.CheckOIDC(ctx, set); err != nil {
		return 0, err
	}
	return s.Store.PutSetting(ctx, actor, settings.NameOIDC, set, kept, ifVersion)
}

// oidcSecret is what becomes of the client secret: nil keeps it. It is not
// sent to another provider than it was given for.
func (s Settings) oidcSecret(ctx context.Context, set settings.OIDC, given *string) ([]byte, error) {
	if given != nil {
		return []byte(*given), nil
	}
	before, _, err := s.OIDC(ctx)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	stored, err := s.OIDCSecretSet(ctx)
	if err == nil && stored && (before.Issuer != set.Issuer || before.ClientID != set.ClientID) {
		err = fault.Invalid(fault.Field{Pointer: "/client_secret", Message: "Give the client secret again: it was given for another provider or client."})
	}
	return nil, err
}

// DeleteOIDC forgets the identity provider. Fault: not_found.
func (s Settings) DeleteOIDC(ctx context.Context, actor people.Actor) error {
	if _, _, err := s.OIDC(ctx); err != nil {
		return err
	}
	return s.Store.DeleteSetting(ctx, actor, settings.NameOIDC)
}
