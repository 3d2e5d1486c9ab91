//go:build !lean

package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"heraut/internal/config"
	"heraut/internal/secrets"
	"heraut/internal/telemetry"
	"heraut/people"
)

// startFirst opens a data folder as `heraut serve` does, up to the link for the
// first administrator, and gives what its log says.
func startFirst(t *testing.T, data string) (s *allInOne, log string) {
	t.Helper()
	cmd := &cobra.Command{Use: "serve"}
	config.Bind(cmd, "serve")
	require.NoError(t, cmd.ParseFlags([]string{"--data", data, "--listen", "127.0.0.1:0"}))
	c, err := config.Load(cmd)
	require.NoError(t, err)
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	logger, err := telemetry.NewLogger(file, "debug", "json")
	require.NoError(t, err)
	s = &allInOne{parts: newParts(c, logger), cmd: cmd}
	defer func() { require.NoError(t, s.close(t.Context())) }()
	for _, step := range []func(context.Context) error{s.openFolder, s.openStore, s.migrate, s.listen, s.firstLink} {
		require.NoError(t, step(t.Context()))
	}
	text, err := os.ReadFile(file.Name())
	require.NoError(t, errors.Join(err, file.Close()))
	return s, string(text)
}

func TestFirstLink(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	path := filepath.Join(data, "first-admin.link")
	s, log := startFirst(t, data)
	require.Equal(t, path, s.firstLinkPath)
	require.Contains(t, s.firstVisit(), path)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	first, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NotContains(t, log, tokenOf(t, string(first)))
	require.Contains(t, string(first), "/first-admin?token=")

	s, _ = startFirst(t, data) // nobody used it: the next start writes another
	second, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NotEqual(t, first, second)
	require.NotEmpty(t, s.firstLinkPath)

	useLink(t, data, tokenOf(t, string(first)), false)
	useLink(t, data, tokenOf(t, string(second)), true)
	s, _ = startFirst(t, data)
	require.NoFileExists(t, path)
	require.Empty(t, s.firstVisit())
}

func useLink(t *testing.T, data, token string, works bool) {
	t.Helper()
	keys, err := secrets.Load(filepath.Join(data, config.SecretsFile))
	require.NoError(t, err)
	s, err := openStore(t.Context(), config.Config{Data: data}, keys)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	_, err = s.UseSignInLink(t.Context(), secrets.LinkHash(token), people.Administrator{Name: "Zoë", Login: "zoe"}, "hash")
	require.Equal(t, works, err == nil, "%v", err)
}

// TestConsoleIsFoundHere: without a public URL the links lead to this machine.
func TestConsoleIsFoundHere(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	s, _ := startFirst(t, data)
	host, _, err := net.SplitHostPort(s.local[len("http://"):])
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1", host)
	require.Equal(t, s.local, s.signin().BaseURL)
	require.Equal(t, s.local+"/set-passphrase?token=x", s.signInURL("x"))
	require.Equal(t, s.local+"/oidc/callback", identityProviders{s.parts}.RedirectURL())
	s.config.PublicURL = "https://heraut.example.org"
	require.Equal(t, "https://heraut.example.org/set-passphrase?token=x", s.signInURL("x"))
	s.config.PublicURL, s.local = "", ""
	require.Empty(t, s.signInURL("x"))
	require.Empty(t, identityProviders{s.parts}.RedirectURL())
}
