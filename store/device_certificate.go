package store

import (
	"context"
	"fmt"
)

// CertificateUser tells whose device has a certificate, by its SHA-256 in hex;
// not_found for one that
// was not issued here, or whose user was deleted.
func (s *Store) CertificateUser(ctx context.Context, fingerprint string) (userID string, err error) {
	err = s.reader().Get(ctx, &userID, `SELECT c.user_id FROM device_certificates c JOIN users u ON u.id = c.user_id
		WHERE c.fingerprint = ? AND u.deleted_at IS NULL`, fingerprint)
	if err != nil {
		return "", fmt.Errorf("reading whose a device's certificate is: %w", orNotFound(err, "Certificate not found."))
	}
	return userID, nil
}
