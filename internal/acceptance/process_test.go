package acceptance_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/internal/freeport"
	"heraut/internal/testkit"
)

// patience bounds every wait of these tests: it is only ever used up by a
// failure.
const patience = 90 * time.Second

// pace is how often a condition is looked at.
const pace = 20 * time.Millisecond

// process is one process of heraut.
type process struct {
	tb      testing.TB
	program *testkit.Process
	pid     int
	ended   bool
}

// start runs a binary with arguments until the test ends. What it wrote is
// shown when the test fails.
func start(tb testing.TB, path string, args ...string) *process {
	tb.Helper()
	dir := tb.TempDir()
	note := filepath.Join(dir, "pid")
	script := []string{"-c", `echo $$ >"$0"; exec "$@"`, note, path}
	program, err := testkit.Program{
		Path: "/bin/sh", Args: append(script, args...), Dir: dir, Signal: "TERM",
	}.Start()
	require.NoError(tb, err)
	p := &process{tb: tb, program: program}
	tb.Cleanup(p.finish)
	require.NoError(tb, testkit.Await(program, func(context.Context) error {
		text, err := os.ReadFile(note)
		if err != nil {
			return err
		}
		p.pid, err = strconv.Atoi(strings.TrimSpace(string(text)))
		return err
	}))
	return p
}

// finish ends what the test has left running.
func (p *process) finish() {
	if !p.ended {
		p.stop()
	}
	if p.tb.Failed() {
		p.tb.Logf("output of process %d:\n%s", p.pid, tail(p.program.Output()))
	}
}

// tail is the end of an output, which says most.
func tail(output string) string {
	const most = 16_000
	if len(output) <= most {
		return output
	}
	return "..." + output[len(output)-most:]
}

// stop ends the process in good order.
func (p *process) stop() {
	p.tb.Helper()
	p.ended = true
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := p.program.Stop(ctx); err != nil {
		p.tb.Errorf("stopping process %d: %v", p.pid, err)
	}
}

// kill ends the process as kill -9 does, and returns when it is gone.
func (p *process) kill() {
	p.tb.Helper()
	p.ended = true
	if err := syscall.Kill(p.pid, syscall.SIGKILL); !errors.Is(err, syscall.ESRCH) {
		require.NoError(p.tb, err)
	}
	<-p.program.Exited()
}

// ready waits until the process answers at /readyz of url.
func (p *process) ready(url string) {
	p.tb.Helper()
	require.NoError(p.tb, testkit.Await(p.program, func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		if response.StatusCode != http.StatusOK {
			return errors.Join(fmt.Errorf("it answers %s", response.Status), response.Body.Close())
		}
		return response.Body.Close()
	}))
}

// freeAddress finds an address of 127.0.0.1 that stays free while a process is
// started again on it.
func freeAddress(tb testing.TB) string {
	tb.Helper()
	address, err := freeport.Address()
	require.NoError(tb, err)
	return address
}
