package person_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/simulator/person"
)

const (
	patient  = 10 * time.Second
	interval = 5 * time.Millisecond
)

// pages is a server of invitation pages: /i/<user>.<n>. An answer settles all
// pages of its user.
type pages struct {
	*httptest.Server

	mu      sync.Mutex
	away    int // how many requests are answered 503
	opened  []string
	answers map[string][]string // by user
	posts   []http.Header
}

func newPages(t *testing.T) *pages {
	t.Helper()
	p := &pages{answers: map[string][]string{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /i/{token}", p.show)
	mux.HandleFunc("POST /i/{token}", p.answer)
	protection := http.NewCrossOriginProtection()
	p.Server = httptest.NewServer(p.closedAtTimes(protection.Handler(mux)))
	t.Cleanup(p.Close)
	return p
}

func (p *pages) closedAtTimes(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.away--
		away := p.away >= 0
		p.mu.Unlock()
		if away {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (p *pages) show(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opened = append(p.opened, r.PathValue("token"))
	user, _, known := strings.Cut(r.PathValue("token"), ".")
	if !known {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Referrer-Policy", "no-referrer")
	if len(p.answers[user]) > 0 {
		_, _ = fmt.Fprint(w, `<p>Thank you`) // the reader may be gone
		return
	}
	_, _ = fmt.Fprintf(w, `<form method="post" action="/i/%s/stop"><button>Stop</button></form>
		<form method="post" action="%s"><input type="hidden" name="lang" value="nl">
		<button name="answer" value="accept">Yes</button><button name="answer" value="decline">No</button></form>`,
		r.PathValue("token"), r.URL.Path) // the reader may be gone
}

func (p *pages) answer(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	user, _, _ := strings.Cut(r.PathValue("token"), ".")
	p.answers[user] = append(p.answers[user], r.PostFormValue("answer")+" "+r.PostFormValue("lang"))
	p.posts = append(p.posts, r.Header.Clone())
	http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
}

func (p *pages) answersOf(user string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.answers[user]
}

func (p *pages) closeFor(requests int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.away = requests
}

// lastPost is the head of the newest answer.
func (p *pages) lastPost() http.Header {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.posts[len(p.posts)-1]
}

func (p *pages) visits(token string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, opened := range p.opened {
		if opened == token {
			n++
		}
	}
	return n
}

// wakeUp starts a crowd at a pace that makes milliseconds of seconds.
func wakeUp(t *testing.T, o person.Options) *person.Crowd {
	t.Helper()
	o.Pace = 1000
	c, err := person.New(o)
	require.NoError(t, err)
	return c
}

func newCrowd(t *testing.T, people ...person.Person) *person.Crowd {
	t.Helper()
	c := wakeUp(t, person.Options{People: people})
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

func (p *pages) requireAnswer(t *testing.T, user, answer string) {
	t.Helper()
	require.Eventually(t, func() bool { return len(p.answersOf(user)) > 0 }, patient, interval)
	require.Equal(t, []string{answer}, p.answersOf(user))
}
