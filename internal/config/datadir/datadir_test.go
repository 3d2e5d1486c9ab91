package datadir_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/internal/config/datadir"
)

func open(t *testing.T, path string) *datadir.Folder {
	t.Helper()
	folder, err := datadir.Open(path, false)
	require.NoError(t, err)
	return folder
}

func TestOpenMakesAFolderOfOnesOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "data")
	folder := open(t, path)
	defer func() { assert.NoError(t, folder.Close()) }()
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestOpenClosesAFolderToOthers(t *testing.T) {
	path := t.TempDir()
	require.NoError(t, os.Chmod(path, 0o755))
	require.NoError(t, open(t, path).Close())
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
}

func TestFolderThatOthersUseKeepsItsMode(t *testing.T) {
	path := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(path, "letter.txt"), nil, 0o600))
	require.NoError(t, os.Chmod(path, 0o755))
	folder := open(t, path)
	defer func() { assert.NoError(t, folder.Close()) }()
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o755), info.Mode().Perm())
	require.NoError(t, os.WriteFile(folder.File("heraut.db"), nil, 0o666))
	info, err = os.Stat(folder.File("heraut.db"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "files are ours alone in any case")
}

func TestSecondOwnerIsRefusedByName(t *testing.T) {
	path := t.TempDir()
	first := open(t, path)
	_, err := datadir.Open(path, false)
	require.ErrorContains(t, err, fmt.Sprintf("in use by process %d", os.Getpid()))
	_, err = datadir.Take(path)
	require.ErrorContains(t, err, "is in use")
	require.NoError(t, first.Close())
	require.NoError(t, open(t, path).Close())
}

func TestMarkOfTheDemo(t *testing.T) {
	tests := map[string]struct {
		before string // a file that is there already
		demo   bool
		fault  string
	}{
		"new folder":                 {},
		"new folder for the demo":    {demo: true},
		"demo again":                 {before: "demo", demo: true},
		"demo's folder without demo": {before: "demo", fault: "add --demo"},
		"school's folder":            {before: "heraut.db"},
		"school's folder with demo":  {before: "heraut.db", demo: true, fault: "leave out --demo"},
		"killed before the mark":     {before: "lock", demo: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := t.TempDir()
			if test.before != "" {
				require.NoError(t, os.WriteFile(filepath.Join(path, test.before), nil, 0o600))
			}
			folder, err := datadir.Open(path, test.demo)
			if test.fault != "" {
				require.ErrorContains(t, err, test.fault)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.demo, datadir.Demo(path))
			require.NoError(t, folder.Close())
		})
	}
}

func TestRefusedFolderStaysAsItWas(t *testing.T) {
	path := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(path, "heraut.db"), nil, 0o600))
	_, err := datadir.Open(path, true)
	require.Error(t, err)
	entries, err := os.ReadDir(path)
	require.NoError(t, err)
	assert.Len(t, entries, 1)
}

func TestWriteSecret(t *testing.T) {
	folder := open(t, t.TempDir())
	defer func() { assert.NoError(t, folder.Close()) }()
	for _, content := range []string{"first", "second, longer"} {
		require.NoError(t, folder.WriteSecret("admin.key", []byte(content)))
		written, err := os.ReadFile(folder.File("admin.key"))
		require.NoError(t, err)
		assert.Equal(t, content, string(written))
	}
	info, err := os.Stat(folder.File("admin.key"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestEmpty(t *testing.T) {
	path := t.TempDir()
	empty, err := datadir.Empty(filepath.Join(path, "missing"))
	require.NoError(t, err)
	assert.True(t, empty)
	require.NoError(t, os.WriteFile(filepath.Join(path, "x"), nil, 0o600))
	empty, err = datadir.Empty(path)
	require.NoError(t, err)
	assert.False(t, empty)
}
