package signin_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTextsOfBothLanguages(t *testing.T) {
	nl, err := readTexts("nl")
	require.NoError(t, err)
	en, err := readTexts("en")
	require.NoError(t, err)
	used := usedTexts(t)
	for key, text := range nl {
		require.NotEmpty(t, en[key], key)
		require.True(t, used[key], "%s is in no template and in no code", key)
		for _, words := range []string{text, en[key]} {
			require.NotContains(t, words, "!")
			require.NotContains(t, words, "\u2014")
		}
		require.NotRegexp(t, `(?i)\bu\b|\buw\b`, text, key)
		fields := regexp.MustCompile(`\{\{\.\w+\}\}`)
		require.Equal(t, slices.Sorted(slices.Values(fields.FindAllString(text, -1))), slices.Sorted(slices.Values(fields.FindAllString(en[key], -1))), key)
	}
	require.Len(t, en, len(nl))
	for key := range used {
		require.Contains(t, nl, key)
	}
}

// usedTexts are the keys that templates and code name. The keys of faults in
// fields are composed of the field's name.
func usedTexts(t *testing.T) map[string]bool {
	t.Helper()
	used := map[string]bool{"signin.error.name": true, "signin.error.login": true}
	for _, pattern := range []string{"../templates/signin/*.html", "*.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, m := range regexp.MustCompile(`"(signin\.[a-z.-]+[a-z])"`).FindAllStringSubmatch(string(text), -1) {
				used[m[1]] = true
			}
		}
	}
	return used
}
