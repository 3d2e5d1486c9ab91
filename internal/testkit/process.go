package testkit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// Program says how to run a server for tests.
type Program struct {
	// Path and Args are the command.
	Path string
	Args []string
	// Env is added to the environment.
	Env []string
	// Dir is the working folder. It is removed when the program has ended.
	// The program's output goes to output.txt in it.
	Dir string
	// Signal ends the program in good order: "TERM", "INT".
	Signal string
	// User runs the program as another user; nil: as this one.
	User *syscall.Credential
}

// Process is a running Program.
type Process struct {
	program Program
	cmd     *exec.Cmd
	output  *os.File // stays readable when the folder has gone
	alive   io.Closer
	exited  chan struct{}
}

// watchdog runs a program until it ends or until its standard input does, as
// it does when the test binary dies, be it by kill -9. $1 is the signal, $2 the
// folder to remove, the rest the command. Children that a program leaves behind
// could write into the folder while it is being removed: when the program leads
// a group of its own, they are killed first, and given five seconds to be gone.
const watchdog = `
signal=$1 folder=$2
shift 2
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
{ read -r line <&3; kill -s "$signal" "$program"; } 2>/dev/null &
reader=$!
wait "$program"
kill "$reader" 2>/dev/null
turn=0
while [ "$turn" -lt 100 ] && kill -s KILL -- "-$program" 2>/dev/null; do
	turn=$((turn + 1))
	sleep 0.05
done
cd / && rm -rf "$folder"
`

// Start runs the program. The caller waits until it is ready.
func (p Program) Start() (*Process, error) {
	output, err := os.Create(filepath.Join(p.Dir, "output.txt"))
	if err != nil {
		return nil, err
	}
	args := append([]string{"-c", watchdog, "watchdog", p.Signal, p.Dir, p.Path}, p.Args...)
	cmd := exec.CommandContext(context.Background(), "/bin/sh", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.Dir, output, output
	cmd.Env = append(os.Environ(), p.Env...)
	// A group of its own: an interrupt of the terminal is for the tests.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: p.User}
	alive, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("running %s: %w", p.Path, err)
	}
	process := &Process{program: p, cmd: cmd, output: output, alive: alive, exited: make(chan struct{})}
	go func() {
		defer close(process.exited)
		_ = cmd.Wait() // how it ended is in its output
	}()
	return process, nil
}

// TempDir makes a folder that is removed when the test binary ends, for what
// several tests share: testing's own goes with its test.
func TempDir(prefix string) (string, error) {
	dir, err := os.MkdirTemp("", prefix)
	if err != nil {
		return "", err
	}
	// Something must run for the watchdog to watch.
	_, err = Program{Path: "/bin/sleep", Args: []string{"1000000000"}, Dir: dir, Signal: "TERM"}.Start()
	return dir, err
}

// Exited is closed when the program has ended.
func (p *Process) Exited() <-chan struct{} { return p.exited }

// Output is what the program has written so far.
func (p *Process) Output() string {
	text, err := io.ReadAll(io.NewSectionReader(p.output, 0, math.MaxInt64))
	if err != nil {
		return fmt.Sprintf("%s (reading its output: %v)", text, err)
	}
	return string(text)
}

// Stop ends the program in good order and removes its folder. When ctx ends
// first, the program is killed.
func (p *Process) Stop(ctx context.Context) error {
	err := p.alive.Close()
	if errors.Is(err, os.ErrClosed) {
		err = nil // it had ended already
	}
	select {
	case <-p.exited:
		return err
	case <-ctx.Done():
		return errors.Join(err, context.Cause(ctx), p.Kill())
	}
}

// Kill ends the program at once, as kill -9 does, and leaves its folder.
func (p *Process) Kill() error {
	err := syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	if err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("killing %s: %w", p.program.Path, err)
	}
	<-p.exited
	return nil
}
