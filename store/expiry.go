package store

import (
	"context"
	"fmt"
	"time"

	"heraut/people"
	"heraut/settings"
)

// warningDoc is a warning in the audit log.
type warningDoc struct {
	Warning string    `json:"warning"`
	EndsAt  time.Time `json:"ends_at"`
}

// NoteExpiry puts a warning into the audit log that what a setting holds ends
// at an instant. The step is the number of days before it that was reached, 0
// for the end itself: each is noted once, however many processes see it; fresh
// tells whether this call did.
func (s *Store) NoteExpiry(ctx context.Context, setting settings.Name, endsAt time.Time, step int, words string) (fresh bool, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		fresh, err = tx.noteExpiry(ctx, setting, endsAt, step, words)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("noting that %s expires: %w", setting, err)
	}
	return fresh, nil
}

func (tx *Tx) noteExpiry(ctx context.Context, setting settings.Name, endsAt time.Time, step int, words string) (bool, error) {
	now, err := tx.Now(ctx)
	if err != nil {
		return false, err
	}
	if endsAt.IsZero() { // nobody said when
		endsAt = time.Unix(0, 0)
	}
	n, err := tx.Exec(ctx, "INSERT INTO expiry_warnings (setting, ends_at, step, at) VALUES (?, ?, ?, ?) ON CONFLICT (setting, ends_at, step) DO NOTHING",
		setting, At(endsAt), step, now)
	if err != nil || n == 0 {
		return false, err
	}
	tx.audit(people.System("expiry"), change{Action: "setting.warning", Kind: "setting", ID: setting, Became: warningDoc{words, endsAt.UTC()}})
	return true, nil
}

// TokenRefused puts into the audit log that Apple does not take the content
// token of a location any more, by the number of Apple's error: once for each
// token and number. Of a location without a token it notes nothing.
func (s *Store) TokenRefused(ctx context.Context, location string, number int, words string) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		tokens, err := contentTokens(ctx, tx)
		if err != nil {
			return err
		}
		i := settings.TokenOf(tokens, location)
		if location == "" || i < 0 {
			return nil
		}
		_, err = tx.noteExpiry(ctx, tokens[i].Name, tokens[i].ExpiresAt, -number, words)
		return err
	})
	if err != nil {
		return fmt.Errorf("noting that Apple refuses the token of location %s: %w", location, err)
	}
	return nil
}
