package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"heraut/people"
)

// restoredSetting is the setting that keeps what a restore holds back.
const restoredSetting = "restored"

// Restored is what a restore holds back until somebody has looked.
type Restored struct {
	// Paused are the sends that it has paused.
	Paused []string `json:"paused"`
	// HeldSince is when it was; zero when nothing is held back. Bulk actions from
	// before stand still, no license is given or taken back, and no account ended
	// at Apple: the database may not know what was done since the backup.
	HeldSince time.Time `json:"held_since,omitzero"`
}

// Restored tells what a restore holds back.
func (s *Store) Restored(ctx context.Context) (Restored, error) {
	r, err := readRestored(ctx, s.reader())
	if err != nil {
		return r, fmt.Errorf("reading what a restore holds back: %w", err)
	}
	return r, nil
}

// KeepRestored notes what a restore holds back; the zero Restored lets all go on.
func (s *Store) KeepRestored(ctx context.Context, actor people.Actor, r Restored) error {
	_, err := s.PutSetting(ctx, actor, restoredSetting, r, nil, nil)
	return err
}

// heldBack tells whether a restore holds back what Apple is asked for.
func heldBack(ctx context.Context, from getter) (bool, error) {
	r, err := readRestored(ctx, from)
	return !r.HeldSince.IsZero(), err
}

func readRestored(ctx context.Context, from getter) (r Restored, err error) {
	row, err := getSetting(ctx, from, restoredSetting)
	if err != nil || row.Version == 0 {
		return r, err
	}
	if err := json.Unmarshal(row.Doc.V, &r); err != nil {
		return r, fmt.Errorf("decoding what a restore holds back: %w", err)
	}
	return r, nil
}
