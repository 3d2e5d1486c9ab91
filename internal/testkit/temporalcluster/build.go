package temporalcluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// serverPackage is the Temporal server's own main package.
const serverPackage = "go.temporal.io/server/cmd/server"

// build compiles the server into the user's cache and returns its path. Later
// builds see that nothing changed and take a second.
func build(ctx context.Context) (path string, err error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "heraut-test")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	unlock, err := lock(filepath.Join(dir, "build.lock"))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	path = filepath.Join(dir, "temporal-server")
	// The test's folder is inside our module, whose go.mod has the version.
	cmd := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", path, serverPackage)
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build %s: %w\n%s", serverPackage, err, output)
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
