package apnssim

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"time"
)

// userID is the attribute of a certificate's subject that names its topic.
var userID = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}

// authority signs the server's certificate and the providers'.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem, keyPEM []byte
}

func openAuthority(certPEM, keyPEM []byte) (*authority, error) {
	if len(certPEM) == 0 && len(keyPEM) == 0 {
		return newAuthority()
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return nil, fmt.Errorf("reading the simulator's authority: %w", err)
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("reading the simulator's authority: its key is not of the kind the simulator makes")
	}
	return &authority{certificate: pair.Leaf, key: key, pem: certPEM, keyPEM: keyPEM}, nil
}

func newAuthority() (*authority, error) {
	t := certificate(pkix.Name{CommonName: "Simulated Apple authority"}, time.Now().AddDate(10, 0, 0))
	t.IsCA = true
	t.BasicConstraintsValid = true
	t.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	a := &authority{certificate: t}
	certPEM, keyPEM, err := a.issue(t)
	if err != nil {
		return nil, err
	}
	return openAuthority(certPEM, keyPEM)
}

func certificate(subject pkix.Name, notAfter time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject:   subject,
		NotBefore: time.Now().Add(-48 * time.Hour),
		NotAfter:  notAfter,
	}
}

// issue signs a certificate; an authority without a key signs itself.
func (a *authority) issue(t *x509.Certificate) (certPEM, keyPEM []byte, err error) {
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

func (a *authority) issueServer(addr net.Addr) (tls.Certificate, error) {
	t := certificate(pkix.Name{CommonName: "Simulated APNs"}, time.Now().AddDate(1, 0, 0))
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	t.DNSNames = []string{"localhost"}
	t.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	if tcp, ok := addr.(*net.TCPAddr); ok && !tcp.IP.IsUnspecified() {
		t.IPAddresses = append(t.IPAddresses, tcp.IP)
	}
	certPEM, keyPEM, err := a.issue(t)
	if err != nil {
		return tls.Certificate{}, err
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("reading the server's own certificate: %w", err)
	}
	return pair, nil
}

// CAPEM is the authority that signed the server's certificate, for the
// client's list of roots.
func (s *Server) CAPEM() []byte { return s.ca.pem }

// CAKeyPEM is the authority's key, to open the same authority again.
func (s *Server) CAKeyPEM() []byte { return s.ca.keyPEM }

// IssueCertificate makes a provider certificate for a topic, valid for a year,
// as Apple's portal would.
func (s *Server) IssueCertificate(topic string) (certPEM, keyPEM []byte, err error) {
	return s.IssueCertificateUntil(topic, time.Now().AddDate(1, 0, 0))
}

// IssueCertificateUntil is IssueCertificate with an end of one's own, for
// certificates that expire soon or have expired.
func (s *Server) IssueCertificateUntil(topic string, notAfter time.Time) (certPEM, keyPEM []byte, err error) {
	t := certificate(pkix.Name{
		CommonName: "Simulated Apple Push Services: " + topic,
		ExtraNames: []pkix.AttributeTypeAndValue{{Type: userID, Value: topic}},
	}, notAfter)
	t.KeyUsage = x509.KeyUsageDigitalSignature
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return s.ca.issue(t)
}

// verifyClient ends the handshake for a provider certificate out of its time,
// as APNs does. Who signed it is not asked.
func verifyClient(raw [][]byte, _ [][]*x509.Certificate) error {
	if len(raw) == 0 {
		return nil // answered by MissingProviderToken
	}
	leaf, err := x509.ParseCertificate(raw[0])
	if err != nil {
		return fmt.Errorf("reading the client's certificate: %w", err)
	}
	if now := time.Now(); now.After(leaf.NotAfter) || now.Before(leaf.NotBefore) {
		return errors.New("the client's certificate is out of its time")
	}
	return nil
}

// topicOf returns the topic of the certificate that a connection came with.
func topicOf(state *tls.ConnectionState) (topic string, ok bool) {
	if state == nil || len(state.PeerCertificates) == 0 {
		return "", false
	}
	for _, attribute := range state.PeerCertificates[0].Subject.Names {
		if value, isText := attribute.Value.(string); isText && attribute.Type.Equal(userID) {
			return value, true
		}
	}
	return "", true
}
