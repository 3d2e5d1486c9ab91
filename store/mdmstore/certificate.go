package mdmstore

import (
	"context"
	"errors"

	"github.com/micromdm/nanomdm/mdm"
	"github.com/micromdm/nanomdm/service/certauth"

	"heraut/fault"
)

// HasCertHash tells whether a certificate is any device's.
func (s *Storage) HasCertHash(r *mdm.Request, hash string) (bool, error) {
	owner, err := s.mdm.CertificateOwner(r.Context(), hash)
	return owner != "", answered(err)
}

// EnrollmentHasCertHash tells whether the device has a certificate.
func (s *Storage) EnrollmentHasCertHash(r *mdm.Request, _ string) (bool, error) {
	has, err := s.mdm.HasCertificate(r.Context(), r.ID)
	return has, answered(err)
}

// IsCertHashAssociated tells whether the certificate is the device's.
func (s *Storage) IsCertHashAssociated(r *mdm.Request, hash string) (bool, error) {
	owner, err := s.mdm.CertificateOwner(r.Context(), hash)
	return err == nil && owner == r.ID, answered(err)
}

// AssociateCertHash makes the certificate the device's. Another device's stays
// what it is, also when two ask at once: certauth.ErrNoCertReuse.
func (s *Storage) AssociateCertHash(r *mdm.Request, hash string) error {
	err := s.mdm.GiveCertificate(r.Context(), r.ID, hash)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Code == fault.Conflict {
		return certauth.ErrNoCertReuse
	}
	return answered(err)
}

// EnrollmentFromHash gives the device that a certificate belongs to; empty for
// none.
func (s *Storage) EnrollmentFromHash(ctx context.Context, hash string) (string, error) {
	return s.mdm.CertificateOwner(ctx, hash)
}
