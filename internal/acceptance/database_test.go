package acceptance_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	"heraut/internal/testkit"
)

// PostgreSQL fails in each way that it has, under the same api and worker,
// which nobody restarts.
func TestDrillDatabaseFaults(t *testing.T) {
	t.Parallel()
	server := testkit.StartPostgres(t)
	database := server.Database(t)
	cutter, through := newCutter(t, database)
	s := divide(t, database, "--database-url", through)
	t.Run("killed", func(t *testing.T) { s.databaseKilled(t, server) })
	t.Run("cut while it commits", func(t *testing.T) { s.commitsCut(t, cutter) })
	t.Run("read-only", func(t *testing.T) { s.databaseReadOnly(t, server) })
	t.Run("an answer after expiry, and no worker", s.lateAnswer)
}

// within makes the site speak of a subtest.
func (s *split) within(t *testing.T) *split {
	t.Helper()
	inner := *s.site
	inner.TB = t
	return &split{site: &inner, cluster: s.cluster, common: s.common, more: s.more, workers: s.workers}
}

// databaseReadOnly is what a failover leaves for a while: the old server is
// gone and the new one takes no changes.
func (s *split) databaseReadOnly(t *testing.T, server *testkit.PostgresServer) {
	t.Helper()
	s = s.within(t)
	p := s.one(byMail)
	setReadOnly(t, server, "on")
	defer setReadOnly(t, server, "off")
	var got *client.CreatePlanResponse
	eventually(t, func() bool {
		var err error
		got, err = s.api.CreatePlanWithResponse(t.Context(), nil, toUser(p.id))
		return err == nil && got.StatusCode() == http.StatusServiceUnavailable
	}, "changes are refused")
	require.Contains(t, string(got.Body), "The database can not be reached.")
	require.NotEmpty(t, got.HTTPResponse.Header.Get("Retry-After"))

	setReadOnly(t, server, "off")
	eventually(t, func() bool {
		got, err := s.api.CreatePlanWithResponse(t.Context(), nil, toUser(p.id))
		return err == nil && got.StatusCode() == http.StatusCreated
	}, "changes are taken again")
}

func setReadOnly(t *testing.T, server *testkit.PostgresServer, value string) {
	t.Helper()
	server.Exec(t, "ALTER SYSTEM SET default_transaction_read_only = "+value)
	server.Exec(t, "SELECT pg_reload_conf()")
	server.Exec(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
}

// commitsCut cuts the worker's connections while they commit, before and after
// the database has done so, in the middle of a send and of its answers.
func (s *split) commitsCut(t *testing.T, cutter *cutter) {
	t.Helper()
	s = s.within(t)
	size, cuts := 40, 12
	if drill() {
		size, cuts = 400, 100
	}
	everyone, group := s.people(size, all(byMail))
	cutter.left.Store(int64(cuts) / 2)
	send := s.invite(toGroup(group)).ID
	k := &killer{site: s.site}
	k.checkOnce(everyone, k.recovered(send), cuts) // a cut leaves as much in doubt as a kill
	cutter.left.Add(int64(cuts) / 2)
	k.acceptAll(everyone)
	s.drain(func() bool {
		return s.send(send).State == client.SendStateSettled && cutter.left.Load() == 0
	})
	require.Equal(t, size, s.send(send).Counts.Accepted)
	for _, p := range everyone {
		s.becomes(p.id, client.UserStateEnrolled)
	}
	s.check([]string{send}, k.twice()...)
}

// databaseKilled kills PostgreSQL in the middle of a send and starts it again.
func (s *split) databaseKilled(t *testing.T, server *testkit.PostgresServer) {
	t.Helper()
	s = s.within(t)
	size, away := 100, time.Second
	if drill() {
		size, away = 1000, time.Minute
	}
	everyone, group := s.people(size, all(byMail))
	before := s.sink.Total()
	send := s.invite(toGroup(group)).ID
	eventually(t, func() bool { return s.sink.Total() > before+size/10 }, "mail leaves")
	mail := s.sink.Messages()[before]

	server.Kill(t)
	ready := s.raw(http.MethodGet, s.url+"/readyz", "")
	require.Equal(t, http.StatusServiceUnavailable, ready.status)
	require.Contains(t, ready.body, "The database does not answer.")
	require.Equal(t, http.StatusOK, s.raw(http.MethodGet, s.url+"/livez", "").status)
	gone, err := s.api.GetSendWithResponse(t.Context(), send)
	require.NoError(t, err)
	require.Equal(t, http.StatusServiceUnavailable, gone.StatusCode())
	require.Contains(t, string(gone.Body), "The database can not be reached.")
	status, page := s.answer(pageIn(&mail), "accept")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, page, "<html", "people see a page")
	s.after(away)

	server.Restart(t)
	back := time.Now()
	k := &killer{site: s.site}
	s.serving.ready(s.url + "/readyz")
	k.afterwards(send, everyone, 1)
	t.Logf("all had left and been accepted %s after the database was back", time.Since(back).Round(time.Millisecond))
}

// lateAnswer is I4: the store refuses an answer that comes too late, though
// nobody has swept the invitation away.
func (s *split) lateAnswer(t *testing.T) {
	t.Helper()
	s = s.within(t)
	s.setInvitations(client.InvitationSettingsPut{ExpiresAfter: new("PT5S")})
	p := s.one(byMail)
	send := s.invite(toUser(p.id))
	mail := s.mailTo(p.email, 1)
	open := s.reaches(p.id, client.InvitationStateSent)
	s.workers[0].kill()
	eventually(t, func() bool { return time.Now().After(value(open.ExpiresAt)) }, "it expires")

	late := ask(t, http.StatusConflict, func() (*client.AcceptInvitationResponse, error) {
		return s.api.AcceptInvitationWithResponse(t.Context(), open.ID, nil)
	})
	require.Contains(t, string(late.Body), `"invitation_settled"`)
	_, page := s.answer(pageIn(&mail), "accept")
	_, seen := s.visit(pageIn(&mail))
	require.Equal(t, seen, page, "the page says that it has expired")
	require.Zero(t, s.audited(open.ID, "invitation.accept"))
	require.Equal(t, client.UserStateInvited, s.user(p.id).State)

	s.startWorker()
	s.reaches(p.id, client.InvitationStateExpired)
	s.settled(send.ID)
}
