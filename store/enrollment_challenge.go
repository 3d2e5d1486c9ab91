package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"heraut/fault"
	"heraut/people"
)

// CreateChallenge makes the one-time word by which a device that enrolls gets
// its certificate: 256 random bits, bound to the user and to the enrollment
// link, if one is named. It works until ttl has passed; only its hash is kept.
// Faults: not_found for the user, forbidden for one who is disabled.
func (s *Store) CreateChallenge(ctx context.Context, userID, linkID string, ttl time.Duration) (challenge string, err error) {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: it ends the program instead
	challenge = base64.RawURLEncoding.EncodeToString(random)
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		user, err := getUser(ctx, tx, userID)
		if err != nil {
			return err
		}
		if user.Disabled {
			return badChallenge()
		}
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "DELETE FROM enrollment_challenges WHERE user_id = ? AND expires_at < ?", userID, now); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO enrollment_challenges (hash, user_id, link_id, expires_at) VALUES (?, ?, ?, ?)",
			challengeHash(challenge), userID, Text(linkID), At(now.Add(ttl)))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("making a challenge for user %s: %w", userID, err)
	}
	return challenge, nil
}

// challengeHash needs no salt and no slow hash: the word is 256 random bits.
func challengeHash(challenge string) []byte {
	sum := sha256.Sum256([]byte(challenge))
	return sum[:]
}

type challengeRow struct {
	UserID string `db:"user_id"`
	LinkID Text   `db:"link_id"`
}

// UseChallenge uses up a challenge and the link that it was made for, and
// tells whose device it is. Of several who present it at once, one gets it.
// Fault: forbidden, the same for every challenge that does not work, whose
// link another challenge has used up included.
func (s *Store) UseChallenge(ctx context.Context, challenge string) (userID string, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		var row challengeRow
		err = tx.Get(ctx, &row, `UPDATE enrollment_challenges SET used_at = ?
			WHERE hash = ? AND used_at IS NULL AND expires_at > ? RETURNING user_id, link_id`, now, challengeHash(challenge), now)
		if errors.Is(err, sql.ErrNoRows) {
			return badChallenge()
		}
		if err != nil {
			return err
		}
		userID = row.UserID
		return tx.useLink(ctx, row, now)
	})
	if err != nil {
		return "", fmt.Errorf("using a challenge: %w", err)
	}
	return userID, nil
}

func badChallenge() error {
	return fault.New(fault.Forbidden, "This enrollment is not valid any more; begin again with a new link.")
}

// useLink uses up the challenge's link, in the name of its user.
func (tx *Tx) useLink(ctx context.Context, row challengeRow, now Time) error {
	user, err := getUser(ctx, tx, row.UserID)
	if fault.Is(err, fault.NotFound) || err == nil && user.Disabled {
		return badChallenge()
	}
	if err != nil || row.LinkID == "" {
		return err
	}
	n, err := tx.Exec(ctx, "UPDATE enrollment_links SET used_at = ? WHERE id = ? AND used_at IS NULL", now, row.LinkID)
	if err != nil {
		return err
	}
	if n == 0 {
		return badChallenge()
	}
	actor := people.Actor{Kind: people.ActorUser, ID: user.ID, Name: user.FullName}
	tx.audit(actor, change{Action: "enrollment_link.use", Kind: "enrollment_link", ID: string(row.LinkID)})
	return nil
}
