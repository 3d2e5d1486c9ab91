package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// asCommand makes this test binary be heraut.
const asCommand = "TEST_AS_HERAUT"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	os.Exit(m.Run())
}

func TestProcess(t *testing.T) {
	binary, err := os.Executable()
	require.NoError(t, err)
	tests := []struct {
		line string
		code int
		out  string
		errs string
	}{
		{line: "--version", out: "heraut version "},
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
			cmd.Env = []string{"HOME=" + home, asCommand + "=1"}
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
