package office

import (
	"context"
	"encoding/json"
	"fmt"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

// MDMWebhook is the path at which an MDM server elsewhere tells its events.
const MDMWebhook = "/mdm/webhook"

// MDMKeys are new keys of an MDM server elsewhere; nil keeps what is stored.
type MDMKeys struct{ APIKey, WebhookSecret *string }

// MDM tells whose MDM server carries invitations, without its keys.
func (s Settings) MDM(ctx context.Context) (settings.MDMServer, int64, error) {
	set := settings.DefaultMDMServer()
	version, err := s.Store.Setting(ctx, settings.NameMDMServer, &set)
	return set, version, err
}

// MDMKeysSet tells which keys of the MDM server are stored.
func (s Settings) MDMKeysSet(ctx context.Context) (apiKey, webhookSecret bool, err error) {
	keys, err := s.mdmSecrets(ctx)
	return keys.APIKey != "", keys.WebhookSecret != "", err
}

// mdmSecrets are the keys as they are; without a server elsewhere there are
// none.
func (s Settings) mdmSecrets(ctx context.Context) (settings.MDMSecrets, error) {
	var keys settings.MDMSecrets
	stored, err := s.Store.SettingSecret(ctx, settings.NameMDMServer)
	if err == nil && len(stored) > 0 {
		err = json.Unmarshal(stored, &keys)
	}
	if err != nil {
		return keys, fmt.Errorf("reading the keys of the MDM server: %w", err)
	}
	return keys, nil
}

// PutMDM sets whose MDM server carries invitations. One elsewhere is asked
// first; a server that is gone takes its keys along.
func (s Settings) PutMDM(ctx context.Context, actor people.Actor, set settings.MDMServer, given MDMKeys, ifVersion *int64) (int64, error) {
	keys, err := s.newMDMSecrets(ctx, set, given)
	if err != nil {
		return 0, err
	}
	if err := set.Check(keys); err != nil {
		return 0, err
	}
	secret := []byte{}
	if set.Mode == settings.MDMExternal {
		if err := s.MDMServers.CheckMDM(ctx, set, keys); err != nil {
			return 0, err
		}
		if secret, err = json.Marshal(keys); err != nil { //nolint:gosec // the store seals it
			return 0, fmt.Errorf("writing the keys of the MDM server: %w", err)
		}
	}
	return s.Store.PutSetting(ctx, actor, settings.NameMDMServer, set, secret, ifVersion)
}

// newMDMSecrets are the keys as they will be. A kept API key goes to the
// server it was given for and to no other.
func (s Settings) newMDMSecrets(ctx context.Context, set settings.MDMServer, given MDMKeys) (settings.MDMSecrets, error) {
	if set.Mode != settings.MDMExternal {
		return settings.MDMSecrets{}, nil
	}
	before, _, err := s.MDM(ctx)
	if err != nil {
		return settings.MDMSecrets{}, err
	}
	keys, err := s.mdmSecrets(ctx)
	if err != nil {
		return keys, err
	}
	if keys.APIKey != "" && before.URL != set.URL && given.APIKey == nil {
		return keys, fault.Invalid(fault.Field{Pointer: "/api_key", Message: "Give the key again: it was given for another server."})
	}
	if given.APIKey != nil {
		keys.APIKey = *given.APIKey
	}
	if given.WebhookSecret != nil {
		keys.WebhookSecret = *given.WebhookSecret
	}
	return keys, nil
}
