package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api"
	"heraut/internal/secrets"
	"heraut/people"
	"heraut/store"
)

// house is the API over a real store, called over a real socket. Every answer
// is held against the contract.
type house struct {
	t        *testing.T
	store    *store.Store
	keys     *secrets.Keyring
	engine   *engine
	importer *importer
	mail     *mailTester
	content  *contentTokens
	mdm      *mdmServers
	apple    *notices
	spool    string
	url      string
	client   *http.Client
	log      *logBuffer
	stopping chan struct{}
	// The secrets of keys with each role.
	viewer, operator, admin string
}

var setup = people.System("test")

func newHouse(t *testing.T, change ...func(*api.Dependencies, *api.Options)) *house {
	t.Helper()
	h := &house{
		t: t, engine: &engine{}, importer: &importer{}, mail: &mailTester{},
		content: &contentTokens{}, mdm: &mdmServers{}, apple: &notices{}, spool: t.TempDir(), log: &logBuffer{}, stopping: make(chan struct{}),
	}
	h.open()
	d := api.Dependencies{
		Log: slog.New(slog.NewJSONHandler(h.log, nil)), Secrets: h.keys, Spool: h.spool, UIOrigin: "http://127.0.0.1:8233",
		Metrics:  http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "up 1\n") }),
		Database: h.store, Engine: h.engine, Stopping: h.stopping, People: h.store, Plans: h.store, Sends: h.store, Invitations: h.store,
		Enrollments: h.store, Bulk: h.store, Keys: h.store, SCIMClients: h.store, Audit: h.store, Settings: h.store, Idempotency: h.store,
		Imports: h.store, Importer: h.importer, MailTester: h.mail, Certificates: certificates{},
		ContentToken: h.content, ContentTokens: h.store, MDMServers: h.mdm, Content: h.store, Preflight: preflight{}, PublicURL: publicURL, EnrollmentLinks: h.store, Notifications: h.apple,
		Administrators: h.store, OIDC: identityProviders{}, SignInURL: func(token string) string { return publicURL + "/set-passphrase?token=" + token },
		Directories: h.store, DirectoryServers: directoryServers{},
	}
	var o api.Options
	for _, f := range change {
		f(&d, &o)
	}
	handler, err := api.New(d, o)
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	h.url = server.URL
	h.client = &http.Client{Transport: newContract(t, server.Client().Transport)}
	return h
}

func (h *house) open() {
	ctx := h.t.Context()
	var err error
	h.keys, err = secrets.Create(filepath.Join(h.t.TempDir(), "secrets"))
	require.NoError(h.t, err)
	h.store, err = store.Open(ctx, store.Options{
		Path: filepath.Join(h.t.TempDir(), "heraut.db"), Sealer: h.keys,
		LinkHash: func(id string) []byte { return secrets.LinkHash(h.keys.Link(secrets.LinkPage, id, 1)) },
	})
	require.NoError(h.t, err)
	h.t.Cleanup(func() { require.NoError(h.t, h.store.Close()) })
	require.NoError(h.t, h.store.Migrate(ctx))
	h.viewer, h.operator, h.admin = h.key(people.Viewer), h.key(people.Operator), h.key(people.Admin)
}

func (h *house) key(role people.Role) string {
	h.t.Helper()
	_, secret, err := h.store.CreateKey(h.t.Context(), setup, people.APIKey{Name: string(role) + " key", Role: role})
	require.NoError(h.t, err)
	return secret
}

// reply is an answer, read.
type reply struct {
	t      *testing.T
	status int
	header http.Header
	text   string
	body   map[string]any
}

// header sets a header of a call.
type header struct{ name, value string }

// call makes a request with the admin's key; a body that is no string is
// encoded as JSON.
func (h *house) call(method, path string, body any, headers ...header) *reply {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, encoded(h.t, body))
	require.NoError(h.t, err)
	r.Header.Set("Authorization", "Bearer "+h.admin)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, one := range headers {
		r.Header.Del(one.name)
		if one.value != "" {
			r.Header.Set(one.name, one.value)
		}
	}
	return h.send(r)
}

func (h *house) send(r *http.Request) *reply {
	h.t.Helper()
	response, err := h.client.Do(r)
	require.NoError(h.t, err)
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	require.NoError(h.t, err)
	got := &reply{t: h.t, status: response.StatusCode, header: response.Header, text: string(data)}
	if len(data) > 0 && strings.Contains(response.Header.Get("Content-Type"), "json") {
		require.NoError(h.t, json.Unmarshal(data, &got.body), got.text)
	}
	return got
}

func encoded(t *testing.T, body any) io.Reader {
	t.Helper()
	switch b := body.(type) {
	case nil:
		return nil
	case string:
		return strings.NewReader(b)
	case io.Reader:
		return b
	}
	data, err := json.Marshal(body)
	require.NoError(t, err)
	return bytes.NewReader(data)
}

func (h *house) get(path string) *reply { h.t.Helper(); return h.call(http.MethodGet, path, nil) }

func (h *house) post(path string, body any, headers ...header) *reply {
	h.t.Helper()
	return h.call(http.MethodPost, path, body, headers...)
}

func (h *house) patch(path string, body any, headers ...header) *reply {
	h.t.Helper()
	return h.call(http.MethodPatch, path, body, append([]header{{"Content-Type", "application/merge-patch+json"}}, headers...)...)
}

// ok demands a status and gives the body.
func (r *reply) ok(status int) object {
	r.t.Helper()
	require.Equal(r.t, status, r.status, r.text)
	return r.body
}

// refused demands a problem of a code, and that it points at the fields.
func (r *reply) refused(status int, code string, pointers ...string) object {
	r.t.Helper()
	require.Equal(r.t, status, r.status, r.text)
	require.Equal(r.t, "application/problem+json", r.header.Get("Content-Type"))
	require.Equal(r.t, code, r.body["code"], r.text)
	if pointers != nil {
		require.ElementsMatch(r.t, pointers, pointersOf(r.body), r.text)
	}
	return r.body
}

// object is a decoded JSON object.
type object = map[string]any

func pointersOf(problem object) []string {
	var pointers []string
	for _, e := range list(problem, "errors") {
		pointers = append(pointers, text(e, "pointer"))
	}
	return pointers
}

// text, count, inner and list read a member; what is not of the type is empty.
func text(o object, name string) string {
	s, _ := o[name].(string)
	return s
}

func count(o object, name string) int {
	n, isNumber := o[name].(float64)
	if !isNumber {
		return -1
	}
	return int(n)
}

func inner(o object, name string) object {
	one, _ := o[name].(object)
	return one
}

func list(o object, name string) []object {
	values, _ := o[name].([]any)
	var objects []object
	for _, value := range values {
		one, _ := value.(object)
		objects = append(objects, one)
	}
	return objects
}

func items(o object) []object { return list(o, "items") }

// logBuffer is a log that tests can read while it is written.
type logBuffer struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.String()
}

func as(secret string) header { return header{"Authorization", "Bearer " + secret} }

func decode(data []byte, into any) error { return json.Unmarshal(data, into) }
