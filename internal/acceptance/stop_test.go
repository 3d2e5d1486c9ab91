package acceptance_test

import (
	"errors"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

func splitAddress(tb testing.TB, address string) (host, port string) {
	tb.Helper()
	host, port, err := net.SplitHostPort(address)
	require.NoError(tb, err)
	return host, port
}

func TestASecondServeOnTheSameFolderIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t)
	second := exec.CommandContext(t.Context(), binary(t, full), "serve", "--data", s.data, "--listen", freeAddress(t),
		"--temporal-listen", freeAddress(t), "--temporal-ui-listen", freeAddress(t))
	output, err := second.CombinedOutput()
	exit, ok := errors.AsType[*exec.ExitError](err)
	require.True(t, ok, "%v", err)
	require.Equal(t, 1, exit.ExitCode())
	require.Equal(t, 1, strings.Count(strings.TrimSpace(string(output)), "\n")+1, "one sentence: %s", output)
	require.Contains(t, string(output), filepath.Base(s.data))
	s.serving.ready(s.url + "/readyz")
}

// load asks the API without a pause until it is told to stop.
type load struct {
	asked   atomic.Int64
	ending  atomic.Bool // the server was told to end: it may be gone
	mu      sync.Mutex
	failed  []string
	clients sync.WaitGroup
}

func (l *load) run(s *site) {
	for range 4 {
		l.clients.Go(func() {
			for !l.ending.Load() {
				l.call(s)
			}
		})
	}
}

func (l *load) call(s *site) {
	response, err := s.api.CreateUserWithResponse(s.Context(), nil, client.UserCreate{FullName: "Under load"})
	l.asked.Add(1)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED) && l.ending.Load():
	case err != nil:
		l.fail(err.Error())
	case response.JSON201 == nil:
		l.fail(string(response.Body))
	}
}

func (l *load) fail(words string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed = append(l.failed, words)
}

func TestStopUnderLoad(t *testing.T) {
	t.Parallel()
	s := serve(t, "--page-size", "50")
	everyone, group := s.people(200, mixed)
	var l load
	l.run(s)
	send := s.invite(toGroup(group))
	eventually(t, func() bool { return s.sink.Total() > 10 && l.asked.Load() > 50 }, "the send is under way")

	l.ending.Store(true)
	began := time.Now()
	s.serving.stop()
	took := time.Since(began)
	l.clients.Wait()
	t.Logf("stopped in %s with %d mails and %d pushes out, after %d requests", took.Round(time.Millisecond), s.sink.Total(), s.apns.Total(), l.asked.Load())
	require.Empty(t, l.failed)

	s.startServe()
	eventually(t, func() bool { return s.send(send.ID).Counts.Sent == len(everyone) }, "the rest leaves after the next start")
	s.checkEach(everyone)
	s.check([]string{send.ID})
}
