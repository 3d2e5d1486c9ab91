package page_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"heraut/console/page"
)

func loadTemplates(t *testing.T, files fstest.MapFS) (*page.Templates, error) {
	t.Helper()
	assets, err := page.LoadAssets(fstest.MapFS{"a/x.css": {Data: []byte("body{}")}}, "a", "/assets/")
	require.NoError(t, err)
	return page.LoadTemplates(files, "t", loadWords(t), assets)
}

func TestPagesInTheFrame(t *testing.T) {
	templates, err := loadTemplates(t, fstest.MapFS{
		"t/frame.html":        {Data: []byte(`{{define "frame"}}[{{lang}}]{{template "hello" dict "to" .}}{{template "main" .}}{{end}}{{define "main"}}{{end}}`)},
		"t/parts/hello.html":  {Data: []byte(`{{define "hello"}}{{t "moment.ago" "span" .to}} {{asset "x.css"}} {{end}}`)},
		"t/users/list.html":   {Data: []byte(`{{define "main"}}{{number 1204}}{{end}}`)},
		"t/signin/enter.html": {Data: []byte(`{{define "main"}}in{{end}}`)},
	})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"users/list", "enter"}, templates.Names())
	out, err := templates.Render("nl", "users/list", "frame", "<b>")
	require.NoError(t, err)
	require.Regexp(t, `^\[nl\]&lt;b&gt; geleden /assets/x\.[0-9a-f]{16}\.css 1\.204$`, string(out))
	out, err = templates.Render("en", "users/list", "main", nil)
	require.NoError(t, err)
	require.Equal(t, "1,204", string(out))
	for _, missing := range [][3]string{{"fr", "users/list", "main"}, {"en", "users/none", "main"}, {"en", "users/list", "none"}} {
		_, err = templates.Render(missing[0], missing[1], missing[2], nil)
		require.Error(t, err)
	}
}

func TestPagesThatFail(t *testing.T) {
	for name, text := range map[string]string{
		"a word that is not there":   `{{t "no.such.key"}}`,
		"a file that is not there":   `{{asset "none.css"}}`,
		"a name without a value":     `{{template "main" dict "x"}}`,
		"a field that is not there":  `{{.None}}`,
		"a word's blank has no text": `{{t "moment.ago" "span"}}`,
	} {
		templates, err := loadTemplates(t, fstest.MapFS{
			"t/frame.html": {Data: []byte(`{{define "frame"}}{{end}}`)}, "t/parts/none.html": {Data: []byte(``)},
			"t/a/b.html": {Data: []byte(`{{define "main"}}` + text + `{{end}}`)},
		})
		require.NoError(t, err)
		_, err = templates.Render("nl", "a/b", "main", struct{}{})
		require.Error(t, err, name)
	}
	_, err := loadTemplates(t, fstest.MapFS{"t/frame.html": {Data: []byte(`{{`)}})
	require.Error(t, err)
}

func TestAssetsAreKeptForEver(t *testing.T) {
	assets, err := page.LoadAssets(os.DirFS(".."), "assets", "/assets/")
	require.NoError(t, err)
	at, err := assets.Path("console.css")
	require.NoError(t, err)
	plain, err := os.ReadFile("../assets/console.css")
	require.NoError(t, err)
	for _, encoding := range []string{"", "gzip, br"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		assets.ServeHTTP(w, r)
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Header().Get("Content-Type"), "text/css")
		require.Contains(t, w.Header().Get("Cache-Control"), "immutable")
		body := io.Reader(w.Body)
		if encoding != "" {
			require.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
			body, err = gzip.NewReader(w.Body)
			require.NoError(t, err)
		}
		got, err := io.ReadAll(body)
		require.NoError(t, err)
		require.Equal(t, string(plain), string(got))
	}
	for _, path := range []string{"/assets/console.css", "/assets/../console.go", strings.Replace(at, ".css", ".js", 1)} {
		w := httptest.NewRecorder()
		assets.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		require.Equal(t, http.StatusNotFound, w.Code, path)
	}
}
