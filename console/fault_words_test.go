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
	"heraut/invitation"
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

// rooms hold the sentences that a page may show: faults, answers to deliveries,
// and what preflight finds.
var rooms = []string{
	"*.go", "signin/*.go", "../people/*.go", "../settings/*.go", "../office/*.go", "../invitation/*.go", "../content/*.go", "../store/*.go",
	"../directory/roster/*.go", "../directory/ldap/*.go", "../directory/mirror/*.go", "../mail/*.go", "../push/*.go", "../mdm/courier.go",
	"../mdm/external/answer.go", "../mdm/external/classify.go",
	"../cmd/heraut/wire_preflight.go", "../cmd/heraut/wire_mdm_check.go", "../cmd/heraut/wire_mdm_courier.go", "../cmd/heraut/wire_content_check.go",
}

// unseen are sentences that stand in those rooms, and on no page in this form.
var unseen = map[string]string{
	"A sign-in was not noted.":                      "for the log",
	"Open this message to answer.":                  "of the push itself, in both languages",
	"Open dit bericht om te antwoorden.":            "of the push itself, in both languages",
	"%s is %s.":                                     "names alone: nothing to translate",
	"Connecting to %s on port %d did not work: %s.": "translated for each reason",
}

// TestWhatPagesShowIsTranslated reads the code of those rooms.
func TestWhatPagesShowIsTranslated(t *testing.T) {
	words, err := page.LoadWords(os.DirFS("."), "locales")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, pattern := range rooms {
		for _, sentence := range sentencesOf(t, pattern) {
			seen[sentence] = true
			if unseen[sentence] != "" {
				continue
			}
			said := regexp.MustCompile(`%[sdq]`).ReplaceAllString(sentence, "7")
			if words.In("nl").Fault(said) == said {
				t.Errorf("%q of %s has no Dutch in locales/faults.nl.toml", sentence, pattern)
			}
		}
	}
	for sentence := range unseen {
		require.True(t, seen[sentence], "%s stands nowhere any more", sentence)
	}
	require.Greater(t, len(seen), 250)
}

// reasons are all that the store writes: the constants of their type, and what
// Reconcile notes of a workflow that a person ended.
func reasons(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../invitation/plan.go", nil, 0)
	require.NoError(t, err)
	all := []string{"workflow terminated", "workflow cancelled"}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is {
			return true
		}
		if kind, is := spec.Type.(*ast.Ident); is && kind.Name == "Reason" {
			text, ok := literal(spec.Values[0])
			require.True(t, ok)
			all = append(all, text)
		}
		return false
	})
	require.Contains(t, all, string(invitation.LeftDirectory))
	return all
}

func TestEveryReasonHasWords(t *testing.T) {
	words, err := page.LoadWords(os.DirFS("."), "locales")
	require.NoError(t, err)
	for _, reason := range reasons(t) {
		require.True(t, words.In("nl").Has("reason."+reason), "%s has no words in locales/states.*.toml", reason)
	}
}
