package main

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/api/client"
	"heraut/internal/config/datadir"
	"heraut/internal/testkit"
	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

// backedUp makes a backup of an office whose send to 4A is under way, and
// tells the send's id.
func backedUp(t *testing.T) (file, sendID string) {
	t.Helper()
	s := filled(t)
	// The engine's file is a database like any other here.
	require.NoError(t, copySQLite(t.Context(), filepath.Join(s.data, "heraut.db"), filepath.Join(s.data, engineFile)))
	sent := decode[client.Send](t, done(t, s.args("send --user anna --yes --json")...))
	file = filepath.Join(t.TempDir(), "backup.tar")
	assert.Contains(t, done(t, "backup", file, "--data", s.data), "holds 4 files")
	return file, sent.ID
}

func TestRestoreStartsWithEverySendPaused(t *testing.T) {
	file, sendID := backedUp(t)
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	data := filepath.Join(t.TempDir(), "restored")
	out := done(t, "restore", file, "--data", data)
	assert.Contains(t, out, "Anna de Vries")
	assert.Contains(t, out, "Restored: 1 invitation open, 1 send paused.\nBulk actions that were under way and licenses wait too.")
	for _, name := range []string{"heraut.db", engineFile, "secrets", "admin.key"} {
		info, err := os.Stat(filepath.Join(data, name))
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}

	s := serveFolder(t, data)
	assert.Regexp(t, sendID+` +paused`, done(t, s.args("sends")...))
	held := cli(t, s.args("preflight")...)
	assert.Regexp(t, "database .*`heraut restore --resume`", held.out+held.errs)
	assert.Contains(t, done(t, s.args("restore --resume")...), "1 send resumed.")
	free := cli(t, s.args("preflight")...)
	assert.NotContains(t, free.out+free.errs, "--resume")
	assert.Regexp(t, sendID+` +running`, done(t, s.args("sends")...))
	assert.Contains(t, done(t, s.args("restore --resume")...), "0 sends resumed.")
}

func TestResumeLeavesSendsThatAPersonHasPaused(t *testing.T) {
	s := filled(t)
	byHand := decode[client.Send](t, done(t, s.args("send --user anna --yes --json")...))
	done(t, s.args("sends pause "+byHand.ID)...)
	file, data := filepath.Join(t.TempDir(), "backup.tar"), filepath.Join(t.TempDir(), "restored")
	done(t, "backup", file, "--data", s.data)
	report := decode[restoreReport](t, done(t, "restore", file, "--data", data, "--json"))
	assert.Empty(t, report.Paused)
	assert.Len(t, report.Open, 1)
	restored := serveFolder(t, data)
	done(t, restored.args("restore --resume")...)
	assert.Contains(t, done(t, restored.args("sends")...), "paused")
}

func TestRestoreAndGoOn(t *testing.T) {
	file, sendID := backedUp(t)
	data := filepath.Join(t.TempDir(), "restored")
	out := done(t, "restore", file, "--resume", "--data", data)
	assert.Contains(t, out, "0 sends paused")
	assert.NotContains(t, out, "Bulk actions")
	assert.Regexp(t, sendID+` +running`, done(t, serveFolder(t, data).args("sends")...))
}

func TestRestoreRefusesAFolderThatIsUsed(t *testing.T) {
	file, _ := backedUp(t)
	data := migrated(t)
	r := cli(t, "restore", file, "--data", data)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "holds something already")

	busy := t.TempDir()
	folder, err := datadir.Open(busy, false)
	require.NoError(t, err)
	defer func() { assert.NoError(t, folder.Close()) }()
	r = cli(t, "restore", file, "--data", busy)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "in use by process")
}

func TestRestoreRefusesWhatIsDamaged(t *testing.T) {
	file, _ := backedUp(t)
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	changed := bytes.Clone(whole)
	at := bytes.Index(changed, []byte("SQLite format 3")) + 200
	changed[at] ^= 1
	tests := map[string]struct {
		content []byte
		says    string
	}{
		"cut":       {whole[:len(whole)/2], "backup is"},
		"changed":   {changed, "the backup is damaged"},
		"no backup": {[]byte("hello"), "no backup of Heraut"},
		"foreign":   {foreignArchive(t), "no backup of Heraut"},
		"empty":     {nil, "no backup of Heraut"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			broken, data := filepath.Join(t.TempDir(), "broken.tar"), filepath.Join(t.TempDir(), "restored")
			require.NoError(t, os.WriteFile(broken, test.content, 0o600))
			r := cli(t, "restore", broken, "--data", data)
			assert.Equal(t, exitFailed, r.code)
			assert.Contains(t, r.errs, test.says)
			empty, err := datadir.Empty(data)
			require.NoError(t, err)
			assert.True(t, empty, "nothing is left behind")
		})
	}
}

// foreignArchive is a tar file that would write outside of the folder.
func foreignArchive(t *testing.T) []byte {
	t.Helper()
	var content bytes.Buffer
	archive := tar.NewWriter(&content)
	require.NoError(t, archive.WriteHeader(&tar.Header{Name: "../../escaped", Mode: 0o600, Size: 1}))
	_, err := archive.Write([]byte("x"))
	require.NoError(t, err)
	require.NoError(t, archive.Close())
	return content.Bytes()
}

func TestRestoreRefusesNamesThatDoNotBelong(t *testing.T) {
	folder := t.TempDir()
	stray := filepath.Join(folder, "stray")
	require.NoError(t, os.WriteFile(stray, []byte("x"), 0o600))
	file := filepath.Join(folder, "backup.tar")
	require.NoError(t, writeArchive(t.Context(), file, []archived{{"../stray", stray}}))
	r := cli(t, "restore", file, "--data", filepath.Join(folder, "data"))
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "does not belong in a data folder")
}

func TestBackupReplacesNothing(t *testing.T) {
	data, file := migrated(t), filepath.Join(t.TempDir(), "backup.tar")
	done(t, "backup", file, "--data", data)
	r := cli(t, "backup", file, "--data", data)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "is there already")
	r = cli(t, "backup", file+"2", "--data", t.TempDir())
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "nothing to back up")
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	assert.Len(t, left, 1, "no scratch is left")
}

func TestPostgresIsBackedUpByItsOwnTools(t *testing.T) {
	r := cli(t, "backup", "--database-url", "postgres://u:very-secret@h/d")
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "pg_dump --format=custom")
	assert.NotContains(t, r.errs, "very-secret")
	r = cli(t, "restore", "x.tar", "--database-url", "postgres://u:very-secret@h/d")
	assert.Equal(t, exitUsage, r.code)
	assert.Contains(t, r.errs, "pg_restore")
}

func TestPostgresIsMigratedAndPausedAfterItsRestore(t *testing.T) {
	address, secretsFile := testkit.Postgres(t), filepath.Join(t.TempDir(), "secrets")
	database := []string{"--database-url", address}
	r := cli(t, append([]string{"migrate", "--status"}, database...)...)
	assert.Equal(t, exitFailed, r.code, "an empty database is not of this version")
	r = cli(t, append([]string{"admin", "list-keys"}, database...)...)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "run `heraut migrate` first")

	for range 2 {
		done(t, append([]string{"migrate", "--secrets-file", secretsFile}, database...)...)
	}
	info, err := os.Stat(secretsFile)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	done(t, append([]string{"migrate", "--status"}, database...)...)
	assert.Contains(t, done(t, append([]string{"admin", "create-key", "--name", "first"}, database...)...), "heraut_")
	assert.Contains(t, done(t, append([]string{"restore"}, database...)...), "0 invitations open, 0 sends paused")
}

// A restore that is run again, or was cut short, knows what it has paused.
func TestRestoreIsRunTwice(t *testing.T) {
	address, secretsFile := testkit.Postgres(t), filepath.Join(t.TempDir(), "secrets")
	database := []string{"--database-url", address}
	done(t, append([]string{"migrate", "--secrets-file", secretsFile}, database...)...)
	s, err := store.Open(t.Context(), store.Options{URL: address, LinkHash: func(id string) []byte { return []byte(id) }})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	sends := []string{sendTo(t, s, "Anna"), sendTo(t, s, "Bram"), sendTo(t, s, "Zoë")}
	_, err = s.PauseSend(t.Context(), restorer, sends[2]) // by hand
	require.NoError(t, err)
	noted := func() []string {
		r, err := s.Restored(t.Context())
		require.NoError(t, err)
		return r.Paused
	}

	// Cut short: both are noted, one is paused.
	require.NoError(t, s.KeepRestored(t.Context(), restorer, store.Restored{Paused: sends[:2]}))
	_, err = s.PauseSend(t.Context(), restorer, sends[0])
	require.NoError(t, err)
	for range 2 {
		assert.Contains(t, done(t, append([]string{"restore"}, database...)...), "3 invitations open, 2 sends paused")
		assert.ElementsMatch(t, sends[:2], noted())
	}

	_, err = s.CancelSend(t.Context(), restorer, sends[0])
	require.NoError(t, err)
	assert.Contains(t, done(t, append([]string{"restore"}, database...)...), "2 invitations open, 1 send paused")
	assert.Equal(t, sends[1:2], noted(), "what is over is forgotten")
}

// sendTo invites a user by mail, whose workflow nobody starts.
func sendTo(t *testing.T, s *store.Store, name string) string {
	t.Helper()
	u, err := s.CreateUser(t.Context(), restorer, people.User{FullName: name, Email: "somebody@example.org", ManagedDistribution: true})
	require.NoError(t, err)
	_, err = s.CreateDevice(t.Context(), restorer, people.Device{Name: "iPad", Platform: people.IPadOS, UserID: u.ID})
	require.NoError(t, err)
	plan, err := s.CreatePlan(t.Context(), restorer, invitation.Request{UserID: u.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	require.NoError(t, err)
	send, _, err := s.SendPlan(t.Context(), restorer, plan.ID, plan.Digest, invitation.Schedule{ExpiresAfter: time.Hour})
	require.NoError(t, err)
	return send.ID
}
