package devicesim

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/smallstep/scep"
	"github.com/smallstep/scep/x509util"
)

// scepClient is a talk with a SCEP server.
type scepClient struct {
	http    *http.Client
	payload scepPayload
	posts   bool // the server takes POST
}

// obtain gets an identity: what the server can, who it is, and a certificate
// for a new key.
func (f *Fleet) obtain(ctx context.Context, p scepPayload) (identity, error) {
	s := &scepClient{http: f.client, payload: p}
	capabilities, _, err := s.call(ctx, http.MethodGet, "GetCACaps", nil)
	if err != nil {
		return identity{}, fmt.Errorf("asking what the SCEP server can: %w", err)
	}
	able := strings.Fields(string(capabilities))
	s.posts = slices.Contains(able, "POSTPKIOperation") || slices.Contains(able, "SCEPStandard")
	authority, err := s.authority(ctx)
	if err != nil {
		return identity{}, fmt.Errorf("asking for the SCEP server's certificate: %w", err)
	}
	key, err := f.keys.key(p.bits)
	if err != nil {
		return identity{}, err
	}
	certificate, err := s.enroll(ctx, authority, key)
	if err != nil {
		return identity{}, fmt.Errorf("asking for a certificate: %w", err)
	}
	return identity{key, certificate}, nil
}

// authority gets the certificates of the server.
func (s *scepClient) authority(ctx context.Context) ([]*x509.Certificate, error) {
	body, kind, err := s.call(ctx, http.MethodGet, "GetCACert", []byte(s.payload.name))
	if err != nil {
		return nil, err
	}
	var certificates []*x509.Certificate
	if strings.HasPrefix(kind, "application/x-x509-ca-ra-cert") {
		certificates, err = scep.CACerts(body)
	} else {
		certificates, err = x509.ParseCertificates(body)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("reading it: %w", err)
	case len(certificates) == 0:
		return nil, errors.New("there is none")
	case !slices.ContainsFunc(certificates, s.trusted):
		return nil, errors.New("its fingerprint is not that of the profile")
	}
	return certificates, nil
}

// trusted compares a certificate with the profile's fingerprint, if it has one.
func (s *scepClient) trusted(c *x509.Certificate) bool {
	short, long := sha1.Sum(c.Raw), sha256.Sum256(c.Raw)
	want := s.payload.fingerprint
	return len(want) == 0 || bytes.Equal(want, short[:]) || bytes.Equal(want, long[:])
}

// enroll asks for a certificate. The request is encrypted for the server, and
// signed with a certificate that the device makes for itself (RFC 8894, 2.3).
func (s *scepClient) enroll(ctx context.Context, authority []*x509.Certificate, key *rsa.PrivateKey) (*x509.Certificate, error) {
	own, err := selfSigned(key)
	if err != nil {
		return nil, err
	}
	request, err := s.request(authority, own, key)
	if err != nil {
		return nil, err
	}
	method := http.MethodGet
	if s.posts {
		method = http.MethodPost
	}
	body, _, err := s.call(ctx, method, "PKIOperation", request)
	if err != nil {
		return nil, err
	}
	answer, err := scep.ParsePKIMessage(body, scep.WithCACerts(authority))
	if err != nil {
		return nil, fmt.Errorf("reading the answer: %w", err)
	}
	if answer.CertRepMessage == nil || answer.PKIStatus != scep.SUCCESS {
		return nil, errors.New("the server refuses")
	}
	if err := answer.DecryptPKIEnvelope(own, key); err != nil {
		return nil, fmt.Errorf("opening the answer: %w", err)
	}
	certificate := answer.Certificate
	if !key.PublicKey.Equal(certificate.PublicKey) {
		return nil, errors.New("the certificate is for another key")
	}
	return certificate, nil
}

// request makes the PKCSReq message, with the challenge in its PKCS #10.
func (s *scepClient) request(authority []*x509.Certificate, own *x509.Certificate, key *rsa.PrivateKey) ([]byte, error) {
	der, err := x509util.CreateCertificateRequest(rand.Reader, &x509util.CertificateRequest{
		CertificateRequest: x509.CertificateRequest{Subject: s.payload.subject, SignatureAlgorithm: x509.SHA256WithRSA},
		ChallengePassword:  s.payload.challenge,
	}, key)
	if err != nil {
		return nil, fmt.Errorf("making the request: %w", err)
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, fmt.Errorf("reading the request: %w", err)
	}
	selector := scep.NopCertsSelector()
	if len(authority) > 1 {
		selector = scep.EnciphermentCertsSelector()
	}
	message, err := scep.NewCSRRequest(csr, &scep.PKIMessage{
		MessageType: scep.PKCSReq, Recipients: authority, SignerKey: key, SignerCert: own,
	}, scep.WithCertsSelector(selector))
	if err != nil {
		return nil, fmt.Errorf("sealing the request: %w", err)
	}
	return message.Raw, nil
}

// call makes one request (RFC 8894, 4.1).
func (s *scepClient) call(ctx context.Context, method, operation string, message []byte) (body []byte, kind string, err error) {
	at, err := url.Parse(s.payload.url)
	if err != nil {
		return nil, "", errors.New("the URL of the SCEP payload is none")
	}
	query := at.Query()
	query.Set("operation", operation)
	switch {
	case method == http.MethodPost:
	case operation == "PKIOperation":
		query.Set("message", base64.StdEncoding.EncodeToString(message))
	case len(message) > 0:
		query.Set("message", string(message))
	}
	at.RawQuery = query.Encode()
	var send []byte
	if method == http.MethodPost {
		send = message
	}
	r, err := http.NewRequestWithContext(ctx, method, at.String(), bytes.NewReader(send))
	if err != nil {
		return nil, "", withoutURL(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-pki-message")
	}
	return exchange(s.http, r)
}

// selfSigned makes the certificate that the request is signed with, and the
// answer sealed for.
func selfSigned(key *rsa.PrivateKey) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("making a serial number: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "SCEP request"},
		NotBefore:    time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate for the request: %w", err)
	}
	return x509.ParseCertificate(der)
}
