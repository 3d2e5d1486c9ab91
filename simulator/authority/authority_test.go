package authority_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/simulator/authority"
)

func TestServerIsTrustedByItsAuthority(t *testing.T) {
	made, err := authority.Open(nil, nil, "Test authority")
	require.NoError(t, err)
	again, err := authority.Open(made.PEM, made.KeyPEM, "another name")
	require.NoError(t, err)
	require.Equal(t, made.PEM, again.PEM)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(made.PEM))

	pair, err := again.Server("Test", &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7)})
	require.NoError(t, err)
	for _, host := range []string{"localhost", "127.0.0.1", "192.0.2.7"} {
		_, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: host})
		require.NoError(t, err, host)
	}
	other, err := authority.Open(nil, nil, "Test authority")
	require.NoError(t, err)
	strangers := x509.NewCertPool()
	require.True(t, strangers.AppendCertsFromPEM(other.PEM))
	_, err = pair.Leaf.Verify(x509.VerifyOptions{Roots: strangers, DNSName: "localhost"})
	require.Error(t, err)
}

func TestOpenRefusesHalfAnAuthority(t *testing.T) {
	made, err := authority.Open(nil, nil, "a")
	require.NoError(t, err)
	_, err = authority.Open(made.PEM, nil, "a")
	require.ErrorContains(t, err, "reading the simulator's authority")
	certPEM, keyPEM, err := made.Issue(authority.Template(pkix.Name{CommonName: "x"}, time.Now().Add(time.Hour)))
	require.NoError(t, err)
	require.NotEmpty(t, certPEM)
	_, err = authority.Open(made.PEM, keyPEM, "a")
	require.Error(t, err, "another's key")
}
