package acceptance_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"heraut/internal/testkit/temporalcluster"
	smtpsim "heraut/simulator/smtp"
)

// split is a site in parts: `heraut api` and `heraut worker`, built without
// the engine, on PostgreSQL and a Temporal server of its own.
type split struct {
	*site

	cluster *temporalcluster.Cluster
	// common are the flags that every part has.
	common []string
	// more are flags of the workers alone.
	more    []string
	workers []*process
}

// divide starts a site in parts on a database, with one worker; more are
// further flags of workers.
func divide(tb testing.TB, database string, more ...string) *split {
	tb.Helper()
	s := &split{site: surround(tb, smtpsim.Options{}), cluster: temporalcluster.Start(tb), more: more}
	s.common = []string{"--database-url", database, "--secrets-file", filepath.Join(tb.TempDir(), "secrets")}
	s.command(append([]string{"migrate"}, s.common...)...)
	key := s.command(append([]string{"admin", "create-key", "--name", "tests", "--role", "admin"}, s.common...)...)
	address := freeAddress(tb)
	s.url, s.temporal = "http://"+address, s.cluster.Address()
	s.common = append(s.common, "--temporal-address", s.temporal, "--public-url", s.url, "--log-level", "warn")
	s.args = append([]string{"api", "--listen", address}, s.common...)
	s.startAPI()
	s.startWorker()
	s.connect(strings.TrimSpace(key))
	s.furnish()
	return s
}

func (s *split) startAPI() {
	s.Helper()
	s.serving = start(s, binary(s, lean), s.args...)
	s.serving.ready(s.url + "/readyz")
}

// startWorker starts one more worker.
func (s *split) startWorker() {
	s.Helper()
	args := slices.Concat([]string{"worker", "--apns-url", s.apns.URL(), "--apns-ca", s.authority()}, s.common, s.more)
	s.workers = append(s.workers, start(s, binary(s, lean), args...))
}

// reconcile runs the schedule now, which would run within five minutes.
func (s *site) reconcile(engine client.Client) {
	s.Helper()
	require.NoError(s, engine.ScheduleClient().GetHandle(s.Context(), "reconcile").Trigger(s.Context(), client.ScheduleTriggerOptions{}))
}
