package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"heraut/api/client"
	"heraut/internal/freeport"
)

// publicURL is where links in mails lead; nobody follows them.
const publicURL = "https://heraut.example"

// keyFile is where a first start writes the API key.
const keyFile = "admin.key"

// server is a process of Heraut's under measurement.
type server struct {
	dir      string
	args     []string
	exe      string
	listen   string
	temporal string
	key      string
	// env is added to the environment; alive is the path that answers 200
	// once the process is ready.
	env   []string
	alive string
	// databaseURL is the PostgreSQL database of `heraut api`.
	databaseURL string

	api    *client.ClientWithResponses
	http   *http.Client
	cmd    *exec.Cmd
	exited chan struct{}
}

// serve starts `heraut serve` on a folder and waits until it is ready.
func (r *run) serve(ctx context.Context, dir string) (*server, error) {
	s, err := r.newServer(dir)
	if err != nil {
		return nil, err
	}
	ui, err := freeport.Address()
	if err != nil {
		return nil, err
	}
	s.args = []string{
		"serve", "--data", dir, "--listen", s.listen, "--temporal-listen", s.temporal, "--temporal-ui-listen", ui,
		"--public-url", publicURL, "--log-level", "warn", "--log-format", "text",
	}
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (r *run) newServer(dir string) (*server, error) {
	listen, err := freeport.Address()
	if err != nil {
		return nil, err
	}
	temporal, err := freeport.Address()
	if err != nil {
		return nil, err
	}
	s := &server{dir: dir, exe: r.Executable, listen: listen, temporal: temporal, alive: "/readyz", http: &http.Client{}}
	r.onClose(s.stop)
	return s, nil
}

// start runs the process and waits until it is ready; it may be started again
// after stop or kill.
func (s *server) start(ctx context.Context) error {
	output, err := os.OpenFile(filepath.Join(s.dir, "output.txt"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("making a file for output: %w", err)
	}
	defer func() { _ = output.Close() }()                                     // the process has its own copy
	s.cmd = exec.CommandContext(context.WithoutCancel(ctx), s.exe, s.args...) //nolint:gosec // this very program
	s.cmd.Stdout, s.cmd.Stderr = output, output
	s.cmd.Env = append(os.Environ(), s.env...)
	// A group of its own: an interrupt of the terminal is for the benchmark,
	// which then stops the process. It dies with the benchmark in any case.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", s.args[0], err)
	}
	exited, cmd := make(chan struct{}), s.cmd
	s.exited = exited
	go func() {
		defer close(exited)
		_ = cmd.Wait() // how it ended is in its output
	}()
	return s.ready(ctx)
}

// readyPause is how often a starting process is asked.
const readyPause = 20 * time.Millisecond

// startLimit is how long a start may take at most.
const startLimit = 2 * time.Minute

func (s *server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for !s.answers(ctx) {
		select {
		case <-time.After(readyPause):
		case <-s.exited:
			return fmt.Errorf("starting %s: it ended: %s", s.args[0], s.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("starting %s: %w", s.args[0], context.Cause(ctx))
		}
	}
	return s.connect()
}

func (s *server) answers(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url()+s.alive, http.NoBody)
	if err != nil {
		return false
	}
	response, err := s.http.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

func (s *server) url() string { return "http://" + s.listen }

// connect makes the API's client, with the key that the first start wrote.
func (s *server) connect() error {
	if s.key == "" {
		text, err := os.ReadFile(filepath.Join(s.dir, keyFile))
		if err != nil {
			return fmt.Errorf("reading the API key: %w", err)
		}
		s.key = strings.TrimSpace(string(text))
	}
	var err error
	s.api, err = client.NewClientWithResponses(s.url(), client.WithHTTPClient(s.http),
		client.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
			r.Header.Set("Authorization", "Bearer "+s.key)
			return nil
		}))
	if err != nil {
		return fmt.Errorf("preparing calls: %w", err)
	}
	return nil
}

func (s *server) lastWords() string {
	text, err := os.ReadFile(filepath.Join(s.dir, "output.txt"))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return lines[len(lines)-1]
}

func (s *server) pid() int { return s.cmd.Process.Pid }

// stopLimit is how long a process gets to end in good order.
const stopLimit = time.Minute

// stop ends the process in good order; one that has ended is no error.
func (s *server) stop() error { return s.end(syscall.SIGTERM) }

// kill ends it at once, as a power cut does.
func (s *server) kill() error { return s.end(syscall.SIGKILL) }

func (s *server) end(signal syscall.Signal) error {
	if s.exited == nil {
		return nil
	}
	if err := s.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stopping %s: %w", s.args[0], err)
	}
	select {
	case <-s.exited:
		return nil
	case <-time.After(stopLimit):
	}
	if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("killing %s: %w", s.args[0], err)
	}
	<-s.exited
	return fmt.Errorf("%s did not end within %s and was killed", s.args[0], stopLimit)
}
