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
