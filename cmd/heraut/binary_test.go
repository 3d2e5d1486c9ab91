package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// build makes the lean binary, which links in seconds.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "heraut")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-tags", "lean", "-ldflags", "-X main.version=1.2.3", "-o", path, ".")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

func TestBinary(t *testing.T) {
	binary := build(t)
	tests := []struct {
		line string
		code int
		out  string
		errs string
	}{
		{line: "--version", out: "heraut version 1.2.3"},
		{line: "config check", out: "127.0.0.1:8233"},
		{line: "migrate", out: "The database has schema version"},
		{line: "migrate --status", out: "this Heraut needs"},
		{line: "admin create-key --name test", out: "heraut_"},
		{line: "admin list-keys", out: "operator"},
		{line: "migrate --status --data other", code: exitFailed, errs: "there is no database in other"},
		{line: "plan --group 4A", code: exitFailed, errs: "there is no API key at heraut-data/admin.key"},
		{line: "healthcheck --listen 127.0.0.1:1", code: exitFailed, errs: "nothing answers at 127.0.0.1:1"},
		{line: "--teapot", code: exitUsage, errs: "unknown flag: --teapot"},
		{line: "config check --temporal-listen 0.0.0.0:7233", code: exitUsage, errs: "temporal-listen must be a loopback address"},
	}
	home := t.TempDir()
	for _, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), binary, strings.Fields(test.line)...)
			cmd.Dir = home
			cmd.Env = []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}
			var out, errs strings.Builder
			cmd.Stdout, cmd.Stderr = &out, &errs
			err := cmd.Run()
			if exit, failed := errors.AsType[*exec.ExitError](err); failed {
				assert.Equal(t, test.code, exit.ExitCode(), errs.String())
			} else {
				require.NoError(t, err)
				assert.Zero(t, test.code)
			}
			assert.Contains(t, out.String(), test.out)
			assert.Contains(t, errs.String(), test.errs)
			if test.code == exitFailed {
				assert.Equal(t, 1, strings.Count(errs.String(), "\n"), "one sentence: %s", errs.String())
			}
		})
	}
}
