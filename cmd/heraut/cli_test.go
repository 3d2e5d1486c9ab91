package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// result is what a command line left behind.
type result struct {
	code      int
	out, errs string
}

// cli runs a command line in this process, with nothing to read.
func cli(t *testing.T, args ...string) result {
	t.Helper()
	return cliInput(t, "", args...)
}

func cliInput(t *testing.T, in string, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(in), &out, &errs)
	return result{code, out.String(), errs.String()}
}

// done runs a command line that must succeed, and returns what it printed.
func done(t *testing.T, args ...string) string {
	t.Helper()
	r := cli(t, args...)
	require.Equal(t, exitDone, r.code, "heraut %s: %s", strings.Join(args, " "), r.errs)
	return r.out
}

func TestWrongUsage(t *testing.T) {
	tests := []struct {
		line, says string
	}{
		{"", "name one of its commands"},
		{"sirve", `"sirve" is no command of ` + "`heraut`"},
		{"tsks", "did you mean tasks?"},
		{"admin", "name one of its commands"},
		{"admin make-key", `"make-key" is no command of ` + "`heraut admin`"},
		{"import", "name one of its commands"},
		{"plan --grop 4A", "unknown flag: --grop"},
		{"plan 4A", `"4A" is one word too many: name a group with --group`},
		{"plan", "name either --group or --user"},
		{"send 4A", `"4A" is no id of a plan`},
		{"tasks --limit 0", "--limit is at least 1"},
		{"sends --limit 501", "--limit is 1 to 500"},
		{"sends pause", "name a send by its id"},
		{"services on", "name either --group or --user"},
		{"plan --group 4A --server heraut", "server must be http:// or https://"},
		{"migrate --database-url mysql://x", "database-url must be of the form"},
		{"config check --mx-port 0", "mx-port must be a whole number"},
		{"config check teapot", "invalid argument"},
		{"healthcheck worker", "--metrics-listen"},
		{"admin create-key --role king --name x", "--role: Use viewer, operator or admin"},
		{"admin create-key", "--name: "},
		{"import roster", "name the folder of the roster, or its zip"},
		{"import roster a b", `"b" is one word too many`},
		{"directory", "name one of its commands"},
		{"directory test", "name a directory by its name or id"},
		{"directory add School --bind-dn cn=a --base-dn dc=b --password-file x", "give --host"},
		{"directory add School --host h --bind-dn cn=a --base-dn dc=b --password-file -", "it is empty"},
		{"directory confirm School 7", `"7" is no id of a run`},
		{"restore", "name the backup's file"},
		{"replay", "name a workflow by its id, or a file"},
		{"api", "needs --database-url and --secrets-file"},
		{"worker", "needs --database-url and --secrets-file"},
	}
	for _, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			t.Chdir(t.TempDir())
			r := cli(t, strings.Fields(test.line)...)
			assert.Equal(t, exitUsage, r.code)
			assert.Contains(t, r.errs, test.says)
			assert.Contains(t, r.errs, "heraut: ")
		})
	}
}

func TestHelpAndVersion(t *testing.T) {
	assert.Contains(t, done(t, "--help"), "Available Commands")
	assert.Contains(t, done(t, "plan", "--help"), "$HERAUT_SERVER")
	assert.Contains(t, done(t, "--version"), versionName())
	assert.Contains(t, done(t, "completion", "bash"), "bash completion")
	assert.Contains(t, done(t, cobra.ShellCompRequestCmd, "plan", "--channel", ""), "auto\npush\nmail\nboth\n")
}

func TestEveryCommandHasWords(t *testing.T) {
	for _, cmd := range newRoot().Commands() {
		assert.NotEmpty(t, cmd.Short, cmd.Name())
		for _, child := range cmd.Commands() {
			assert.NotEmpty(t, child.Short, child.CommandPath())
		}
	}
}

func TestConfigCheckShowsSources(t *testing.T) {
	t.Setenv("HERAUT_LOG_LEVEL", "debug")
	out := done(t, "config", "check", "--mx-port", "2525")
	assert.Regexp(t, `mx-port +2525 +flag --mx-port\n`, out)
	assert.Regexp(t, `log-level +debug +environment HERAUT_LOG_LEVEL\n`, out)
	assert.Regexp(t, `listen +127.0.0.1:8080 +default\n`, out)
	out = done(t, "config", "check", "--json")
	assert.Contains(t, out, `"source": "environment HERAUT_LOG_LEVEL"`)
}

func TestConfigCheckShowsWhatIsWrongBesideTheRest(t *testing.T) {
	r := cli(t, "config", "check", "worker", "--mx-port", "2525")
	assert.Equal(t, exitUsage, r.code)
	assert.Contains(t, r.out, "2525")
	assert.Contains(t, r.errs, "needs --database-url and --secrets-file")
}
