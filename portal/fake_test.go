package portal_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/invitation"
	"heraut/people"
	"heraut/portal"
)

var (
	expires = time.Date(2026, time.March, 29, 12, 5, 0, 0, time.UTC)
	settled = time.Date(2026, time.March, 1, 23, 30, 0, 0, time.UTC)
)

var errStoreAway = errors.New("the database is away")

// book is a store in memory that decides like the real one: the first answer wins.
type book struct {
	mu      sync.Mutex
	views   map[string]invitation.View // by link hash
	actors  []people.Actor
	changes int
	away    bool
	refuses error    // what changes get instead
	hashes  [][]byte // asked for
}

func (b *book) ByLink(_ context.Context, hash []byte) (invitation.View, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hashes = append(b.hashes, hash)
	if b.away {
		return invitation.View{}, errStoreAway
	}
	view, known := b.views[string(hash)]
	if !known {
		return invitation.View{}, fault.New(fault.NotFound, "No such invitation.")
	}
	return view, nil
}

func (b *book) change(id string, edit func(*invitation.View) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuses != nil {
		return b.refuses
	}
	for hash, view := range b.views {
		if view.ID != id {
			continue
		}
		if err := edit(&view); err != nil {
			return err
		}
		b.views[hash] = view
		b.changes++
		return nil
	}
	return fault.New(fault.NotFound, "No such invitation.")
}

func (b *book) Answer(_ context.Context, id string, a invitation.Answer, actor people.Actor, source invitation.Source) error {
	if source != invitation.SourcePage {
		return errors.New("strange source")
	}
	return b.change(id, func(v *invitation.View) error {
		if !v.State.Open() {
			return fault.New(fault.InvitationSettled, "The invitation is settled.")
		}
		v.State, v.SettledAt = a.State(), settled
		b.actors = append(b.actors, actor)
		return nil
	})
}

func (b *book) AskNewLink(_ context.Context, id string) error {
	return b.change(id, func(v *invitation.View) error { v.NewLinkAsked = true; return nil })
}

func (b *book) StopReminders(_ context.Context, id string) error {
	return b.change(id, func(v *invitation.View) error { v.RemindersStopped = true; return nil })
}

// links are those of the real keyring.
type links struct{ *secrets.Keyring }

func (links) Hash(token string) []byte { return secrets.LinkHash(token) }

func (l links) Verify(token, id string) bool { return l.VerifyLink(token, secrets.LinkPage, id, 0) }

func (l links) VerifyEnrollment(token, id string) bool {
	return l.VerifyLink(token, secrets.LinkEnroll, id, 0)
}

// engine counts whom it woke.
type engine struct {
	mu    sync.Mutex
	woken []string
	err   error
}

func (e *engine) WakeUser(ctx context.Context, userID string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.woken = append(e.woken, userID)
	return e.err
}

// house is a portal with all around it.
type house struct {
	keys         string
	keyring      *secrets.Keyring
	book         *book
	engine       *engine
	apple        *apple
	office       *office
	organization portal.Organization
	handler      http.Handler
	log          *bytes.Buffer
}

func newHouse(t *testing.T) *house {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	require.NoError(t, err)
	keys := filepath.Join(t.TempDir(), "secrets")
	keyring, err := secrets.Create(keys)
	require.NoError(t, err)
	h := &house{
		keys:    keys,
		keyring: keyring,
		book:    &book{views: map[string]invitation.View{}},
		engine:  &engine{},
		apple:   &apple{},
		office:  &office{links: map[string]people.EnrollmentLink{}, codes: map[string]string{}},
		log:     &bytes.Buffer{},
		organization: portal.Organization{
			Name: "Basisschool De Linde", Language: "nl", AcceptsHere: true, Location: zone,
		},
	}
	h.open(keyring)
	return h
}

// open makes the portal's handler with a keyring.
func (h *house) open(keyring *secrets.Keyring) {
	h.handler = h.portal(keyring).Handler()
}

func (h *house) portal(keyring *secrets.Keyring) *portal.Portal {
	return portal.New(portal.Dependencies{
		Invitations:  h.book,
		Links:        links{keyring},
		Workflows:    h.engine,
		Apple:        h.apple,
		Enrollment:   h.office,
		Organization: func(context.Context) (portal.Organization, error) { return h.organization, nil },
		Logo:         func(context.Context) ([]byte, error) { return []byte("the picture"), nil },
		Log:          slog.New(slog.NewTextHandler(h.log, nil)),
	})
}

// invite puts an invitation in a state into the book and gives its token.
func (h *house) invite(state invitation.State, edits ...func(*invitation.View)) string {
	view := invitation.View{
		ID: "invitation-" + string(state), UserID: "user-1", FullName: "Zoë Ünal",
		Devices: []string{"iPad van Zoë"}, State: state, ExpiresAt: expires,
	}
	if !state.Open() {
		view.SettledAt = settled
	}
	for _, edit := range edits {
		edit(&view)
	}
	token := h.keyring.Link(secrets.LinkPage, view.ID, 0)
	h.book.views[string(secrets.LinkHash(token))] = view
	return token
}

// state is where the book has the token's invitation.
func (h *house) state(token string) invitation.State {
	return h.book.views[string(secrets.LinkHash(token))].State
}

func (h *house) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

func (h *house) get(path string, header ...string) *httptest.ResponseRecorder {
	return h.do(request(http.MethodGet, path, nil, header...))
}

func (h *house) post(path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	header = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, header...)
	return h.do(request(http.MethodPost, path, strings.NewReader(form.Encode()), header...))
}

// request makes a request with header fields as name, value, name, value.
func request(method, path string, body io.Reader, header ...string) *http.Request {
	r := httptest.NewRequest(method, path, body)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func yes() url.Values { return url.Values{"answer": {"accept"}} }

func no() url.Values { return url.Values{"answer": {"decline"}} }
