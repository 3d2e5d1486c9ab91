package secrets_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
)

func newPath(t *testing.T) string {
	t.Helper()
	return filepath.Join(t.TempDir(), "secrets.json")
}

func create(t *testing.T, path string) *secrets.Keyring {
	t.Helper()
	keyring, err := secrets.Create(path)
	require.NoError(t, err)
	return keyring
}

func TestCreateWritesAFileForItsOwnerAlone(t *testing.T) {
	path := newPath(t)

	made := create(t, path)

	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file may stay")
	loaded, err := secrets.Load(path)
	require.NoError(t, err)
	require.Equal(t, made, loaded)
}

func TestCreateKeepsWhatIsThere(t *testing.T) {
	path := newPath(t)
	first := create(t, path)

	_, err := secrets.Create(path)

	require.ErrorIs(t, err, fs.ErrExist)
	loaded, err := secrets.Load(path)
	require.NoError(t, err)
	require.Equal(t, first, loaded)
}

func TestCreateIsWonByOneOfMany(t *testing.T) {
	path := newPath(t)
	var wg sync.WaitGroup
	made := make([]*secrets.Keyring, 16)
	for i := range made {
		wg.Go(func() { made[i], _ = secrets.Create(path) }) // all but one meet fs.ErrExist
	}
	wg.Wait()

	loaded, err := secrets.Load(path)
	require.NoError(t, err)
	winners := 0
	for _, keyring := range made {
		if keyring != nil {
			winners++
			require.Equal(t, loaded, keyring)
		}
	}
	require.Equal(t, 1, winners)
}

func TestLoadRefusesWhatOthersMayRead(t *testing.T) {
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o660, 0o644, 0o610} {
		path := newPath(t)
		create(t, path)
		require.NoError(t, os.Chmod(path, mode))

		_, err := secrets.Load(path)

		require.ErrorContains(t, err, "chmod 600 "+path, mode)
	}
}

func TestLoadRefusesWhatIsNoSecretsFile(t *testing.T) {
	key := strings.Repeat("ab12", 10) + "abc=" // 32 bytes in base64
	good := `{"version":1,"current":"k001","keys":[{"id":"k001","created_at":"2026-01-02T03:04:05Z","key":"` + key + `"}]}`
	tests := map[string]struct{ content, want string }{
		"empty":              {"", "not a secrets file"},
		"not JSON":           {"secret: abc", "not a secrets file"},
		"cut":                {good[:len(good)/2], "not a secrets file"},
		"unknown field":      {strings.Replace(good, `"version"`, `"extra":1,"version"`, 1), "unknown field"},
		"something follows":  {good + good, "something follows"},
		"newer version":      {strings.Replace(good, `:1,`, `:2,`, 1), "version 1"},
		"current is missing": {strings.Replace(good, `"current":"k001"`, `"current":"k002"`, 1), `"k002" is not among the keys`},
		"no keys":            {`{"version":1,"current":"","keys":[]}`, "not among the keys"},
		"id of another form": {strings.ReplaceAll(good, "k001", "K0-1"), "lower-case"},
		"short key":          {strings.Replace(good, key, "YWJj", 1), "3 bytes"},
		"placeholder key":    {strings.Replace(good, key, strings.Repeat("A", 43)+"=", 1), "no secret"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			require.NoError(t, os.WriteFile(path, []byte(test.content), 0o600))

			_, err := secrets.Load(path)

			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), key)
		})
	}
	path := newPath(t)
	require.NoError(t, os.WriteFile(path, []byte(good), 0o600))
	_, err := secrets.Load(path)
	require.NoError(t, err, "the file that the cases spoil is good")
}

func TestLoadRefusesAFolderAndNothing(t *testing.T) {
	_, err := secrets.Load(newPath(t))
	require.ErrorIs(t, err, fs.ErrNotExist)

	folder := t.TempDir()
	require.NoError(t, os.Chmod(folder, 0o700))
	_, err = secrets.Load(folder)
	require.ErrorContains(t, err, "not a regular file")
}

func TestRotateKeepsOldKeysAndRetireRemovesThem(t *testing.T) {
	path := newPath(t)
	first := create(t, path)

	second, err := secrets.Rotate(path)
	require.NoError(t, err)
	require.NotEqual(t, first.CurrentID(), second.CurrentID())
	require.Equal(t, []string{first.CurrentID(), second.CurrentID()}, second.IDs())
	_, old := first.Current(secrets.ForLink)
	kept, ok := second.ByID(secrets.ForLink, first.CurrentID())
	require.True(t, ok)
	require.Equal(t, old, kept)

	_, err = secrets.Retire(path, second.CurrentID())
	require.ErrorContains(t, err, "rotate first")
	_, err = secrets.Retire(path, "zzzz")
	require.ErrorContains(t, err, `no key "zzzz"`)

	third, err := secrets.Retire(path, first.CurrentID())
	require.NoError(t, err)
	require.Equal(t, []string{second.CurrentID()}, third.IDs())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
}

func TestRotateRefusesWhatLoadRefuses(t *testing.T) {
	path := newPath(t)
	create(t, path)
	require.NoError(t, os.Chmod(path, 0o644))

	_, err := secrets.Rotate(path)
	require.ErrorContains(t, err, "chmod 600")
}
