package heraut_test

import (
	"bytes"
	"go/ast"
	"path"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

const (
	longestFile     = 400 // lines
	longestFunction = 80  // lines, from func to the closing brace
)

func TestFilesAndFunctionsStayShort(t *testing.T) {
	for _, file := range sources(t) {
		if file.generated {
			continue
		}
		assert.LessOrEqual(t, file.lines, longestFile, "lines of %s", file.path)
		if file.test || file.room == "cmd" {
			continue
		}
		for _, decl := range file.ast.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				lines := file.fset.Position(fn.End()).Line - file.fset.Position(fn.Pos()).Line + 1
				assert.LessOrEqual(t, lines, longestFunction, "lines of %s, %s", fn.Name.Name, file.where(fn))
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	vague := []string{"base", "common", "helper", "helpers", "misc", "shared", "util", "utils"}
	said := map[string]bool{}
	for _, file := range sources(t) {
		name := file.ast.Name.Name
		assert.NotContains(t, vague, name, "%s: a package is named for what it offers", file.path)
		dir := path.Dir(file.path)
		said[dir] = said[dir] || file.ast.Doc != nil
	}
	for dir, yes := range said {
		assert.True(t, yes, "no file of %s has a package comment", dir)
	}
}

func TestNothingSleepsAndNothingIsSkipped(t *testing.T) {
	skips := []string{"Skip", "Skipf", "SkipNow"}
	for _, file := range sources(t) {
		ast.Inspect(file.ast, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := selector.X.(*ast.Ident); ok && pkg.Name == "time" {
				assert.NotEqual(t, "Sleep", selector.Sel.Name, "%s: wait for what happens, not for a while", file.where(selector))
			}
			if file.test && slices.Contains(skips, selector.Sel.Name) {
				assert.Fail(t, "a test that can not run must fail", file.where(selector))
			}
			return true
		})
	}
}

func TestNoPathOfOneMachine(t *testing.T) {
	// In pieces, so that this file does not name one itself.
	machine := regexp.MustCompile(`(^|[^\w.~/-])/(` + `work|root|farm)/\w`)
	walk(t, func(path string, content []byte) {
		if bytes.IndexByte(content, 0) >= 0 {
			return
		}
		if at := machine.FindIndex(content); at != nil {
			line := bytes.Count(content[:at[0]], []byte("\n")) + 1
			assert.Fail(t, "path of one machine", "%s:%d", path, line)
		}
	})
}
