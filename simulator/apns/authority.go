package apnssim

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"time"

	"heraut/simulator/authority"
)

// userID is the attribute of a certificate's subject that names its topic.
var userID = asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}

// CAPEM is the authority that signed the server's certificate, for the
// client's list of roots.
func (s *Server) CAPEM() []byte { return s.ca.PEM }

// CAKeyPEM is the authority's key, to open the same authority again.
func (s *Server) CAKeyPEM() []byte { return s.ca.KeyPEM }

// IssueCertificate makes a provider certificate for a topic, valid for a year,
// as Apple's portal would.
func (s *Server) IssueCertificate(topic string) (certPEM, keyPEM []byte, err error) {
	return s.IssueCertificateUntil(topic, time.Now().AddDate(1, 0, 0))
}

// IssueCertificateUntil is IssueCertificate with an end of one's own, for
// certificates that expire soon or have expired.
func (s *Server) IssueCertificateUntil(topic string, notAfter time.Time) (certPEM, keyPEM []byte, err error) {
	t := authority.Template(pkix.Name{
		CommonName: "Simulated Apple Push Services: " + topic,
		ExtraNames: []pkix.AttributeTypeAndValue{{Type: userID, Value: topic}},
	}, notAfter)
	t.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	return s.ca.Issue(t)
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
