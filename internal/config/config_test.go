package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/internal/config"
)

// command makes a command with the settings of a name, and a flag of its own.
func command(name string, args ...string) *cobra.Command {
	root := &cobra.Command{Use: "heraut"}
	cmd := &cobra.Command{Use: strings.ReplaceAll(name, " ", "-"), RunE: func(*cobra.Command, []string) error { return nil }}
	root.AddCommand(cmd)
	cmd.Flags().String("channel", "auto", "")
	cmd.Flags().Bool("json", false, "")
	config.Bind(cmd, name)
	root.SetArgs(append([]string{cmd.Name()}, args...))
	return cmd
}

// load runs the command line and reads its settings.
func load(t *testing.T, name string, args ...string) (config.Config, error) {
	t.Helper()
	cmd := command(name, args...)
	require.NoError(t, cmd.Root().Execute())
	return config.Load(cmd)
}

// write puts a settings file in a folder of its own.
func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "heraut.yaml")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func source(c config.Config, name string) config.Source {
	for _, s := range c.Sources() {
		if s.Name == name {
			return s
		}
	}
	return config.Source{}
}

func TestEachLayerIsOverTheOneBefore(t *testing.T) {
	file := write(t, "mx-port: 2501\n")
	tests := []struct {
		name       string
		env, flag  string
		file       bool
		want       int
		wantSource string
	}{
		{"default", "", "", false, 25, "default"},
		{"file", "", "", true, 2501, "file " + file},
		{"environment over file", "2502", "", true, 2502, "environment HERAUT_MX_PORT"},
		{"flag over environment", "2502", "2503", true, 2503, "flag --mx-port"},
		{"flag over file", "", "2503", true, 2503, "flag --mx-port"},
		{"flag alone", "", "2503", false, 2503, "flag --mx-port"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var args []string
			if test.file {
				args = append(args, "--config", file)
			}
			if test.flag != "" {
				args = append(args, "--mx-port", test.flag)
			}
			t.Setenv("HERAUT_MX_PORT", test.env)
			c, err := load(t, "serve", args...)
			require.NoError(t, err)
			assert.Equal(t, test.want, c.MXPort)
			assert.Equal(t, test.wantSource, source(c, "mx-port").From)
		})
	}
}

func TestSettingsFileIsNamedByTheEnvironment(t *testing.T) {
	t.Setenv("HERAUT_CONFIG", write(t, "log-level: debug\n"))
	c, err := load(t, "serve")
	require.NoError(t, err)
	assert.Equal(t, "debug", c.LogLevel)
}

func TestSettingsFileIsRefused(t *testing.T) {
	tests := map[string]struct{ content, fault string }{
		"unknown key":   {"mxport: 25\n", `has the key "mxport", which is no setting`},
		"unknown below": {"serve:\n  chanel: mail\n", `has the key "serve.chanel"`},
		"not YAML":      {"a: [\n", "reading the settings file"},
		"itself":        {"config: x\n", `has the key "config"`},
		"wrong value":   {"mx-port: many\n", `mx-port must be a whole number from 1 to 65535, not "many" (file `},
		"wrong kind":    {"listen: {host: a}\n", `has the key "listen.host"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, "serve", "--config", write(t, test.content))
			require.ErrorContains(t, err, test.fault)
		})
	}
	_, err := load(t, "serve", "--config", "no-such-file.yaml")
	require.ErrorContains(t, err, "reading the settings file no-such-file.yaml")
}

func TestSettingsFileWithSecretsIsOnesOwn(t *testing.T) {
	path := write(t, "database-url: postgres://u:p@h/d\nsecrets-file: s\n")
	require.NoError(t, os.Chmod(path, 0o644))
	_, err := load(t, "worker", "--config", path)
	require.ErrorContains(t, err, "chmod 600")
	require.NoError(t, os.Chmod(path, 0o640))
	_, err = load(t, "worker", "--config", path)
	require.NoError(t, err)
}

func TestFileTakesListsAndPlainValues(t *testing.T) {
	c, err := load(t, "serve", "--config", write(t, "trusted-proxies: [10.0.0.0/8, 192.0.2.1]\nnames-in-engine: false\npage-size: 100\n"))
	require.NoError(t, err)
	require.Len(t, c.TrustedProxies, 2)
	assert.Equal(t, "192.0.2.1/32", c.TrustedProxies[1].String())
	assert.False(t, c.NamesInEngine)
	assert.Equal(t, 100, c.PageSize)
}

func TestOptionsOfOneCommand(t *testing.T) {
	t.Setenv("HERAUT_PLAN_JSON", "true")
	file := write(t, "plan:\n  channel: mail\n")
	cmd := command("plan", "--config", file)
	require.NoError(t, cmd.Root().Execute())
	_, err := config.Load(cmd)
	require.NoError(t, err)
	assert.Equal(t, "mail", cmd.Flags().Lookup("channel").Value.String())
	assert.Equal(t, "true", cmd.Flags().Lookup("json").Value.String())

	cmd = command("plan", "--config", file, "--channel", "push")
	require.NoError(t, cmd.Root().Execute())
	_, err = config.Load(cmd)
	require.NoError(t, err)
	assert.Equal(t, "push", cmd.Flags().Lookup("channel").Value.String(), "a flag is over the file")

	t.Setenv("HERAUT_PLAN_JSON", "maybe")
	cmd = command("plan")
	require.NoError(t, cmd.Root().Execute())
	_, err = config.Load(cmd)
	require.ErrorContains(t, err, "environment HERAUT_PLAN_JSON")
}

func TestDemoHasAFolderOfItsOwn(t *testing.T) {
	c, err := load(t, "serve", "--demo")
	require.NoError(t, err)
	assert.Equal(t, config.DemoData, c.Data)
	assert.Equal(t, config.Source{Name: "data", Value: config.DemoData, From: "default with --demo"}, source(c, "data"))
	c, err = load(t, "serve", "--demo", "--data", "elsewhere")
	require.NoError(t, err)
	assert.Equal(t, "elsewhere", c.Data)
}

func TestSourcesHideSecrets(t *testing.T) {
	t.Setenv("HERAUT_TEMPORAL_API_KEY", "very-secret")
	c, err := load(t, "api", "--secrets-file", "s", "--database-url", "postgres://heraut:very-secret@db/heraut?password=very-secret")
	require.NoError(t, err)
	for _, s := range c.Sources() {
		assert.NotContains(t, s.Value, "very-secret", s.Name)
	}
	assert.Equal(t, "postgres://heraut:xxxxx@db/heraut", source(c, "database-url").Value)
	assert.Equal(t, "(set)", source(c, "temporal-api-key").Value)
	assert.True(t, c.TemporalTLS, "an API key is not sent in the clear")
}

func TestNamesInEngineHangOnTheEngine(t *testing.T) {
	c, err := load(t, "serve")
	require.NoError(t, err)
	assert.True(t, c.NamesInEngine)
	c, err = load(t, "worker", "--secrets-file", "s", "--database-url", "postgres://h/d")
	require.NoError(t, err)
	assert.False(t, c.NamesInEngine)
}
