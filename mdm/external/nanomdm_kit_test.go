package external_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/micromdm/nanomdm/test/protocol"
	"github.com/stretchr/testify/require"

	"heraut/internal/freeport"
	"heraut/mdm/plists"
)

// How long tests wait for what happens elsewhere, and how often they look.
const (
	waitFor = 30 * time.Second
	often   = 10 * time.Millisecond
)

// nanoMDM is a NanoMDM server in a process of its own, built from its module.
type nanoMDM struct {
	url       string
	authority *authority
	apple     *apple
}

// startNanoMDM starts one that tells a webhook what devices say.
func startNanoMDM(t *testing.T, binary, storage, webhook string) *nanoMDM {
	t.Helper()
	dir := t.TempDir()
	n := &nanoMDM{authority: newAuthority(t)}
	ca := filepath.Join(dir, "ca.pem")
	require.NoError(t, os.WriteFile(ca, n.authority.pem(), 0o600))
	address, err := freeport.Address()
	require.NoError(t, err)
	n.url = "http://" + address

	server := exec.CommandContext(t.Context(), binary,
		"-listen", address, "-ca", ca, "-api", apiKey, "-storage", storage, "-storage-dsn", filepath.Join(dir, "db"),
		"-webhook-url", webhook, "-webhook-hmac-key", webhookKey)
	server.Dir = dir
	n.apple = newApple(t, n.authority)
	server.Env = []string{"HTTPS_PROXY=" + n.apple.proxy, "SSL_CERT_FILE=" + n.apple.roots}
	var said syncBuffer
	server.Stdout, server.Stderr = &said, &said
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		_ = server.Process.Kill() // it may be gone already
		_ = server.Wait()         // killed, as it should be
		if t.Failed() {
			t.Log(said.String())
		}
	})
	client := newClient(t, n.url)
	require.Eventually(t, func() bool {
		_, err := client.Version(t.Context())
		return err == nil
	}, waitFor, often)
	return n
}

// buildNanoMDM builds the server at the version that the tools' go.mod names.
func buildNanoMDM(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "nanomdm")
	build := exec.CommandContext(t.Context(), "go", "build", "-modfile=tools/go.mod", "-o", binary, "github.com/micromdm/nanomdm/cmd/nanomdm")
	build.Dir = filepath.Join("..", "..")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	return binary
}

// syncBuffer is a buffer that a process writes while a test reads.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// authority issues the identities of devices.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Devices"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	certificate, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return &authority{certificate, key}
}

func (a *authority) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
}

// iPhone is a device with an identity, enrolled or about to be.
type iPhone struct {
	udid      string
	transport *protocol.Transport
}

func (n *nanoMDM) iPhone(t *testing.T, udid string) *iPhone {
	t.Helper()
	c := n.authority.issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: udid}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	identity := func(context.Context) (*x509.Certificate, crypto.PrivateKey, error) { return c.Leaf, c.PrivateKey, nil }
	return &iPhone{udid, protocol.NewTransport(
		protocol.WithSignMessage(), protocol.WithIdentityProvider(identity), protocol.WithMDMURLs(n.url+"/mdm", ""))}
}

// checkIn sends a check-in message.
func (d *iPhone) checkIn(t *testing.T, kind string, more ...any) {
	t.Helper()
	response, err := d.transport.DoCheckIn(t.Context(), bytes.NewReader(message(append([]any{"MessageType", kind, "UDID", d.udid, "Topic", topic}, more...)...)))
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}

func (d *iPhone) enroll(t *testing.T) {
	t.Helper()
	d.checkIn(t, "Authenticate", "DeviceName", "Anna's iPhone", "SerialNumber", "C39XXXX", "ProductName", "iPhone15,2")
	d.checkIn(t, "TokenUpdate", "Token", []byte{0xAB, 0xCD}, "PushMagic", "magic-1")
}

// report tells how a command went, or Idle, and gives the next command; empty
// when there is none.
func (d *iPhone) report(t *testing.T, status string, more ...any) string {
	t.Helper()
	response, err := d.transport.DoReportResultsAndFetchNext(t.Context(), bytes.NewReader(message(append([]any{"UDID", d.udid, "Status", status}, more...)...)))
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, string(body))
	return string(body)
}

// hears waits until the ledger has been told n times of a kind of event, and
// no oftener.
func (h *hook) hears(t *testing.T, kind string, n int) {
	t.Helper()
	times := func() (n int) {
		for _, what := range h.ledger.heard() {
			if what == kind {
				n++
			}
		}
		return n
	}
	require.Eventually(t, func() bool { return times() >= n }, waitFor, often)
	require.Equal(t, n, times())
}

// commandUUID reads the name of a command.
func commandUUID(t *testing.T, command string) string {
	t.Helper()
	var said struct{ CommandUUID string }
	require.NoError(t, plists.Decode([]byte(command), &said))
	require.NotEmpty(t, said.CommandUUID)
	return said.CommandUUID
}
