package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"heraut/fault"
)

// CertificateOwner tells whose a certificate is, by its SHA-256 in hex; empty
// when it is nobody's.
func (m *MDM) CertificateOwner(ctx context.Context, hash string) (id string, err error) {
	err = m.s.reader().Get(ctx, &id, "SELECT enrollment_id FROM mdm_certificates WHERE sha256 = ?", strings.ToLower(hash))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("looking for a certificate: %w", err)
	}
	return id, nil
}

// HasCertificate tells whether a device has any certificate.
func (m *MDM) HasCertificate(ctx context.Context, deviceID string) (bool, error) {
	var n int
	err := m.s.reader().Get(ctx, &n, "SELECT count(*) FROM (SELECT 1 AS one FROM mdm_certificates WHERE enrollment_id = ? LIMIT 1) AS first", deviceID)
	if err != nil {
		return false, fmt.Errorf("looking for the certificate of device %s: %w", deviceID, err)
	}
	return n > 0, nil
}

// GiveCertificate makes a certificate a device's own; twice is no error.
// Fault: conflict when it is another device's.
func (m *MDM) GiveCertificate(ctx context.Context, deviceID, hash string) error {
	if err := errors.Join(checkMDMText("id", deviceID, maxMDMID), checkMDMText("hash", hash, maxMDMWord)); err != nil {
		return err
	}
	n, err := m.s.exec(ctx, `INSERT INTO mdm_certificates (sha256, enrollment_id, at) VALUES (?, ?, ?)
		ON CONFLICT (sha256) DO UPDATE SET at = excluded.at WHERE mdm_certificates.enrollment_id = excluded.enrollment_id`,
		strings.ToLower(hash), deviceID, At(m.s.clock()))
	if err != nil {
		return fmt.Errorf("noting the certificate of device %s: %w", deviceID, err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "The certificate belongs to another device.")
	}
	return nil
}
