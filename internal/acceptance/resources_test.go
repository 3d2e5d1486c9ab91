package acceptance_test

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

// holds is what a process holds of the machine.
type holds struct{ goroutines, files int }

var goroutines = regexp.MustCompile(`(?m)^go_goroutines (\d+)$`)

// holds reads what the process of the site holds.
func (s *site) holds() holds {
	s.Helper()
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.serving.pid))
	require.NoError(s, err)
	found := goroutines.FindStringSubmatch(s.raw(http.MethodGet, s.url+"/metrics", "").body)
	require.Len(s, found, 2)
	n, err := strconv.Atoi(found[1])
	require.NoError(s, err)
	return holds{n, len(files)}
}

// I9: work leaves nothing behind. The first round warms caches, pools and
// kept connections.
func TestResourcesComeBack(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.inviteAndAccept(20)
	before := s.holds()
	s.inviteAndAccept(200)

	var after holds
	require.Eventually(t, func() bool {
		after = s.holds()
		return after.goroutines <= before.goroutines+100 && after.files <= before.files+20
	}, patience, 50*pace, "what 200 invitations took is given back; before %+v", before)
	t.Logf("before %+v, after 200 invitations %+v", before, after)
}

// inviteAndAccept lets a group be invited by mail and push, and accept.
func (s *site) inviteAndAccept(n int) {
	s.Helper()
	everyone, group := s.people(n, func(i int) kind { return []kind{byMail, byPush}[i%2] })
	send := s.invite(toGroup(group)).ID
	eventually(s, func() bool { return s.send(send).Counts.Sent == n }, "all leave")
	(&killer{site: s}).acceptAll(everyone)
	s.settled(send)
}

// I8: with thousands of open invitations a killed process is ready again soon.
func TestDrillOpenInvitationsAfterAKill(t *testing.T) {
	t.Parallel()
	open := 500
	if drill() {
		open = 10_000
	}
	s := serve(t)
	everyone, group := s.people(open, all(byMail))
	send := s.invite(toGroup(group))
	require.Eventually(t, func() bool { return s.send(send.ID).Counts.Sent == open }, 10*time.Minute, 10*pace, "all leave")

	s.serving.kill()
	began := time.Now()
	s.startServe()
	t.Logf("ready %s after the kill, with %d open invitations", time.Since(began).Round(time.Millisecond), open)

	p := everyone[open/2]
	mail := s.mailTo(p.email, 1)
	s.answer(pageIn(&mail), "accept")
	s.becomes(p.id, client.UserStateEnrolled)
	t.Logf("an answer was recorded %s after the kill", time.Since(began).Round(time.Millisecond))
}
