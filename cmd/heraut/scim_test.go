package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

func TestSCIMClientsFromAShell(t *testing.T) {
	s := newOffice(t)
	token := strings.TrimSpace(done(t, append([]string{"scim", "add", "Entra ID"}, s.flags...)...))
	made, err := s.store.AuthenticateSCIM(t.Context(), token)
	require.NoError(t, err)
	assert.Equal(t, "Entra ID", made.Name)

	file := filepath.Join(t.TempDir(), "okta.token")
	out := done(t, s.args("scim add Okta --file "+file)...)
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	okta, err := s.store.AuthenticateSCIM(t.Context(), strings.TrimSpace(string(kept)))
	require.NoError(t, err)
	assert.Contains(t, out, okta.ID)
	assert.NotContains(t, out, "heraut_scim_")

	out = done(t, s.args("scim list")...)
	assert.Regexp(t, made.ID+` +Entra ID +\S+ \S+ +\S+`, out)
	assert.Len(t, decode[[]client.SCIMClient](t, done(t, s.args("scim list --json")...)), 2)

	assert.Equal(t, "Client "+made.ID+" is ended.\n", done(t, s.args("scim remove "+made.ID)...))
	_, err = s.store.AuthenticateSCIM(t.Context(), token)
	require.Error(t, err)
	r := cli(t, s.args("scim remove "+made.ID)...)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "not found")
	r = cli(t, s.args("scim remove Okta")...)
	assert.Equal(t, exitUsage, r.code)
	assert.Contains(t, r.errs, "heraut scim list")
	r = cli(t, append([]string{"scim", "add", " ", "--file", filepath.Join(t.TempDir(), "x")}, s.flags...)...)
	assert.Equal(t, exitFailed, r.code)
}

func TestSCIMTokensAreReplacedFromAShell(t *testing.T) {
	s := newOffice(t)
	first := strings.TrimSpace(done(t, s.args("scim add Entra")...))
	made, err := s.store.AuthenticateSCIM(t.Context(), first)
	require.NoError(t, err)
	r := cli(t, s.args("scim rotate "+made.ID)...)
	require.Equal(t, exitDone, r.code, r.errs)
	assert.Contains(t, r.errs, "The one before works until 2")
	second := strings.TrimSpace(r.out)
	for _, token := range []string{first, second} {
		got, err := s.store.AuthenticateSCIM(t.Context(), token)
		require.NoError(t, err)
		assert.Equal(t, made.ID, got.ID)
	}
	assert.Regexp(t, made.ID+` +Entra +\S+ \S+ +\S+ \S+ +\S+ \S+`, done(t, s.args("scim list")...))

	file := filepath.Join(t.TempDir(), "entra.token")
	out := done(t, s.args("scim rotate "+made.ID+" --end-old --file "+file)...)
	assert.Contains(t, out, "The one before has ended.")
	assert.NotContains(t, out, "heraut_scim_")
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	_, err = s.store.AuthenticateSCIM(t.Context(), strings.TrimSpace(string(kept)))
	require.NoError(t, err)
	for _, token := range []string{first, second} {
		_, err := s.store.AuthenticateSCIM(t.Context(), token)
		require.Error(t, err)
	}
	assert.NotEmpty(t, decode[client.NewSCIMToken](t, done(t, s.args("scim rotate --json "+made.ID)...)).Token)
	assert.Equal(t, exitUsage, cli(t, s.args("scim rotate Entra")...).code)
	done(t, s.args("scim remove "+made.ID)...)
	unused := filepath.Join(t.TempDir(), "unused")
	assert.Equal(t, exitFailed, cli(t, s.args("scim rotate "+made.ID+" --file "+unused)...).code)
	assert.NoFileExists(t, unused)
}
