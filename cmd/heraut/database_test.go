package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/internal/config/datadir"
)

// migrated makes a data folder with an empty database.
func migrated(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	done(t, "migrate", "--data", data)
	return data
}

func TestMigrateMakesAFolderThatIsReady(t *testing.T) {
	data := migrated(t)
	for _, name := range []string{"heraut.db", "secrets"} {
		info, err := os.Stat(filepath.Join(data, name))
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
	done(t, "migrate", "--data", data)
	assert.Contains(t, done(t, "migrate", "--status", "--data", data), "this Heraut needs")
}

func TestMigrateRefusesAFolderInUse(t *testing.T) {
	data := migrated(t)
	folder, err := datadir.Take(data)
	require.NoError(t, err)
	defer func() { assert.NoError(t, folder.Close()) }()
	r := cli(t, "migrate", "--data", data)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "in use by process")
	done(t, "admin", "list-keys", "--data", data)
}

func TestKeys(t *testing.T) {
	data := migrated(t)
	secret := strings.TrimSpace(done(t, "admin", "create-key", "--data", data, "--name", "roster script", "--role", "admin"))
	assert.Regexp(t, `^heraut_[0-9a-f-]{36}_[\w-]{43}$`, secret)
	listed := done(t, "admin", "list-keys", "--data", data)
	assert.Contains(t, listed, "roster script")
	assert.NotContains(t, listed, secret)
	id := regexp.MustCompile(`[0-9a-f-]{36}`).FindString(secret)
	assert.Contains(t, done(t, "admin", "revoke-key", id, "--data", data), "is revoked")
	r := cli(t, "admin", "revoke-key", id, "--data", data)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "API key not found")
	r = cli(t, "admin", "revoke-key", "x", "--data", data)
	assert.Equal(t, exitUsage, r.code)
}

func TestKeyInAFile(t *testing.T) {
	data, file := migrated(t), filepath.Join(t.TempDir(), "script.key")
	out := done(t, "admin", "create-key", "--data", data, "--name", "script", "--file", file, "--json")
	assert.NotContains(t, out, `"key"`)
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(string(content), "heraut_"))
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	r := cli(t, "admin", "create-key", "--data", data, "--name", "script", "--file", file)
	assert.Equal(t, exitFailed, r.code, "a file that is there stays")
	assert.Equal(t, 1, strings.Count(done(t, "admin", "list-keys", "--data", data), "script"))
}

func TestRotateKeys(t *testing.T) {
	data := migrated(t)
	first := regexp.MustCompile(`(?m)^(\S+) +current`).FindStringSubmatch(done(t, "admin", "rotate-keys", "--data", data))
	require.NotNil(t, first)
	out := done(t, "admin", "rotate-keys", "--data", data)
	assert.Equal(t, 3, strings.Count(strings.TrimSpace(out), "\n"), out)
	assert.NotContains(t, done(t, "admin", "rotate-keys", "--retire", first[1], "--data", data), first[1])
	r := cli(t, "admin", "rotate-keys", "--retire", "none", "--data", data)
	assert.Equal(t, exitFailed, r.code)
	r = cli(t, "admin", "rotate-keys", "--data", t.TempDir())
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "there is no secrets file")
}

func TestSecretsThatOthersMayReadAreRefused(t *testing.T) {
	data := migrated(t)
	require.NoError(t, os.Chmod(filepath.Join(data, "secrets"), 0o644))
	r := cli(t, "migrate", "--data", data)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "chmod 600")
}
