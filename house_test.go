package heraut_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// source is one Go file of ours.
type source struct {
	path      string // slash-separated, from the root of the module
	room      string // first folder; for internal the first two
	test      bool   // a test, or part of a package that only tests import
	generated bool
	lines     int
	fset      *token.FileSet
	ast       *ast.File
}

// testRooms are packages that only tests import, and the one that keeps
// modules required while rooms are being built.
var testRooms = []string{"internal/testkit", "store/storetest"}

// where names a place in the file for a message.
func (s source) where(n ast.Node) string {
	return s.fset.Position(n.Pos()).String()
}

// imports lists what the file imports.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.ast.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, `"`))
	}
	return paths
}

// sources parses every Go file of the module.
func sources(t *testing.T) []source {
	t.Helper()
	var found []source
	walk(t, func(path string, content []byte) {
		if filepath.Ext(path) == ".go" {
			found = append(found, parse(t, path, content))
		}
	})
	return found
}

func parse(t *testing.T, path string, content []byte) source {
	t.Helper()
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, path, content, parser.ParseComments)
	require.NoError(t, err)
	dir := filepath.ToSlash(filepath.Dir(path))
	return source{
		path:      filepath.ToSlash(path),
		room:      roomOf(dir),
		test:      strings.HasSuffix(path, "_test.go") || slices.ContainsFunc(testRooms, func(r string) bool { return within(dir, r) }),
		generated: ast.IsGenerated(tree),
		lines:     bytes.Count(content, []byte("\n")),
		fset:      fset,
		ast:       tree,
	}
}

// roomOf gives the room that a folder belongs to; "" for the root itself.
func roomOf(dir string) string {
	if dir == "." {
		return ""
	}
	parts := strings.SplitN(dir, "/", 3)
	if parts[0] == "internal" && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
}

// within reports whether a slash-separated path is a folder or lies in it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}

// walk visits every file of the project; what git ignores and the module of
// the tools stay out.
func walk(t *testing.T, visit func(path string, content []byte)) {
	t.Helper()
	out := []string{".git", "bin", "tools", "heraut-data", "heraut-demo"}
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains(out, path):
			return filepath.SkipDir
		case !entry.Type().IsRegular(), path == ".git": // a worktree has a file of that name
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		visit(path, content)
		return nil
	})
	require.NoError(t, err)
}
