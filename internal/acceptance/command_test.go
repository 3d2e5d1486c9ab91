package acceptance_test

import (
	"bytes"
	"context"
	"os/exec"
	"strings"

	"github.com/stretchr/testify/require"
)

// command runs a command of heraut that must succeed, and returns what it
// printed.
func (s *site) command(args ...string) string {
	s.Helper()
	code, out, errs := s.tryCommand(args...)
	require.Zero(s, code, "heraut %s: %s", strings.Join(args, " "), errs)
	return out
}

// tryCommand runs a command of heraut.
func (s *site) tryCommand(args ...string) (code int, out, errs string) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary(s, full), args...)
	cmd.Dir = s.TempDir()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	require.NoError(s, ctx.Err(), "heraut %s ends", strings.Join(args, " "))
	if cmd.ProcessState == nil {
		require.NoError(s, err)
	}
	return cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()
}
