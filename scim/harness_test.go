package scim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
	"heraut/people"
	"heraut/scim"
	"heraut/store"
)

var tester = people.System("tests")

// house is a SCIM server on a database of its own, over HTTP.
type house struct {
	t      *testing.T
	store  *store.Store
	url    string
	client people.SCIMClient
	token  string
	office *told
}

// told writes down what follows changes.
type told struct {
	mu      sync.Mutex
	users   []string
	content int
}

func (o *told) UserChanged(_ context.Context, id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.users = append(o.users, id)
}

func (o *told) ContentChanged(context.Context) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.content++
}

// written is a log to read while the server writes.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(data []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(data)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

func newHouse(t *testing.T, with ...func(*scim.Dependencies, *scim.Options)) *house {
	t.Helper()
	keys, err := secrets.Create(filepath.Join(t.TempDir(), "secrets"))
	require.NoError(t, err)
	s, err := store.Open(t.Context(), store.Options{
		Path: filepath.Join(t.TempDir(), "heraut.db"), Sealer: keys, LinkHash: func(id string) []byte { return []byte(id) },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))
	h := &house{t: t, store: s, office: &told{}}
	h.client, h.token = h.newClient("Entra ID")
	d := scim.Dependencies{
		Clients: s, Users: s, Groups: s, Office: h.office, Log: slog.New(slog.DiscardHandler), PublicURL: "https://heraut.example",
		Address: func(r *http.Request) string { return r.Header.Get("X-Test-Address") },
	}
	var o scim.Options
	for _, change := range with {
		change(&d, &o)
	}
	server := httptest.NewServer(scim.New(d, o))
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

func (h *house) newClient(name string) (people.SCIMClient, string) {
	h.t.Helper()
	client, token, err := h.store.CreateSCIMClient(h.t.Context(), tester, people.SCIMClient{Name: name})
	require.NoError(h.t, err)
	return client, token
}

type object = map[string]any

// answer is what came back.
type answer struct {
	t      *testing.T
	status int
	header http.Header
	text   string
	body   object
}

// call sends a request; body is sent as it is.
func (h *house) call(method, path, body string, header ...string) answer {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url+path, strings.NewReader(body))
	require.NoError(h.t, err)
	r.Header.Set("Authorization", "Bearer "+h.token)
	r.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	require.NoError(h.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(h.t, err)
	a := answer{t: h.t, status: response.StatusCode, header: response.Header, text: string(text)}
	if len(bytes.TrimSpace(text)) > 0 {
		require.Equal(h.t, "application/scim+json", response.Header.Get("Content-Type"))
		require.NoError(h.t, json.Unmarshal(text, &a.body), a.text)
	}
	return a
}

func (h *house) get(path string) answer { h.t.Helper(); return h.call(http.MethodGet, path, "") }

// find asks a list with a filter.
func (h *house) find(kind, filter, more string) []object {
	h.t.Helper()
	return h.get("/scim/v2/" + kind + "?filter=" + url.QueryEscape(filter) + more).list()
}

// ok wants a status and gives the body.
func (a answer) ok(status int) object {
	a.t.Helper()
	require.Equal(a.t, status, a.status, a.text)
	return a.body
}

// list wants a ListResponse and gives its resources.
func (a answer) list() []object {
	a.t.Helper()
	body := a.ok(http.StatusOK)
	require.Equal(a.t, []any{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}, body["schemas"])
	all := []object{}
	for _, one := range part[[]any](body, "Resources") {
		resource, _ := one.(object)
		all = append(all, resource)
	}
	require.EqualValues(a.t, len(all), body["itemsPerPage"])
	return all
}

// refused wants an error of the protocol.
func (a answer) refused(status int, scimType string) {
	a.t.Helper()
	require.Equal(a.t, status, a.status, a.text)
	require.Equal(a.t, []any{"urn:ietf:params:scim:api:messages:2.0:Error"}, a.body["schemas"])
	require.Equal(a.t, http.StatusText(status), http.StatusText(a.status))
	require.NotEmpty(a.t, a.body["detail"])
	if scimType == "" {
		require.NotContains(a.t, a.body, "scimType")
		return
	}
	require.Equal(a.t, scimType, a.body["scimType"], a.text)
}

// part is an attribute; its zero value where it is not there.
func part[T any](of object, name string) T {
	v, _ := of[name].(T)
	return v
}

func id(of object) string { return part[string](of, "id") }

// user reads a person as the rest of Heraut has it.
func (h *house) user(id string) people.User {
	h.t.Helper()
	u, err := h.store.User(h.t.Context(), id)
	require.NoError(h.t, err)
	return u
}

// entraUser is a user as Entra ID makes it with its usual mapping.
func entraUser(name string) string {
	return `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"externalId":"` + name + `","userName":"` + name + `@school.example","active":true,"displayName":"` + name + ` Bakker",
		"addresses":[{"primary":false,"type":"work","country":"Nederland"}],
		"emails":[{"primary":true,"type":"work","value":"` + name + `@school.example"}],
		"meta":{"resourceType":"User"},"name":{"formatted":"` + name + ` Bakker","familyName":"Bakker","givenName":"` + name + `"},
		"phoneNumbers":[{"primary":true,"type":"work","value":"+31 20 123 4567"}],"preferredLanguage":"nl-NL","title":"Leerling","roles":[],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Groep 4","employeeNumber":"1234"}}`
}

func (h *house) add(name string) object {
	h.t.Helper()
	return h.call(http.MethodPost, "/scim/v2/Users", entraUser(name)).ok(http.StatusCreated)
}

// patch sends operations as they are.
func (h *house) patch(path, operations string) answer {
	h.t.Helper()
	return h.call(http.MethodPatch, path, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[`+operations+`]}`)
}
