package acceptance_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	"heraut/internal/testkit"
)

// While the engine is away everything that people do is taken; what should
// leave, leaves when it is back.
func TestDrillEngineAway(t *testing.T) {
	t.Parallel()
	away := time.Second
	if drill() {
		away = 10 * time.Minute
	}
	s := divide(t, testkit.Postgres(t))
	onPage, byAPI := s.one(byMail), s.one(byMail)
	before := []string{s.invite(toUser(onPage.id)).ID, s.invite(toUser(byAPI.id)).ID}
	mail := s.mailTo(onPage.email, 1)
	s.reaches(onPage.id, client.InvitationStateSent)
	open := s.reaches(byAPI.id, client.InvitationStateSent)

	s.cluster.Kill(t)
	s.requireEngineAway()
	s.serving.kill()
	s.serving = start(s, binary(s, lean), s.args...)
	eventually(t, func() bool {
		alive, err := s.tryRaw(http.MethodGet, s.url+"/livez", "")
		return err == nil && alive.status == http.StatusOK
	}, "the API starts without the engine")
	sends, everyone := s.workWithoutEngine()
	status, page := s.answer(pageIn(&mail), "accept")
	require.Equal(t, http.StatusOK, status, page)
	ask(t, http.StatusAccepted, func() (*client.AcceptInvitationResponse, error) {
		return s.api.AcceptInvitationWithResponse(t.Context(), open.ID, nil)
	})
	_, again := s.visit(pageIn(&mail))
	require.Equal(t, page, again, "the page says that the answer counts")
	for _, p := range []person{onPage, byAPI} {
		require.Equal(t, client.InvitationStateAccepted, s.invitation(p.id).State)
	}
	s.after(away)
	require.Equal(t, 2, s.sink.Total(), "nothing leaves without the engine")

	s.cluster.Restart(t)
	back := time.Now()
	s.serving.ready(s.url + "/readyz")
	s.drain(func() bool {
		return s.user(onPage.id).State == client.UserStateEnrolled && s.user(byAPI.id).State == client.UserStateEnrolled &&
			s.send(sends[0]).Counts.Sent == len(everyone)-1 && s.send(sends[1]).Counts.Sent == 1
	})
	t.Logf("all was done %s after the engine was back", time.Since(back).Round(time.Millisecond))
	s.checkEach(everyone)
	for _, p := range everyone {
		require.NoError(t, s.accept(p, ""))
	}
	s.drain(func() bool { return len(s.enrollments()) == len(everyone)+2 })
	for _, id := range append(before, sends...) {
		s.settled(id)
	}
	s.check(append(before, sends...))
}

// requireEngineAway checks that monitoring learns what is wrong, and that
// nobody restarts the process for it.
func (s *site) requireEngineAway() {
	s.Helper()
	eventually(s, func() bool {
		return s.raw(http.MethodGet, s.url+"/readyz", "").status == http.StatusServiceUnavailable
	}, "the process is not ready")
	require.Contains(s, s.raw(http.MethodGet, s.url+"/readyz", "").body, "The engine does not answer.")
	require.Equal(s, http.StatusOK, s.raw(http.MethodGet, s.url+"/livez", "").status)
}

// workWithoutEngine confirms a send to a group and one to a user.
func (s *site) workWithoutEngine() (sends []string, everyone []person) {
	s.Helper()
	everyone, group := s.people(8, func(i int) kind { return []kind{byMail, byPush}[i%2] })
	alone := s.one(byMail)
	for _, input := range []client.PlanCreate{toGroup(group), toUser(alone.id)} {
		began := time.Now()
		sends = append(sends, s.invite(input).ID)
		s.Logf("a send without the engine was confirmed within %s", time.Since(began).Round(time.Millisecond))
	}
	return sends, append(everyone, alone)
}

// drain lets the schedule run until a condition holds.
func (s *site) drain(condition func() bool) {
	s.Helper()
	engine := s.engine()
	var last time.Time
	require.Eventually(s, func() bool {
		if time.Since(last) > 5*time.Second {
			s.reconcile(engine)
			last = time.Now()
		}
		return condition()
	}, 2*patience, 10*pace, "the backlog drains")
}
