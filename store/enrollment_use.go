package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"

	"heraut/fault"
	"heraut/people"
)

// challengeUse is what a device presents with a challenge.
type challengeUse struct {
	hash, keyHash, certificate []byte
	now                        Time
}

// challengeRow is a challenge that was used.
type challengeRow struct {
	UserID      string `db:"user_id"`
	LinkID      Text   `db:"link_id"`
	Certificate []byte `db:"certificate"`
}

// UseChallenge uses up a challenge and the link that it was made for, notes
// whose device has the certificate, which is made for a public key (both in
// DER), and returns the certificate to give. Of several who present a challenge
// at once, one gets it. The same public key gets its first certificate again
// until the challenge's time is over, for the answer may have been lost. Fault:
// forbidden, the same for every challenge that does not work, whose link
// another challenge has used up included.
func (s *Store) UseChallenge(ctx context.Context, challenge string, publicKey, certificate []byte) (userID string, issued []byte, err error) {
	key := sha256.Sum256(publicKey)
	use := challengeUse{hash: challengeHash(challenge), keyHash: key[:], certificate: certificate}
	var row challengeRow
	err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
		var err error
		if use.now, err = tx.Now(ctx); err != nil {
			return err
		}
		row, err = tx.useChallenge(ctx, use)
		return err
	})
	if err != nil {
		return "", nil, fmt.Errorf("using a challenge: %w", err)
	}
	return row.UserID, row.Certificate, nil
}

func (tx *Tx) useChallenge(ctx context.Context, use challengeUse) (challengeRow, error) {
	var row challengeRow
	err := tx.Get(ctx, &row, `UPDATE enrollment_challenges SET used_at = ?, key_hash = ?, certificate = ?
		WHERE hash = ? AND used_at IS NULL AND expires_at > ? RETURNING user_id, link_id, certificate`,
		use.now, use.keyHash, use.certificate, use.hash, use.now)
	if errors.Is(err, sql.ErrNoRows) {
		return tx.usedChallenge(ctx, use)
	}
	if err != nil {
		return row, err
	}
	user, err := tx.enrolls(ctx, row.UserID)
	if err != nil {
		return row, err
	}
	if err := tx.useLink(ctx, user, string(row.LinkID), use.now); err != nil {
		return row, err
	}
	return row, tx.keepCertificate(ctx, use, row.UserID)
}

// usedChallenge reads what the same key was given by a challenge.
func (tx *Tx) usedChallenge(ctx context.Context, use challengeUse) (challengeRow, error) {
	var row challengeRow
	err := tx.Get(ctx, &row, `SELECT user_id, link_id, certificate FROM enrollment_challenges
		WHERE hash = ? AND key_hash = ? AND expires_at > ?`, use.hash, use.keyHash, use.now)
	if errors.Is(err, sql.ErrNoRows) {
		return row, badChallenge()
	}
	if err == nil {
		_, err = tx.enrolls(ctx, row.UserID)
	}
	return row, err
}

// enrolls reads a user who may enroll devices.
func (tx *Tx) enrolls(ctx context.Context, userID string) (people.User, error) {
	user, err := getUser(ctx, tx, userID)
	if fault.Is(err, fault.NotFound) || err == nil && user.Disabled {
		return user, badChallenge()
	}
	return user, err
}

// useLink uses up the challenge's link, where there is one, in the name of its
// user.
func (tx *Tx) useLink(ctx context.Context, user people.User, linkID string, now Time) error {
	if linkID == "" {
		return nil
	}
	n, err := tx.Exec(ctx, "UPDATE enrollment_links SET used_at = ? WHERE id = ? AND used_at IS NULL", now, linkID)
	if err != nil {
		return err
	}
	if n == 0 {
		return badChallenge()
	}
	actor := people.Actor{Kind: people.ActorUser, ID: user.ID, Name: user.FullName}
	tx.audit(actor, change{Action: "enrollment_link.use", Kind: "enrollment_link", ID: linkID})
	return nil
}

// keepCertificate notes whose device a certificate was issued to; the first
// counts.
func (tx *Tx) keepCertificate(ctx context.Context, use challengeUse, userID string) error {
	sum := sha256.Sum256(use.certificate)
	_, err := tx.Exec(ctx, "INSERT INTO device_certificates (fingerprint, user_id, issued_at) VALUES (?, ?, ?) ON CONFLICT (fingerprint) DO NOTHING",
		hex.EncodeToString(sum[:]), userID, use.now)
	if err != nil {
		return fmt.Errorf("keeping whose a device's certificate is: %w", err)
	}
	return nil
}
