package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/internal/config"
)

// commandNames are the commands that have settings.
func commandNames() []string {
	var names []string
	for _, f := range config.Flags() {
		for _, name := range f.Commands {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func TestEveryFlagHasVariableKeyAndUsage(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range config.Flags() {
		assert.False(t, seen[f.Name], "%s is there twice", f.Name)
		seen[f.Name] = true
		assert.Equal(t, "HERAUT_"+strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_")), f.Env)
		assert.NotEmpty(t, f.Usage, f.Name)
		assert.NotEmpty(t, f.Commands, f.Name)
	}
	promised := []string{
		"data", "listen", "temporal-listen", "temporal-ui-listen", "public-url", "tls-cert", "tls-key", "trusted-proxies", "demo",
		"database-url", "temporal-address", "temporal-namespace", "secrets-file", "names-in-engine", "server", "key-file",
		"apns-url", "apns-ca", "appsbooks-url", "appsbooks-ca", "dns-server", "mx-port",
	}
	for _, name := range promised {
		assert.True(t, seen[name], "no flag %s", name)
	}
}

func TestEveryFlagIsReadFromEveryLayer(t *testing.T) {
	values := map[string]string{
		"demo": "true", "temporal-tls": "true", "names-in-engine": "false", "trusted-proxies": "10.0.0.0/8",
		"listen": "127.0.0.1:1", "metrics-listen": "127.0.0.1:1", "temporal-listen": "127.0.0.1:1", "temporal-ui-listen": "127.0.0.1:1",
		"temporal-address": "127.0.0.1:1", "dns-server": "127.0.0.1:1", "database-url": "postgres://h/d", "log-level": "warn", "log-format": "json",
		"stop-timeout": "3s", "temporal-retention": "25h", "ask-apple-every": "7s", "appsbooks-url": "https://127.0.0.1:1/mdm/v2",
	}
	for _, f := range config.Flags()[1:] {
		value, given := values[f.Name]
		switch {
		case given:
		case strings.HasSuffix(f.Name, "-url") || f.Name == "server":
			value = "https://127.0.0.1:1"
		case f.Default != "" && strings.Trim(f.Default, "0123456789") == "":
			value = "7"
		case strings.Contains(f.Usage, "`FILE`") && f.Name != "secrets-file":
			value = write(t, "key")
		default:
			value = "name"
		}
		t.Run(f.Name, func(t *testing.T) {
			name := f.Commands[0]
			c, _ := load(t, name, "--"+f.Name+"="+value) // another setting may be lacking
			assert.Equal(t, want(f, value, "flag --"+f.Name), source(c, f.Name))
			file := write(t, f.Name+": "+value+"\n")
			c, _ = load(t, name, "--config", file)
			assert.Equal(t, want(f, value, "file "+file), source(c, f.Name))
			t.Setenv(f.Env, value)
			c, _ = load(t, name)
			assert.Equal(t, want(f, value, "environment "+f.Env), source(c, f.Name))
		})
	}
}

func want(f config.Flag, value, from string) config.Source {
	if f.Secret && f.Name != "database-url" {
		value = "(set)"
	}
	return config.Source{Name: f.Name, Value: value, From: from}
}

func TestDefaultsAreRight(t *testing.T) {
	for _, name := range commandNames() {
		_, err := load(t, name)
		if name == "api" || name == "worker" {
			require.ErrorContains(t, err, "needs --database-url and --secrets-file", name)
			continue
		}
		require.NoError(t, err, name)
	}
}

func TestVariablesOfOtherCommandsDoNotMatter(t *testing.T) {
	t.Setenv("HERAUT_TEMPORAL_LISTEN", "0.0.0.0:1")
	t.Setenv("HERAUT_NOT_OURS", "x")
	_, err := load(t, "plan")
	require.NoError(t, err)
	_, err = load(t, "serve")
	require.ErrorContains(t, err, "temporal-listen must be a loopback address")
}
