// Package authority signs the certificates of simulated services, with an
// authority of their own that a demo keeps over restarts.
package authority

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"
)

// Authority signs certificates. It is safe for concurrent use.
type Authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey

	// PEM is the authority's certificate, for a client's list of roots, and
	// KeyPEM its key: with both Open gives the same authority again.
	PEM, KeyPEM []byte
}

// Open reads an authority that was made earlier; without anything to read it
// makes one with a name.
func Open(certPEM, keyPEM []byte, name string) (*Authority, error) {
	if len(certPEM) == 0 && len(keyPEM) == 0 {
		var err error
		if certPEM, keyPEM, err = create(name); err != nil {
			return nil, err
		}
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return nil, fmt.Errorf("reading the simulator's authority: %w", err)
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("reading the simulator's authority: its key is not of the kind the simulator makes")
	}
	return &Authority{certificate: pair.Leaf, key: key, PEM: certPEM, KeyPEM: keyPEM}, nil
}

func create(name string) (certPEM, keyPEM []byte, err error) {
	t := Template(pkix.Name{CommonName: name}, time.Now().AddDate(10, 0, 0))
	t.IsCA = true
	t.BasicConstraintsValid = true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	return (&Authority{certificate: t}).Issue(t)
}

// Template begins a certificate for signatures that is valid since two days ago.
func Template(subject pkix.Name, notAfter time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject: subject, KeyUsage: x509.KeyUsageDigitalSignature,
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: notAfter,
	}
}

// Issue makes a key and signs a certificate for it; an authority without a key
// signs itself.
func (a *Authority) Issue(t *x509.Certificate) (certPEM, keyPEM []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("making a key: %w", err)
	}
	if t.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return nil, nil, fmt.Errorf("making a serial number: %w", err)
	}
	signer := a.key
	if signer == nil {
		signer = key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, a.certificate, &key.PublicKey, signer)
	if err != nil {
		return nil, nil, fmt.Errorf("signing a certificate: %w", err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, nil, fmt.Errorf("encoding a key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}), nil
}

// Server makes the certificate of a server that listens at an address; it is
// good for loopback too.
func (a *Authority) Server(name string, addr net.Addr) (tls.Certificate, error) {
	certPEM, keyPEM, err := a.server(name, addr)
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("reading the server's own certificate: %w", err)
	}
	return pair, nil
}

// Files makes the certificate of a server on loopback that is a program of its
// own, and reads both from files.
func (a *Authority) Files(name string) (certPEM, keyPEM []byte, err error) {
	return a.server(name, nil)
}

func (a *Authority) server(name string, addr net.Addr) (certPEM, keyPEM []byte, err error) {
	t := Template(pkix.Name{CommonName: name}, time.Now().AddDate(1, 0, 0))
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	t.DNSNames = []string{"localhost"}
	t.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	if tcp, ok := addr.(*net.TCPAddr); ok && !tcp.IP.IsUnspecified() {
		t.IPAddresses = append(t.IPAddresses, tcp.IP)
	}
	return a.Issue(t)
}
