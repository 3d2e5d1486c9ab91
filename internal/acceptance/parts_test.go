package acceptance_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit"
)

// apart is a site in parts whose workers get killed.
type apart struct {
	*killer

	parts *split
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
	a := &apart{killer: newKiller(t)}
	a.parts = a.site.divide(testkit.Postgres(t), "--page-size", "20")
	first, second := a.parts.startWorker(), a.parts.startWorker()

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
		a.parts.startWorker()
		a.afterwards(send.ID, everyone, 2)
		t.Logf("all enrolled %s after another worker came", time.Since(began).Round(time.Millisecond))
		require.True(t, a.group(group).AllEnrolled)
	})
}
