package store

import (
	"context"
	"encoding/json"
	"fmt"
)

// SettingWithSecret is Setting and SettingSecret in one look, so that the two
// belong together while somebody changes them.
func (s *Store) SettingWithSecret(ctx context.Context, name string, into any) (version int64, secret Secret, err error) {
	row, err := getSetting(ctx, s.reader(), name)
	if err != nil || row.Version == 0 {
		return 0, nil, err
	}
	if err := json.Unmarshal(row.Doc.V, into); err != nil {
		return 0, nil, fmt.Errorf("decoding setting %s: %w", name, err)
	}
	if row.Sealed == "" {
		return row.Version, nil, nil
	}
	if secret, err = s.unseal(settingSecret(name), row.Sealed); err != nil {
		return 0, nil, fmt.Errorf("opening the secret of setting %s: %w", name, err)
	}
	return row.Version, secret, nil
}
