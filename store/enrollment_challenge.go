package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"heraut/fault"
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

func badChallenge() error {
	return fault.New(fault.Forbidden, "This enrollment is not valid any more; begin again with a new link.")
}
