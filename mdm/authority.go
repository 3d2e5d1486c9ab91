package mdm

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/google/uuid"
)

const (
	authorityBits = 3072
	minBits       = 2048
	authorityAge  = 20 // years
	// certificateAge is long because devices do not renew: an MDM identity is
	// replaced by installing another profile.
	certificateAge = 10 // years
	// skew is how wrong a device's clock may be.
	skew = 24 * time.Hour
)

// Authority is the CA whose certificates devices show. It is safe for
// concurrent use; make one with ParseAuthority.
type Authority struct {
	certificate *x509.Certificate
	key         *rsa.PrivateKey
	roots       *x509.CertPool
}

// NewCA makes an authority for an organization, once: certificates of another
// are worth nothing. The key is to be sealed. The error is the machine's, that
// it has no randomness.
func NewCA(organization string) (certPEM, keyPEM []byte, err error) {
	key, err := rsa.GenerateKey(rand.Reader, authorityBits)
	if err != nil {
		return nil, nil, fmt.Errorf("making the key of the device authority: %w", err)
	}
	now := time.Now()
	subject := pkix.Name{CommonName: "Heraut devices"}
	if organization != "" {
		subject.Organization = []string{organization}
	}
	template := &x509.Certificate{
		SerialNumber: serialNumber(), Subject: subject,
		NotBefore: now.Add(-skew), NotAfter: now.AddDate(authorityAge, 0, 0),
		IsCA: true, BasicConstraintsValid: true, MaxPathLenZero: true,
		// SCEP requests are encrypted for the authority itself.
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, nil, fmt.Errorf("making the certificate of the device authority: %w", err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("encoding the key of the device authority: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}), nil
}

// ParseAuthority reads what NewCA made. The error never repeats the key.
func ParseAuthority(certPEM, keyPEM []byte) (*Authority, error) {
	block, _ := pem.Decode(certPEM)
	keyBlock, _ := pem.Decode(keyPEM)
	if block == nil || keyBlock == nil {
		return nil, errors.New("reading the device authority: its certificate or key is not in PEM")
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the certificate of the device authority: %w", err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, errors.New("reading the key of the device authority: it is not in PKCS #8")
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok || !key.PublicKey.Equal(certificate.PublicKey) || !certificate.IsCA {
		return nil, errors.New("reading the device authority: its key and its certificate do not belong together")
	}
	roots := x509.NewCertPool()
	roots.AddCert(certificate)
	return &Authority{certificate: certificate, key: key, roots: roots}, nil
}

// issue makes a certificate for a device's key. Its name is opaque: nothing
// that the device asks for gets into it.
func (a *Authority) issue(public any) (*x509.Certificate, error) {
	now := time.Now()
	until := now.AddDate(certificateAge, 0, 0)
	if until.After(a.certificate.NotAfter) {
		until = a.certificate.NotAfter
	}
	template := &x509.Certificate{
		SerialNumber: serialNumber(), Subject: pkix.Name{CommonName: uuid.NewString()},
		NotBefore: now.Add(-skew), NotAfter: until, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, public, a.key)
	if err != nil {
		return nil, fmt.Errorf("issuing a certificate to a device: %w", err)
	}
	return x509.ParseCertificate(der)
}

// verify tells whether the certificate is one that the authority issued to a
// device, and valid now.
func (a *Authority) verify(c *x509.Certificate) error {
	_, err := c.Verify(x509.VerifyOptions{Roots: a.roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	if err == nil && c.IsCA {
		err = errors.New("the authority is not a device")
	}
	return err
}

// serialNumber has 127 random bits: at most 16 bytes, positive (RFC 5280
// allows 20).
func serialNumber() *big.Int {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails: it ends the program instead
	raw[0] &= 0x7f
	return new(big.Int).SetBytes(raw)
}
