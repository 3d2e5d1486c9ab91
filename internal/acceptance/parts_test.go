package acceptance_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit"
	"heraut/internal/testkit/temporalcluster"
)

// run runs a command of heraut to its end and returns what it printed.
func run(tb testing.TB, built func() (string, error), args ...string) (output string) {
	tb.Helper()
	cmd := exec.CommandContext(tb.Context(), binary(tb, built), args...)
	var complaints strings.Builder
	cmd.Stderr = &complaints
	text, err := cmd.Output()
	require.NoError(tb, err, complaints.String())
	return strings.TrimSpace(string(text))
}

// apart is a site of several processes, on PostgreSQL and a Temporal cluster
// in a process of its own.
type apart struct {
	*killer

	shared []string // flags of every part
	apns   []string // flags of workers
}

// startApart migrates the database, makes a key, and starts the API.
func startApart(tb testing.TB) *apart {
	tb.Helper()
	a := &apart{killer: newKiller(tb)}
	database := []string{
		"--database-url", testkit.Postgres(tb), "--secrets-file", filepath.Join(tb.TempDir(), "secrets"),
	}
	a.temporal = temporalcluster.Start(tb).Address()
	a.shared = slices.Concat(database, []string{"--temporal-address", a.temporal, "--log-level", "warn"})
	a.apns = []string{"--apns-url", a.site.apns.URL(), "--apns-ca", a.authority()}
	run(tb, lean, append([]string{"migrate"}, database...)...)
	key := run(tb, lean, append([]string{"admin", "create-key", "--name", "tests", "--role", "admin"}, database...)...)
	address := freeAddress(tb)
	a.url = "http://" + address
	a.serving = start(tb, binary(tb, lean), append([]string{"api", "--listen", address, "--public-url", a.url}, a.shared...)...)
	a.serving.ready(a.url + "/readyz")
	a.connect(key)
	a.furnish()
	return a
}

// worker starts one more worker.
func (a *apart) worker() *process {
	a.Helper()
	metrics := freeAddress(a)
	args := append([]string{"worker", "--public-url", a.url, "--page-size", "20", "--metrics-listen", metrics}, a.shared...)
	p := start(a, binary(a, lean), append(args, a.apns...)...)
	p.ready("http://" + metrics + "/livez")
	return p
}

// fall kills a worker when the next mail is in hand, whoever sends it.
func (a *apart) fall(worker *process) {
	a.Helper()
	a.mail <- worker.pid
	<-worker.program.Exited()
	worker.ended = true
}

func TestPartsOnPostgreSQLAndATemporalCluster(t *testing.T) {
	t.Parallel()
	a := startApart(t)
	first, second := a.worker(), a.worker()

	t.Run("all enroll", func(t *testing.T) {
		everyone, group := a.people(30, mixed)
		send := a.invite(toGroup(group))
		a.afterwards(send.ID, everyone, 0)
		require.True(t, a.group(group).AllEnrolled)
	})
	t.Run("workers are killed", func(t *testing.T) {
		everyone, group := a.people(60, mixed)
		send := a.invite(toGroup(group))
		// Of two kills with a mail in hand, one at least hits who sends it.
		a.fall(first)
		a.fall(second)
		began := time.Now()
		a.worker()
		a.afterwards(send.ID, everyone, 2)
		t.Logf("all enrolled %s after another worker came", time.Since(began).Round(time.Millisecond))
		require.True(t, a.group(group).AllEnrolled)
	})
}
