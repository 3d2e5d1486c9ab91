package devicesim_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	kitlog "github.com/go-kit/kit/log"
	scepserver "github.com/micromdm/scep/v2/server"
	"github.com/smallstep/scep"
	"github.com/stretchr/testify/require"

	apnssim "heraut/simulator/apns"
)

// authority signs identities for challenges that each work once.
type authority struct {
	certificate *x509.Certificate
	key         *rsa.PrivateKey

	mu         sync.Mutex
	challenges map[string]bool // true: open
	subjects   []string
	noPost     bool
}

// authorityKey is made once: an RSA key takes its time.
var authorityKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := authorityKey()
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "School"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageKeyEncipherment,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	a := &authority{key: key, challenges: map[string]bool{}}
	a.certificate, err = x509.ParseCertificate(der)
	require.NoError(t, err)
	return a
}

func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

func (a *authority) challenge() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	challenge := rand.Text()
	a.challenges[challenge] = true
	return challenge
}

// handler is the SCEP server of scep/v2.
func (a *authority) handler(t *testing.T) http.Handler {
	t.Helper()
	s, err := scepserver.NewService(a.certificate, a.key, scepserver.CSRSignerContextFunc(a.sign))
	require.NoError(t, err)
	next := scepserver.MakeHTTPHandler(scepserver.MakeServerEndpoints(s), s, kitlog.NewNopLogger())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.noPost && r.FormValue("operation") == "GetCACaps" {
			_, _ = w.Write([]byte("SHA-256\nAES")) // the device may be gone
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (a *authority) sign(_ context.Context, m *scep.CSRReqMessage) (*x509.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.challenges[m.ChallengePassword] {
		return nil, errors.New("the challenge is not open")
	}
	a.challenges[m.ChallengePassword] = false
	a.subjects = append(a.subjects, m.CSR.Subject.String())
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 100))
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: serial, Subject: m.CSR.Subject,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, a.certificate, m.CSR.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// provider makes a client that may push for the topic.
func provider(t *testing.T, s *apnssim.Server) *http.Client {
	t.Helper()
	certPEM, keyPEM, err := s.IssueCertificate(topic)
	require.NoError(t, err)
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	require.NoError(t, err)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(s.CAPEM()))
	transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{
		Certificates: []tls.Certificate{pair}, RootCAs: roots, MinVersion: tls.VersionTLS12,
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// wake pushes to a channel with what its last TokenUpdate said, and returns
// APNs' answer.
func (s *server) wake(t *testing.T, id string) int {
	t.Helper()
	s.mu.Lock()
	found, err := s.store.RetrievePushInfo(t.Context(), []string{id})
	s.mu.Unlock()
	require.NoError(t, err)
	require.Contains(t, found, id)
	return s.pushTo(t, found[id].Token.String(), found[id].PushMagic)
}

func (s *server) pushTo(t *testing.T, token, magic string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.apns.URL()+"/3/device/"+token, strings.NewReader(`{"mdm":"`+magic+`"}`))
	require.NoError(t, err)
	r.Header.Set("apns-topic", topic)
	r.Header.Set("apns-push-type", "mdm")
	response, err := s.push.Do(r)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode
}
