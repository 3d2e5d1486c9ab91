package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPIKeyIsFound(t *testing.T) {
	tests := map[string]struct {
		files map[string]string
		args  []string
		want  string
		fault string
	}{
		"named":            {files: map[string]string{"k": "named\n"}, args: []string{"--key-file", "k"}, want: "named"},
		"data folder":      {files: map[string]string{"heraut-data/admin.key": "own\n", "heraut-demo/admin.key": "demo\n"}, want: "own"},
		"demo alone":       {files: map[string]string{"heraut-demo/admin.key": "demo\n"}, want: "demo"},
		"named folder":     {files: map[string]string{"heraut-demo/admin.key": "demo\n"}, args: []string{"--data", "x"}, fault: "no API key at x/admin.key"},
		"none":             {fault: "no API key at heraut-data/admin.key"},
		"empty":            {files: map[string]string{"heraut-data/admin.key": "\n"}, fault: "does not hold one API key"},
		"two":              {files: map[string]string{"heraut-data/admin.key": "a\nb\n"}, fault: "does not hold one API key"},
		"named and absent": {args: []string{"--key-file", "k"}, fault: "key-file must name a file"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for path, content := range test.files {
				require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
				require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			}
			c, err := load(t, "plan", test.args...)
			var key string
			if err == nil {
				key, err = c.APIKey()
			}
			if test.fault != "" {
				require.ErrorContains(t, err, test.fault)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, key)
		})
	}
}

func TestAPIKeyThatOthersMayReadIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "admin.key")
	require.NoError(t, os.WriteFile(path, []byte("key\n"), 0o600))
	require.NoError(t, os.Chmod(path, 0o644))
	c, err := load(t, "plan", "--data", filepath.Dir(path))
	require.NoError(t, err)
	_, err = c.APIKey()
	require.ErrorContains(t, err, "chmod 600")
}
