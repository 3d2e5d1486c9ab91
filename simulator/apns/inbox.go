package apnssim

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
)

// inboxShows is how many notifications the inbox lists.
const inboxShows = 200

var (
	//go:embed inbox.html
	inboxHTML string
	//go:embed inbox.css
	inboxCSS []byte

	inboxPage = template.Must(template.New("inbox").Parse(inboxHTML))
)

// Inbox serves what the devices would show: a page with the newest pushes
// first, its style, and notifications.json with all that is kept. Mount it
// with http.StripPrefix on a path that ends in a slash.
func (s *Server) Inbox() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.inboxPage)
	mux.HandleFunc("GET /inbox.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(inboxCSS) // the browser may be gone
	})
	mux.HandleFunc("GET /notifications.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(s.Received()) // the browser may be gone
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

func (s *Server) inboxPage(w http.ResponseWriter, _ *http.Request) {
	shown := s.book.newest(min(inboxShows, s.book.keep))
	slices.Reverse(shown)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	err := inboxPage.Execute(w, struct {
		Total int
		Shown []Notification
		Mails string
	}{s.Total(), shown, s.mails})
	if err != nil {
		s.log.Error("rendering the push inbox", "error", err)
	}
}
