package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/internal/config"
	"heraut/internal/testkit"
)

// TestLostMasterKeysAreNotReplaced: other keys would make every link that went
// out dead, and the settings unreadable.
func TestLostMasterKeysAreNotReplaced(t *testing.T) {
	data := migrated(t)
	require.NoError(t, os.Remove(filepath.Join(data, config.SecretsFile)))
	r := cli(t, "migrate", "--data", data)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "its master keys are gone: put "+filepath.Join(data, config.SecretsFile)+" back")
	assert.NoFileExists(t, filepath.Join(data, config.SecretsFile))
}

func TestMigrateMakesNoSecondMasterKeys(t *testing.T) {
	address, folder := testkit.Postgres(t), t.TempDir()
	keys := filepath.Join(folder, "secrets")
	done(t, "migrate", "--database-url", address, "--secrets-file", keys)
	done(t, "admin", "create-key", "--database-url", address, "--name", "admin")
	done(t, "migrate", "--database-url", address, "--secrets-file", keys)

	other := filepath.Join(folder, "other")
	r := cli(t, "migrate", "--database-url", address, "--secrets-file", other)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "copy the file from where Heraut runs")
	assert.NoFileExists(t, other)
}
