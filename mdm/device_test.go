package mdm_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/micromdm/nanomdm/test/protocol"
	"github.com/micromdm/plist"
	"github.com/smallstep/scep"
	"github.com/smallstep/scep/x509util"
	"github.com/stretchr/testify/require"

	"heraut/mdm"
)

// deviceKey is the key of all hand-made devices.
var deviceKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func someKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := deviceKey()
	require.NoError(t, err)
	return k
}

// handMade is a device by NanoMDM's own test client, which says whatever a
// test wants it to.
type handMade struct {
	t         *testing.T
	transport *protocol.Transport
}

// handMade makes a device with an identity.
func (s *site) handMade(c *x509.Certificate, k crypto.PrivateKey) *handMade {
	return &handMade{s.t, protocol.NewTransport(
		protocol.WithSignMessage(),
		protocol.WithIdentityProvider(func(context.Context) (*x509.Certificate, crypto.PrivateKey, error) { return c, k, nil }),
		protocol.WithMDMURLs(s.http.URL+mdm.PathConnect, s.http.URL+mdm.PathCheckIn),
	)}
}

// said is a message of a device.
type said map[string]any

func (h *handMade) checkIn(m said) int {
	h.t.Helper()
	raw, err := plist.Marshal(m)
	require.NoError(h.t, err)
	return h.checkInRaw(raw)
}

func (h *handMade) checkInRaw(raw []byte) int {
	h.t.Helper()
	return statusAndBody(h.t, h.transport.DoCheckIn, raw).status
}

// connect reports and gives the answer.
func (h *handMade) connect(m said) answered {
	h.t.Helper()
	raw, err := plist.Marshal(m)
	require.NoError(h.t, err)
	return statusAndBody(h.t, h.transport.DoReportResultsAndFetchNext, raw)
}

type answered struct {
	status int
	body   string
}

func statusAndBody(t *testing.T, do func(context.Context, io.Reader) (*http.Response, error), raw []byte) answered {
	t.Helper()
	response, err := do(t.Context(), bytes.NewReader(raw))
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return answered{response.StatusCode, string(body)}
}

func authenticate(udid string) said {
	return said{"MessageType": "Authenticate", "Topic": topic, "UDID": udid, "DeviceName": "iPad", "ProductName": "iPad14,1", "SerialNumber": "S" + udid}
}

func tokenUpdate() said {
	return said{"MessageType": "TokenUpdate", "Topic": topic, "UDID": "UDID-1", "Token": []byte("token"), "PushMagic": "magic-words"}
}

// identity gets a certificate by SCEP for a fresh challenge.
func (s *site) identity(userID string) *x509.Certificate {
	s.t.Helper()
	reply := s.pki(s.csr(s.challenge(userID, time.Hour)))
	require.Equal(s.t, scep.SUCCESS, reply.PKIStatus)
	return reply.Certificate
}

// csr makes a request for the hand-made devices' key.
func (s *site) csr(challenge string) *x509.CertificateRequest {
	s.t.Helper()
	return s.csrFor(challenge, someKey(s.t))
}

func (s *site) csrFor(challenge string, key crypto.Signer) *x509.CertificateRequest {
	s.t.Helper()
	der, err := x509util.CreateCertificateRequest(rand.Reader, &x509util.CertificateRequest{
		CertificateRequest: x509.CertificateRequest{Subject: pkix.Name{CommonName: "admin"}, SignatureAlgorithm: x509.SHA256WithRSA},
		ChallengePassword:  challenge,
	}, key)
	require.NoError(s.t, err)
	csr, err := x509.ParseCertificateRequest(der)
	require.NoError(s.t, err)
	return csr
}

// pki asks for a certificate and opens the answer.
func (s *site) pki(csr *x509.CertificateRequest) *scep.PKIMessage {
	s.t.Helper()
	own := selfSigned(s.t, someKey(s.t), someKey(s.t).Public())
	ca := caCertificate(s.t)
	request, err := scep.NewCSRRequest(csr, &scep.PKIMessage{
		MessageType: scep.PKCSReq, Recipients: []*x509.Certificate{ca}, SignerKey: someKey(s.t), SignerCert: own,
	})
	require.NoError(s.t, err)
	got := s.postSCEP(request.Raw)
	require.Equal(s.t, http.StatusOK, got.status)
	reply, err := scep.ParsePKIMessage([]byte(got.body), scep.WithCACerts([]*x509.Certificate{ca}))
	require.NoError(s.t, err)
	if reply.PKIStatus == scep.SUCCESS {
		require.NoError(s.t, reply.DecryptPKIEnvelope(own, someKey(s.t)))
	}
	return reply
}

func (s *site) postSCEP(raw []byte) answered {
	s.t.Helper()
	return statusAndBody(s.t, func(ctx context.Context, body io.Reader) (*http.Response, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.http.URL+mdm.PathSCEP+"?operation=PKIOperation", body)
		require.NoError(s.t, err)
		return http.DefaultClient.Do(r)
	}, raw)
}

func caCertificate(t *testing.T) *x509.Certificate {
	t.Helper()
	p, err := pems()
	require.NoError(t, err)
	block, _ := pem.Decode(p[0])
	c, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	return c
}

func selfSigned(t *testing.T, k crypto.Signer, public any) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "Heraut"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, k)
	require.NoError(t, err)
	c, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return c
}

// issued makes a certificate of the authority that nobody asked for.
func issued(t *testing.T, notAfter time.Time, usage x509.ExtKeyUsage) *x509.Certificate {
	t.Helper()
	p, err := pems()
	require.NoError(t, err)
	block, _ := pem.Decode(p[1])
	caKey, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "x"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: notAfter, ExtKeyUsage: []x509.ExtKeyUsage{usage},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, caCertificate(t), someKey(t).Public(), caKey)
	require.NoError(t, err)
	c, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return c
}

func inPEM(t *testing.T, k *rsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(k)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}
