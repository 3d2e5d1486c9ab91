package acceptance_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// The binaries of this test run, each built at most once: with the engine, and
// without.
var (
	full = sync.OnceValues(func() (string, error) { return build("heraut") })
	lean = sync.OnceValues(func() (string, error) { return build("heraut-lean", "-tags=lean") })
)

// binary is the path of a built binary.
func binary(tb testing.TB, built func() (string, error)) string {
	tb.Helper()
	path, err := built()
	if err != nil {
		tb.Fatalf("building heraut: %v", err)
	}
	return path
}

// build compiles cmd/heraut into the user's cache: where nothing changed since
// the last run, that takes a second.
func build(name string, flags ...string) (path string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "heraut-test")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(filepath.Join(dir, name+".lock"))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	path = filepath.Join(dir, name)
	args := append([]string{"build", "-buildvcs=false", "-ldflags=-s -w", "-o", path}, flags...)
	cmd := exec.Command("go", append(args, "heraut/cmd/heraut")...)
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, output)
	}
	return path, nil
}

// lock lets one test binary at a time build.
func lock(path string) (unlock func() error, err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(fmt.Errorf("locking %s: %w", path, err), file.Close())
	}
	return file.Close, nil // which lets the lock go
}
