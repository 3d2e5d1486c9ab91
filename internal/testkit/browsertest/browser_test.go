package browsertest_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/browsertest"
)

const html = `<!DOCTYPE html><html lang="en"><head><title>Form</title></head><body><main><h1>Hello</h1>
<form action="/sent"><label>Name <input name="name"></label><button>Send</button></form>
<p id="script"></p><script>document.getElementById("script").textContent = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"</script>
</main></body></html>`

func serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch r.URL.Path {
		case "/":
			_, _ = w.Write([]byte(html))
		case "/plain":
			_, _ = w.Write([]byte(`<title>Plain</title><p>Nothing else<script src="/late.js" defer></script>`))
		case "/styled":
			_, _ = w.Write([]byte(`<title>Styled</title><link rel="stylesheet" href="/outer.css"><p>Styled`))
		case "/led":
			http.Redirect(w, r, "/styled", http.StatusSeeOther)
		case "/outer.css":
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write([]byte(`@import "/inner.css";`))
		case "/inner.css":
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write([]byte(`p { color: red }`))
		case "/sent":
			_, _ = w.Write([]byte(`<title>Sent</title><p>Thank you, ` + r.FormValue("name") + `, in ` + r.Header.Get("Accept-Language") + `<img src="/x">`))
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestAPersonAtTheKeyboard(t *testing.T) {
	url := serve(t)
	page := browsertest.Open(t, browsertest.Options{Language: "nl", Dark: true})
	page.Go(url)
	page.See("dark")
	page.Accessible()
	page.Fill("field Name", "Zoë")
	require.Equal(t, "field Name", page.Focused())
	page.Enter("button Send")
	page.See("Thank you, Zoë, in nl")
	require.Equal(t, "Sent", page.Title())
	require.Equal(t, url+"/sent?name=Zo%C3%AB", page.Address())
	require.NotEmpty(t, page.Violations(), "a picture without words keeps people out")
	page.Back()
	page.See("Hello")
}

func TestRoundTripsBeforeAPageIsPainted(t *testing.T) {
	url := serve(t)
	page := browsertest.Open(t, browsertest.Options{Language: "en"})
	for path, want := range map[string]int{"/plain": 1, "/styled": 3, "/led": 4} {
		page.Go(url + path)
		require.Equal(t, want, page.RoundTrips(), path)
	}
}

func TestWithoutScript(t *testing.T) {
	page := browsertest.Open(t, browsertest.Options{Language: "en", NoScript: true, Width: 390, Height: 844})
	page.Go(serve(t))
	page.See("Hello")
	require.NotContains(t, page.Words(), "light")
	require.Zero(t, page.Wide())
	require.Greater(t, page.Weight(), len(html)-1)
	shot := filepath.Join(t.TempDir(), "shot.png")
	page.Shot(shot)
	picture, err := os.ReadFile(shot)
	require.NoError(t, err)
	require.Equal(t, "\x89PNG", string(picture[:4]))
}
