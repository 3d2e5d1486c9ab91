package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValuesThatCanNotBe(t *testing.T) {
	tests := []struct{ name, value, fault string }{
		{"listen", "8080", "must be host:port"},
		{"listen", "127.0.0.1:99999", "must be host:port"},
		{"temporal-listen", "0.0.0.0:7233", "must be a loopback address"},
		{"temporal-listen", ":7233", "must be a loopback address"},
		{"temporal-ui-listen", "192.0.2.1:8233", "must be a loopback address"},
		{"temporal-ui-listen", "heraut.example.org:8233", "must be a loopback address"},
		{"temporal-retention", "1h", "must be at least 24h"},
		{"temporal-retention", "ever", "must be a time"},
		{"temporal-namespace", "temporal-system", "must be a Temporal namespace of your own"},
		{"public-url", "heraut.example.org", "must be http:// or https://"},
		{"public-url", "https://heraut.example.org/invitations", "nothing after it"},
		{"public-url", "https://user@heraut.example.org", "nothing after it"},
		{"public-url", "ftp://heraut.example.org", "must be http:// or https://"},
		{"apns-url", "http://127.0.0.1:1", "must be https://"},
		{"appsbooks-url", "http://127.0.0.1:1", "must be https://"},
		{"appsbooks-url", "https://127.0.0.1:1/?a=b", "at most a path"},
		{"ask-apple-every", "0s", "must be a duration from 1s"},
		{"ask-apple-every", "2h", "to 1h"},
		{"apns-ca", "no-such.pem", "no such file"},
		{"tls-cert", ".", "is a folder"},
		{"trusted-proxies", "all", "must be networks"},
		{"dns-server", "name server", "must be host:port"},
		{"mx-port", "0", "from 1 to 65535"},
		{"mail-helo", "a b", "must be a host name"},
		{"stop-timeout", "-1s", "must be a time"},
		{"log-level", "loud", "must be debug, info, warn or error"},
		{"log-format", "xml", "must be auto, text or json"},
		{"page-size", "many", "must be a whole number"},
	}
	for _, test := range tests {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			_, err := load(t, "serve", "--"+test.name, test.value)
			require.ErrorContains(t, err, test.fault)
			require.ErrorContains(t, err, test.name+" must")
			require.ErrorContains(t, err, "(flag --"+test.name+")")
		})
	}
}

func TestValuesInTheirOneForm(t *testing.T) {
	c, err := load(t, "serve", "--public-url", "https://heraut.example.org/", "--dns-server", "192.0.2.53",
		"--temporal-listen", "localhost:0", "--temporal-ui-listen", "[::1]:8233")
	require.NoError(t, err)
	assert.Equal(t, "https://heraut.example.org", c.PublicURL)
	assert.Equal(t, "192.0.2.53:53", c.DNSServer)
}

func TestAppsAndBooksElsewhere(t *testing.T) {
	for given, want := range map[string]string{
		"https://127.0.0.1:2198":         "https://127.0.0.1:2198/mdm/v2",
		"https://127.0.0.1:2198/":        "https://127.0.0.1:2198/mdm/v2",
		"https://127.0.0.1:2198/mdm/v2/": "https://127.0.0.1:2198/mdm/v2",
		"https://apple.example/at/vpp":   "https://apple.example/at/vpp",
	} {
		c, err := load(t, "serve", "--appsbooks-url", given)
		require.NoError(t, err)
		assert.Equal(t, want, c.AppsBooksURL)
	}
}

func TestEveryFaultIsToldAtOnce(t *testing.T) {
	_, err := load(t, "serve", "--mx-port", "x", "--log-level", "y")
	require.ErrorContains(t, err, "mx-port must")
	require.ErrorContains(t, err, "log-level must")
}

func TestPostgresAddressStaysOutOfErrors(t *testing.T) {
	_, err := load(t, "api", "--secrets-file", "s", "--database-url", "mysql://u:very-secret@h/d")
	require.ErrorContains(t, err, "database-url must be of the form")
	assert.NotContains(t, err.Error(), "very-secret")
}

func TestPartsNeedADatabaseAndSecrets(t *testing.T) {
	_, err := load(t, "worker")
	require.ErrorContains(t, err, "`heraut worker` needs --database-url and --secrets-file")
	_, err = load(t, "api", "--database-url", "postgres://h/d")
	require.ErrorContains(t, err, "`heraut api` needs --secrets-file")
}

func TestPairs(t *testing.T) {
	cert := filepath.Join(t.TempDir(), "cert.pem")
	require.NoError(t, os.WriteFile(cert, nil, 0o600))
	_, err := load(t, "serve", "--tls-cert", cert)
	require.ErrorContains(t, err, "tls-cert needs tls-key beside it")
	_, err = load(t, "healthcheck", "--tls-cert", cert)
	require.NoError(t, err, "who has no tls-key needs none")
}

func TestSecretFilesAreOnesOwn(t *testing.T) {
	tests := []struct {
		mode        os.FileMode
		key, apiKey bool // taken
	}{
		{0o600, true, true},
		{0o640, true, false},
		{0o644, false, false},
	}
	for _, test := range tests {
		path := filepath.Join(t.TempDir(), "secret")
		require.NoError(t, os.WriteFile(path, []byte(" the-key\n"), 0o600))
		require.NoError(t, os.Chmod(path, test.mode))
		_, err := load(t, "serve", "--tls-cert", path, "--tls-key", path)
		assert.Equal(t, test.key, err == nil, "TLS key with mode %04o: %v", test.mode, err)
		c, err := load(t, "api", "--secrets-file", "s", "--database-url", "postgres://h/d", "--temporal-api-key-file", path)
		assert.Equal(t, test.apiKey, err == nil, "API key with mode %04o: %v", test.mode, err)
		if test.apiKey {
			assert.Equal(t, "the-key", c.TemporalAPIKey)
		}
	}
}
