package external_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// apnsHost is the only one that NanoMDM pushes to.
const apnsHost = "api.push.apple.com"

// apple answers for APNs behind a proxy: NanoMDM has no flag for its host, but
// heeds the usual variables for a proxy and for trusted authorities.
type apple struct {
	proxy string
	roots string
	// refusal is the body of one; empty: APNs takes the push.
	refusal atomic.Pointer[string]
	pushes  atomic.Int32
}

func newApple(t *testing.T, a *authority) *apple {
	t.Helper()
	apns := &apple{roots: filepath.Join(t.TempDir(), "roots.pem")}
	require.NoError(t, os.WriteFile(apns.roots, a.pem(), 0o600))
	server := httptest.NewUnstartedServer(http.HandlerFunc(apns.push))
	server.EnableHTTP2 = true
	server.TLS = &tls.Config{Certificates: []tls.Certificate{a.issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: apnsHost}, DNSNames: []string{apnsHost}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})}, ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	proxy := httptest.NewServer(tunnel(server.Listener.Addr().String()))
	t.Cleanup(proxy.Close)
	apns.proxy = proxy.URL
	return apns
}

func (a *apple) push(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // what matters is that it came
	a.pushes.Add(1)
	if refusal := a.refusal.Load(); refusal != nil {
		w.WriteHeader(http.StatusGone)
		_, _ = io.WriteString(w, *refusal) // a client that is gone asks for nothing more
		return
	}
	w.Header().Set("apns-id", "E0000000-0000-4000-8000-000000000001")
}

// tunnel is a proxy that leads every CONNECT to one address.
func tunnel(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || r.Host != apnsHost+":443" {
			http.Error(w, r.Host, http.StatusForbidden)
			return
		}
		server, err := net.Dial("tcp", to)
		if err != nil {
			http.Error(w, "away", http.StatusBadGateway)
			return
		}
		defer server.Close()
		client, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer client.Close()
		_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")           // who does not hear it asks for nothing more
		go func() { _, _ = io.Copy(server, client); _ = server.Close() }() // either side may end it
		_, _ = io.Copy(client, server)                                     // as above
	}
}

// issue makes a certificate of the authority with a key of its own.
func (a *authority) issue(t *testing.T, template *x509.Certificate) tls.Certificate {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template.SerialNumber, template.KeyUsage = big.NewInt(time.Now().UnixNano()), x509.KeyUsageDigitalSignature
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	require.NoError(t, err)
	leaf, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// installPushCertificate gives the server one for the devices' topic.
func (n *nanoMDM) installPushCertificate(t *testing.T) {
	t.Helper()
	uid := pkix.AttributeTypeAndValue{Type: asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}, Value: topic}
	c := n.authority.issue(t, &x509.Certificate{Subject: pkix.Name{CommonName: "APSP:1", ExtraNames: []pkix.AttributeTypeAndValue{uid}}})
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	require.NoError(t, err)
	both := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, n.url+"/v1/pushcert", bytes.NewReader(both))
	require.NoError(t, err)
	r.SetBasicAuth("nanomdm", apiKey)
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}
