package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"heraut/people"
)

// Secret is what a change does to a setting's secret: nil keeps it, an empty
// one removes it.
type Secret = []byte

type settingRow struct {
	Doc     JSON[json.RawMessage] `db:"doc"`
	Sealed  string                `db:"sealed"`
	Version int64                 `db:"version"`
}

func settingSecret(name string) string { return "settings/" + name }

// Setting reads a setting's document into the value that into points at. The
// version is 0, and into untouched, when it was never set.
func (s *Store) Setting(ctx context.Context, name string, into any) (version int64, err error) {
	row, err := getSetting(ctx, s.reader(), name)
	if err != nil || row.Version == 0 {
		return 0, err
	}
	if err := json.Unmarshal(row.Doc.V, into); err != nil {
		return 0, fmt.Errorf("decoding setting %s: %w", name, err)
	}
	return row.Version, nil
}

// SettingSecret opens a setting's secret; nil when there is none.
func (s *Store) SettingSecret(ctx context.Context, name string) (Secret, error) {
	row, err := getSetting(ctx, s.reader(), name)
	if err != nil || row.Sealed == "" {
		return nil, err
	}
	if s.sealer == nil {
		return nil, errNoSealer
	}
	plain, err := s.sealer.Open(settingSecret(name), row.Sealed)
	if err != nil {
		return nil, fmt.Errorf("opening the secret of setting %s: %w", name, err)
	}
	return plain, nil
}

func getSetting(ctx context.Context, from getter, name string) (settingRow, error) {
	var row settingRow
	err := from.Get(ctx, &row, "SELECT doc, sealed, version FROM settings WHERE name = ?", name)
	if errors.Is(err, sql.ErrNoRows) {
		return settingRow{}, nil
	}
	if err != nil {
		return settingRow{}, fmt.Errorf("reading setting %s: %w", name, err)
	}
	return row, nil
}

// settingDoc is a setting in the audit log, without its secret.
type settingDoc struct {
	Doc    json.RawMessage `json:"doc"`
	Secret bool            `json:"secret"`
}

// PutSetting stores a setting's document and what becomes of its secret, and
// returns the new version. Fault: precondition_failed when ifVersion is given
// and is not the setting's.
func (s *Store) PutSetting(ctx context.Context, actor people.Actor, name string, doc any, secret Secret, ifVersion *int64) (int64, error) {
	encoded, err := json.Marshal(doc)
	if err != nil {
		return 0, fmt.Errorf("encoding setting %s: %w", name, err)
	}
	sealed := ""
	if len(secret) > 0 {
		if sealed, err = s.seal(settingSecret(name), secret); err != nil {
			return 0, fmt.Errorf("sealing the secret of setting %s: %w", name, err)
		}
	}
	var version int64
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		before, err := getSetting(ctx, tx, name)
		if err != nil {
			return err
		}
		if err := checkVersion(ifVersion, before.Version); err != nil {
			return err
		}
		after := settingRow{Doc: JSON[json.RawMessage]{encoded}, Sealed: before.Sealed, Version: before.Version + 1}
		if secret != nil {
			after.Sealed = sealed
		}
		version = after.Version
		return putSetting(ctx, tx, actor, name, before, after)
	})
	if err != nil {
		return 0, fmt.Errorf("storing setting %s: %w", name, err)
	}
	return version, nil
}

func putSetting(ctx context.Context, tx *Tx, actor people.Actor, name string, before, after settingRow) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, `INSERT INTO settings (name, doc, sealed, version, updated_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET doc = excluded.doc, sealed = excluded.sealed, version = excluded.version,
			updated_at = excluded.updated_at WHERE settings.version = ?`,
		name, after.Doc, after.Sealed, after.Version, now, before.Version)
	if err := changedOne(n, err); err != nil {
		return err
	}
	c := change{Action: "setting.update", Kind: "setting", ID: name, Became: settingDoc{after.Doc.V, after.Sealed != ""}}
	if before.Version > 0 {
		c.Was = settingDoc{before.Doc.V, before.Sealed != ""}
	}
	tx.audit(actor, c)
	return nil
}

// DeleteSetting removes a setting and its secret; one that was never set is
// no error.
func (s *Store) DeleteSetting(ctx context.Context, actor people.Actor, name string) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		before, err := getSetting(ctx, tx, name)
		if err != nil || before.Version == 0 {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM settings WHERE name = ?", name); err != nil {
			return err
		}
		tx.audit(actor, change{Action: "setting.delete", Kind: "setting", ID: name, Was: settingDoc{before.Doc.V, before.Sealed != ""}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("deleting setting %s: %w", name, err)
	}
	return nil
}
