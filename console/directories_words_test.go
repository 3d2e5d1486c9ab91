package console_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/console/page"
)

// sentencesOf are the sentences in the code of files, with their verbs.
func sentencesOf(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, paths, pattern)
	var all []string
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			text, ok := literal(e)
			if ok && sentenceForm.MatchString(text) {
				all = append(all, text)
			}
			return !ok
		})
	}
	return all
}

var sentenceForm = regexp.MustCompile(`^(%[sdq]|[A-Z][A-Za-z]*) .*\.$`)

// literal is a string that stands in the code, in one piece or several.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		a, okA := literal(e.X)
		b, okB := literal(e.Y)
		if e.Op == token.ADD && okA && okB {
			return a + b, true
		}
	}
	return "", false
}

// TestWhatDirectoriesSayIsTranslated reads the sources of the rooms that tell
// people about directories.
func TestWhatDirectoriesSayIsTranslated(t *testing.T) {
	words, err := page.LoadWords(os.DirFS("."), "locales")
	require.NoError(t, err)
	n := 0
	for _, pattern := range []string{
		"../directory/ldap/*.go", "../directory/mirror/*.go", "../people/directory*.go", "../office/directories.go", "../store/directory*.go",
	} {
		for _, sentence := range sentencesOf(t, pattern) {
			said := regexp.MustCompile(`%[sdq]`).ReplaceAllString(sentence, "7")
			require.NotEqual(t, said, words.In("nl").Fault(said), "%s has no Dutch in locales/faults.nl.toml", sentence)
			n++
		}
	}
	require.Greater(t, n, 50)
}
