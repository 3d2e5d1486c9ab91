package acceptance_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver of the store's file

	"heraut/internal/secrets"
)

// refuses runs a command that must end at once with one sentence for a person.
func refuses(t *testing.T, words []string, args ...string) {
	t.Helper()
	s := &site{TB: t}
	code, _, errs := s.tryCommand(args...)
	require.Equal(t, 1, code, errs)
	var said []string
	for line := range strings.Lines(errs) {
		if !strings.HasPrefix(line, "{") { // the log, which comes before
			said = append(said, line)
		}
	}
	require.Len(t, said, 1, "one sentence: %s", errs)
	for _, word := range words {
		require.Contains(t, said[0], word)
	}
}

// What serve can not work with it refuses at the start, and says what to do.
func TestServeRefusesWhatItCanNotWorkWith(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.serving.stop()
	keys := filepath.Join(s.data, "secrets")

	require.NoError(t, os.Chmod(keys, 0o644))
	refuses(t, []string{"may be read by others", "chmod 600 " + keys}, s.args...)
	require.NoError(t, os.Chmod(keys, 0o600))

	content, err := os.ReadFile(keys)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(keys, content[:len(content)/2], 0o600))
	refuses(t, []string{"reading the secrets", keys}, s.args...)
	require.NoError(t, os.WriteFile(keys, content, 0o600))

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	refuses(t, []string{"making the data folder", file}, "serve", "--data", filepath.Join(file, "data"))

	s.bumpSchema()
	refuses(t, []string{"schema version 9999", "use the newer Heraut"}, s.args...)
}

// bumpSchema makes the store's file one that a later Heraut has made.
func (s *site) bumpSchema() {
	s.Helper()
	db, err := sql.Open("sqlite", filepath.Join(s.data, "heraut.db")) //nolint:forbidigo // damages the file from outside
	require.NoError(s, err)
	_, err = db.ExecContext(s.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	require.NoError(s, err)
	require.NoError(s, db.Close())
}

func TestPartsRefuseADatabaseThatIsAway(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secrets")
	_, err := secrets.Create(file)
	require.NoError(t, err)
	nowhere := "postgres://heraut:hunter2@" + freeAddress(t) + "/heraut?sslmode=disable"
	refuses(t, []string{"opening the database", "can not be reached"}, "migrate", "--database-url", nowhere, "--secrets-file", file)
	for _, part := range []string{"api", "worker"} {
		refuses(t, []string{"database", "can not be reached"}, part, "--database-url", nowhere, "--secrets-file", file)
	}
	refuses(t, []string{"no secrets file", "heraut migrate"}, "api", "--database-url", nowhere, "--secrets-file", file+"-missing")
}
