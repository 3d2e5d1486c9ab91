package mdm_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/micromdm/nanomdm/service/certauth"
	"github.com/smallstep/scep"
	"github.com/stretchr/testify/require"

	"heraut/mdm"
)

func TestChallengeWorksOnce(t *testing.T) {
	s := newSite(t)
	user := s.user("A")
	challenge := s.challenge(user, time.Hour)
	first := s.pki(s.csr(challenge))
	require.Equal(t, scep.SUCCESS, first.PKIStatus)
	another, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	require.Equal(t, scep.FAILURE, s.pki(s.csrFor(challenge, another)).PKIStatus, "used by another device")
	for name, c := range map[string]string{
		"unknown": "no-challenge-at-all",
		"none":    "",
		"expired": s.challenge(user, -time.Second),
	} {
		require.Equal(t, scep.FAILURE, s.pki(s.csr(c)).PKIStatus, name)
	}
	require.NotContains(t, s.log.text(), challenge)
}

// TestAnswerThatWasLost: a device that did not hear the answer asks again, and
// has its certificate.
func TestAnswerThatWasLost(t *testing.T) {
	s := newSite(t)
	user := s.user("A")
	challenge := s.challenge(user, time.Hour)
	first, again := s.pki(s.csr(challenge)), s.pki(s.csr(challenge))
	require.Equal(t, scep.SUCCESS, again.PKIStatus)
	require.Equal(t, first.Certificate.Raw, again.Certificate.Raw)
	owner, err := s.store.CertificateUser(t.Context(), certauth.HashCert(again.Certificate))
	require.NoError(t, err)
	require.Equal(t, user, owner)
}

func TestCertificateSaysNothing(t *testing.T) {
	s := newSite(t)
	c := s.identity(s.user("A"))
	require.Regexp(t, "^CN=[0-9a-f-]{36}$", c.Subject.String(), "not what the device asked for")
	require.False(t, c.IsCA)
	require.Equal(t, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, c.ExtKeyUsage)
	require.Greater(t, time.Until(c.NotAfter), 9*365*24*time.Hour)
}

func TestSCEPTellsWhatItCan(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string]int{
		"?operation=GetCACaps":                        http.StatusOK,
		"?operation=GetCACert&message=Heraut":         http.StatusOK,
		"?operation=GetNextCACert":                    http.StatusBadRequest,
		"":                                            http.StatusBadRequest,
		"?operation=PKIOperation":                     http.StatusBadRequest,
		"?operation=PKIOperation&message=%25%25":      http.StatusBadRequest,
		"?operation=PKIOperation&message=AAAA":        http.StatusBadRequest,
		"?operation=PKIOperation&message=MIIB%2BAAAA": http.StatusBadRequest,
	} {
		response, err := http.Get(s.http.URL + mdm.PathSCEP + path)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, want, response.StatusCode, path)
	}
	require.Equal(t, http.StatusRequestEntityTooLarge, s.postSCEP(make([]byte, 100_000)).status)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, s.http.URL+mdm.PathSCEP, http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.Equal(t, http.StatusMethodNotAllowed, response.StatusCode)
}

func TestSCEPWithoutPOST(t *testing.T) {
	s := newSite(t)
	raw := s.request(s.csr(s.challenge(s.user("A"), time.Hour)))
	// As some clients do: '+' of base64 not escaped.
	response, err := http.Get(s.http.URL + mdm.PathSCEP + "?operation=PKIOperation&message=" + base64.StdEncoding.EncodeToString(raw))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.Equal(t, http.StatusOK, s.getSCEP(s.request(s.csr(s.challenge(s.user("A"), time.Hour)))))
}

func (s *site) getSCEP(raw []byte) int {
	s.t.Helper()
	query := url.Values{"operation": {"PKIOperation"}, "message": {base64.StdEncoding.EncodeToString(raw)}}
	response, err := http.Get(s.http.URL + mdm.PathSCEP + "?" + query.Encode())
	require.NoError(s.t, err)
	return response.StatusCode
}

// request seals a request for the authority.
func (s *site) request(csr *x509.CertificateRequest) []byte {
	s.t.Helper()
	return s.requestTo(csr, caCertificate(s.t))
}

func (s *site) requestTo(csr *x509.CertificateRequest, recipient *x509.Certificate) []byte {
	s.t.Helper()
	request, err := scep.NewCSRRequest(csr, &scep.PKIMessage{
		MessageType: scep.PKCSReq, Recipients: []*x509.Certificate{recipient},
		SignerKey: someKey(s.t), SignerCert: selfSigned(s.t, someKey(s.t), someKey(s.t).Public()),
	})
	require.NoError(s.t, err)
	return request.Raw
}

func TestWeakKeysGetNoCertificate(t *testing.T) {
	s := newSite(t)
	challenge := s.challenge(s.user("A"), time.Hour)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, ec)
	require.NoError(t, err)
	csr, err := x509.ParseCertificateRequest(der)
	require.NoError(t, err)
	require.Equal(t, http.StatusBadRequest, s.postSCEP(s.request(csr)).status)

	forged := s.csr(challenge)
	forged.Raw[len(forged.Raw)-1] ^= 1 // not the key's own request
	require.Equal(t, http.StatusBadRequest, s.postSCEP(s.request(forged)).status)
	require.Equal(t, scep.SUCCESS, s.pki(s.csr(challenge)).PKIStatus, "a bad request does not cost the challenge")
}

// Whatever is wrong with a request that can not be opened, the answer is one:
// see errSCEP.
func TestUnreadableRequestsAreAnsweredAlike(t *testing.T) {
	s := newSite(t)
	whole := s.csr("x")
	ca := caCertificate(t)
	foreign := *ca // its name, and another's key
	foreign.PublicKey = someKey(t).Public()
	garbage := *whole
	garbage.Raw = []byte("not a request")
	cut := *whole
	cut.Raw = whole.Raw[:len(whole.Raw)/2]
	raw := s.request(whole)
	for name, message := range map[string][]byte{
		"another's key":  s.requestTo(whole, &foreign),
		"garbage inside": s.request(&garbage),
		"cut inside":     s.request(&cut),
		"cut":            raw[:len(raw)/2],
		"nothing":        nil,
		"no CMS":         []byte("0\x03\x02\x01\x00"),
	} {
		require.Equal(t, answered{http.StatusBadRequest, "Bad Request\n"}, s.postSCEP(message), name)
	}
}

// away is a database that is.
type away struct{ error }

func (a away) UseChallenge(context.Context, string, []byte, []byte) (userID string, issued []byte, _ error) {
	return "", nil, a.error
}

func (a away) CertificateUser(context.Context, string) (userID string, _ error) { return "", a.error }

func TestSCEPWithoutDatabase(t *testing.T) {
	s := newSite(t)
	a := away{errors.New("no database")}
	server, err := mdm.NewServer(mdm.Options{
		Authority: authority(t), Storage: s.queue, Challenges: a, Certificates: a, Ledger: s.notes,
		Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	w := httptest.NewRecorder()
	server.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, mdm.PathSCEP+"?operation=PKIOperation",
		bytes.NewReader(s.request(s.csr("challenge")))))
	require.Equal(t, http.StatusInternalServerError, w.Code)
}

func TestParseAuthority(t *testing.T) {
	p, err := pems()
	require.NoError(t, err)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	for name, x := range map[string][2][]byte{
		"nothing":       {},
		"no key":        {p[0], nil},
		"swapped":       {p[1], p[0]},
		"another's key": {p[0], inPEM(t, other)},
	} {
		_, err := mdm.ParseAuthority(x[0], x[1])
		require.Error(t, err, name)
	}
	public, ok := caCertificate(t).PublicKey.(*rsa.PublicKey)
	require.True(t, ok)
	require.GreaterOrEqual(t, public.N.BitLen(), 2048)
}
