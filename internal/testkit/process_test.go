package testkit_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit"
)

// script runs a few lines of shell as a program and waits for its first output.
func script(t *testing.T, lines string) (process *testkit.Process, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "program")
	require.NoError(t, os.Mkdir(dir, 0o700))
	process, err := testkit.Program{
		Path: "/bin/sh", Args: []string{"-c", lines}, Dir: dir, Signal: "TERM", Env: []string{"GREETING=hello"},
	}.Start()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, process.Kill()) })
	require.NoError(t, testkit.Await(process, func(context.Context) error {
		if process.Output() == "" {
			return errors.New("nothing yet")
		}
		return nil
	}))
	return process, dir
}

func deadline(t *testing.T, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestStopEndsTheProgramInGoodOrder(t *testing.T) {
	marker := filepath.Join(t.TempDir(), "marker")
	process, dir := script(t, `trap 'touch `+marker+`; exit' TERM; echo $GREETING; while :; do sleep 0.05; done`)
	require.Equal(t, "hello\n", process.Output())

	require.NoError(t, process.Stop(deadline(t, time.Minute)))

	require.FileExists(t, marker)
	require.NoDirExists(t, dir)
	require.NoError(t, process.Stop(deadline(t, time.Minute)), "a second stop is none")
}

func TestStopEndsWhatTheProgramLeavesBehind(t *testing.T) {
	process, dir := script(t, `exec setsid sh -c 'cd ..; (trap "" TERM; echo up; while :; do mkdir -p "$0"; touch "$0/file"; done) & wait' "$PWD"`)

	require.NoError(t, process.Stop(deadline(t, time.Minute)))

	require.Never(t, func() bool {
		_, err := os.Stat(dir)
		return err == nil
	}, 200*time.Millisecond, 10*time.Millisecond, "nothing makes it again")
}

func TestStopKillsWhatDoesNotEnd(t *testing.T) {
	process, dir := script(t, `trap '' TERM; echo deaf; while :; do sleep 0.05; done`)

	require.ErrorIs(t, process.Stop(deadline(t, 100*time.Millisecond)), context.DeadlineExceeded)

	<-process.Exited()
	require.DirExists(t, dir)
}

func TestAwaitTellsWhatAnEndedProgramSaid(t *testing.T) {
	process, err := testkit.Program{
		Path: "/bin/sh", Args: []string{"-c", "echo no luck"}, Dir: t.TempDir(), Signal: "TERM",
	}.Start()
	require.NoError(t, err)

	err = testkit.Await(process, func(context.Context) error { return errors.New("not ready") })

	require.ErrorContains(t, err, "it ended: not ready\nno luck")
}

// The test binary runs itself, is killed, and what it started must end too.
func TestTheProgramDiesWithTheTests(t *testing.T) {
	if dir := os.Getenv("TESTKIT_ORPHAN"); dir != "" {
		_, err := testkit.Program{
			Path: "/bin/sh", Args: []string{"-c", "echo up; while :; do sleep 0.05; done"}, Dir: dir, Signal: "TERM",
		}.Start()
		require.NoError(t, err)
		select {} // until it is killed
	}
	dir := filepath.Join(t.TempDir(), "program")
	require.NoError(t, os.Mkdir(dir, 0o700))
	self := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTheProgramDiesWithTheTests$")
	self.Env = append(os.Environ(), "TESTKIT_ORPHAN="+dir)
	require.NoError(t, self.Start())
	require.Eventually(t, func() bool {
		text, err := os.ReadFile(filepath.Join(dir, "output.txt"))
		return err == nil && strings.Contains(string(text), "up")
	}, time.Minute, 10*time.Millisecond)

	require.NoError(t, self.Process.Kill())
	require.Error(t, self.Wait())

	require.Eventually(t, func() bool {
		_, err := os.Stat(dir)
		return os.IsNotExist(err)
	}, time.Minute, 10*time.Millisecond, "the watchdog removes the folder when the program has ended")
}
