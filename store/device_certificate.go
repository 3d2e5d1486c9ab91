package store

import (
	"context"
	"fmt"
)

// KeepCertificate notes whose device a certificate was issued to; fingerprint
// is its SHA-256 in hex. Keeping it again changes nothing.
func (s *Store) KeepCertificate(ctx context.Context, fingerprint, userID string) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, "INSERT INTO device_certificates (fingerprint, user_id, issued_at) VALUES (?, ?, ?) ON CONFLICT (fingerprint) DO NOTHING",
			fingerprint, userID, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping whose a device's certificate is: %w", err)
	}
	return nil
}

// CertificateUser tells whose device has a certificate; not_found for one that
// was not issued here, or whose user was deleted.
func (s *Store) CertificateUser(ctx context.Context, fingerprint string) (userID string, err error) {
	err = s.reader().Get(ctx, &userID, `SELECT c.user_id FROM device_certificates c JOIN users u ON u.id = c.user_id
		WHERE c.fingerprint = ? AND u.deleted_at IS NULL`, fingerprint)
	if err != nil {
		return "", fmt.Errorf("reading whose a device's certificate is: %w", orNotFound(err, "Certificate not found."))
	}
	return userID, nil
}
