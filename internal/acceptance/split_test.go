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
	s := surround(tb, smtpsim.Options{}).divide(database, more...)
	s.startWorker()
	return s
}

// divide starts all parts of a site but the workers.
func (s *site) divide(database string, more ...string) *split {
	s.Helper()
	parts := &split{site: s, cluster: temporalcluster.Start(s), more: more}
	parts.common = []string{"--database-url", database, "--secrets-file", filepath.Join(s.TempDir(), "secrets")}
	s.command(append([]string{"migrate"}, parts.common...)...)
	key := s.command(append([]string{"admin", "create-key", "--name", "tests", "--role", "admin"}, parts.common...)...)
	address := freeAddress(s)
	s.url, s.temporal = "http://"+address, parts.cluster.Address()
	parts.common = append(parts.common, "--temporal-address", s.temporal, "--public-url", s.url, "--log-level", "warn")
	parts.common = append(parts.common, s.running...)
	s.args = append([]string{"api", "--listen", address}, parts.common...)
	s.serving = start(s, binary(s, lean), s.args...)
	s.serving.ready(s.url + "/readyz")
	s.connect(strings.TrimSpace(key))
	s.furnish()
	return parts
}

// startWorker starts one more worker.
func (s *split) startWorker() *process {
	s.Helper()
	metrics := freeAddress(s)
	own := []string{"worker", "--apns-url", s.apns.URL(), "--apns-ca", s.authority(), "--metrics-listen", metrics}
	worker := start(s, binary(s, lean), slices.Concat(own, s.common, s.more)...)
	s.workers = append(s.workers, worker)
	worker.ready("http://" + metrics + "/livez")
	return worker
}

// reconcile runs the schedule now, which would run within five minutes.
func (s *site) reconcile(engine client.Client) {
	s.Helper()
	require.NoError(s, engine.ScheduleClient().GetHandle(s.Context(), "reconcile").Trigger(s.Context(), client.ScheduleTriggerOptions{}))
}
