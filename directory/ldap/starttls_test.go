package ldap_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/directory/ldap"
	"heraut/internal/testkit/directories"
	"heraut/people"
	"heraut/simulator/authority"
	"heraut/simulator/slapd"
)

func TestCertificatesAreToldTheSameInBothWays(t *testing.T) {
	t.Parallel()
	server := directories.StartSlapd(t, slapd.Options{}, school(5))
	for name, c := range map[string]struct {
		change func(*people.DirectoryConfig)
		words  string
	}{
		"untrusted":    {func(c *people.DirectoryConfig) { c.CA = "" }, "is not trusted"},
		"another name": {func(c *people.DirectoryConfig) { c.Host = "other.school.example" }, "is not for other.school.example"},
	} {
		for security, port := range map[people.DirectorySecurity]int{people.DirectoryLDAPS: server.SecurePort, people.DirectoryStartTLS: server.Port} {
			t.Run(name+" "+string(security), func(t *testing.T) {
				config := server.Config()
				config.Security, config.Port = security, port
				c.change(&config)
				steps := ldap.Test(t.Context(), config, slapd.Password, func(ctx context.Context, network, _ string) (net.Conn, error) {
					return new(net.Dialer).DialContext(ctx, network, net.JoinHostPort("localhost", strconv.Itoa(port)))
				})
				last := steps[len(steps)-1]
				require.Equal(t, "tls", last.Name)
				require.Contains(t, last.Detail, c.words)
			})
		}
	}
}

// consent is a server's yes to StartTLS: an extended response to message 1.
var consent = []byte{0x30, 0x0c, 0x02, 0x01, 0x01, 0x78, 0x07, 0x0a, 0x01, 0x00, 0x04, 0x00, 0x04, 0x00}

// refusal is a server's no: protocolError.
var refusal = []byte{0x30, 0x0c, 0x02, 0x01, 0x01, 0x78, 0x07, 0x0a, 0x01, 0x02, 0x04, 0x00, 0x04, 0x00}

// pretend serves one connection by talk.
func pretend(t *testing.T, talk func(net.Conn)) people.DirectoryConfig {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		talk(conn)
	}()
	t.Cleanup(func() {
		_ = listener.Close() // which may have been done
		<-done
	})
	address, ok := listener.Addr().(*net.TCPAddr)
	require.True(t, ok)
	return people.DirectoryConfig{
		Host: "127.0.0.1", Port: address.Port, Security: people.DirectoryStartTLS, BindDN: "cn=heraut", BaseDN: "dc=school",
	}
}

// hears reads what comes until the other side ends.
func hears(conn net.Conn) {
	buffer := make([]byte, 4096)
	for {
		if _, err := conn.Read(buffer); err != nil {
			return
		}
	}
}

// TestServerThatFallsSilentDoesNotHoldTheReader stops the reader at each point
// where a server may say nothing more.
func TestServerThatFallsSilentDoesNotHoldTheReader(t *testing.T) {
	t.Parallel()
	made, err := authority.Open(nil, nil, "School")
	require.NoError(t, err)
	certificate, key, err := made.Files("127.0.0.1")
	require.NoError(t, err)
	pair, err := tls.X509KeyPair(certificate, key)
	require.NoError(t, err)
	stopped := errors.New("the worker stops")
	for name, talk := range map[string]func(net.Conn, func()){
		"before it consents": func(_ net.Conn, silent func()) { silent() },
		"after it has consented": func(conn net.Conn, silent func()) {
			_, _ = conn.Write(consent) // who hears it decides the test
			silent()
		},
		"before it takes the account": func(conn net.Conn, silent func()) {
			_, _ = conn.Write(consent) // as above
			secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
			_, _ = secure.Read(make([]byte, 1)) // the login has begun
			silent()
		},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			config := pretend(t, func(conn net.Conn) {
				_, _ = conn.Read(make([]byte, 4096)) // the wish for encryption
				talk(conn, func() { cancel(stopped) })
				hears(conn)
			})
			config.CA = string(made.PEM)
			_, err := ldap.Open(ctx, config, "password", nil)
			require.Error(t, err)
			require.ErrorIs(t, context.Cause(ctx), stopped)
		})
	}
}

func TestServerWithoutStartTLSSaysSo(t *testing.T) {
	t.Parallel()
	config := pretend(t, func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 4096)) // the wish for encryption
		_, _ = conn.Write(refusal)           // who hears it decides the test
		hears(conn)
	})
	_, err := ldap.Open(t.Context(), config, "password", nil)
	require.Contains(t, ldap.Sentence(err), "does not offer StartTLS")
}

// TestWordsBehindTheConsentAreNotTaken is somebody between who adds to what
// the server says before anything is encrypted.
func TestWordsBehindTheConsentAreNotTaken(t *testing.T) {
	t.Parallel()
	config := pretend(t, func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 4096)) // the wish for encryption
		_, _ = conn.Write(append(consent, consent...))
		hears(conn)
	})
	_, err := ldap.Open(t.Context(), config, "password", nil)
	require.Contains(t, ldap.Sentence(err), "could not be encrypted")
}
