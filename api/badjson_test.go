package api_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestBadJSON(t *testing.T) {
	h := newHouse(t)
	for name, c := range map[string]struct {
		body   string
		status int
		code   string
		at     []string
	}{
		"empty":                  {"", 400, "malformed", nil},
		"blank":                  {" \n", 400, "malformed", nil},
		"text":                   {"full_name=A", 400, "malformed", nil},
		"cut short":              {`{"full_name":"A"`, 400, "malformed", nil},
		"two values":             {`{"full_name":"A"} {}`, 400, "malformed", nil},
		"trailing comma":         {`{"full_name":"A",}`, 400, "malformed", nil},
		"single quotes":          {`{'full_name':'A'}`, 400, "malformed", nil},
		"NaN":                    {`{"full_name":NaN}`, 400, "malformed", nil},
		"byte order mark":        {"\xef\xbb\xbf{}", 400, "malformed", nil},
		"invalid UTF-8":          {"{\"full_name\":\"\xff\"}", 400, "malformed", nil},
		"raw NUL":                {"{\"full_name\":\"\x00\"}", 400, "malformed", nil},
		"same key twice":         {`{"full_name":"A","full_name":"B"}`, 400, "malformed", []string{"/full_name"}},
		"same key, escaped":      {`{"full_name":"A","full\u005fname":"B"}`, 400, "malformed", []string{"/full_name"}},
		"same key deep down":     {`{"x":[{"a":1,"a":1}]}`, 400, "malformed", []string{"/x/0/a"}},
		"open levels":            {strings.Repeat("[", 10_000), 400, "malformed", nil},
		"more levels than known": {strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000), 400, "malformed", nil},
		"10,000 levels":          {strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000), 422, "invalid_request", nil},
		"10,000 objects":         {strings.Repeat(`{"a":`, 9_999) + "1" + strings.Repeat("}", 9_999), 422, "invalid_request", nil},
		"U+0000":                 {`{"full_name":"A\u0000"}`, 422, "invalid_request", []string{"/full_name"}},
		"half a surrogate pair":  {`{"full_name":"\ud800"}`, 422, "invalid_request", []string{"/full_name"}},
		"1e400":                  {`{"full_name":1e400}`, 422, "invalid_request", []string{"/full_name"}},
		"null":                   {`null`, 422, "invalid_request", []string{""}},
		"a list":                 {`[]`, 422, "invalid_request", []string{""}},
		"wrong type":             {`{"full_name":{"a":[]}}`, 422, "invalid_request", []string{"/full_name"}},
		"switch as text":         {`{"full_name":"A","managed_distribution":"true"}`, 422, "invalid_request", []string{"/managed_distribution"}},
		"too long":               {`{"full_name":"` + strings.Repeat("é", 301) + `"}`, 422, "invalid_request", []string{"/full_name"}},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			h.post("/v1/users", c.body, header{"Content-Type", "application/json"}).refused(c.status, c.code, c.at...)
		})
	}
	h.t = t
	require.Empty(t, items(h.get("/v1/users").ok(200)))
	name := strings.Repeat("é", 300)
	require.Equal(t, name, h.post("/v1/users", `{"full_name":"`+name+`"}`).ok(http.StatusCreated)["full_name"])
	h.post("/v1/users", `{"full_name":"replaced \ufffd"}`).ok(http.StatusCreated)
	h.post("/v1/users", `{"full_name":"\ud83d\ude00"}`).ok(http.StatusCreated)
}

func TestManyErrorsAreCutShort(t *testing.T) {
	h := newHouse(t)
	members := object{"user_ids": make([]int, 5000)}
	problem := h.call(http.MethodPut, "/v1/groups/"+h.group("4A")+"/members", members).refused(422, "invalid_request")
	require.Len(t, problem["errors"], 101)
}

func TestMediaTypes(t *testing.T) {
	h := newHouse(t)
	path := "/v1/users/" + h.user("Zoë")
	for media, status := range map[string]int{
		"application/json": 201, "application/json; charset=utf-8": 201, "Application/JSON": 201,
		"application/json; charset=utf-16": 415, "text/plain": 415, "application/x-www-form-urlencoded": 415,
		"application/merge-patch+json": 415, "": 415, "json": 415, "application/jsonx": 415,
	} {
		got := h.post("/v1/users", `{"full_name":"A"}`, header{"Content-Type", media})
		require.Equal(t, status, got.status, media)
	}
	h.post("/v1/users", `{"full_name":"A"}`, header{"Content-Encoding", "gzip"}).refused(415, "unsupported_media_type")
	h.call(http.MethodPatch, path, `{}`, header{"Content-Type", "text/plain"}).refused(415, "unsupported_media_type")
	h.post("/v1/imports", `{}`).refused(415, "unsupported_media_type")
	h.post("/v1/imports", `x`, header{"Content-Type", "multipart/form-data"}).refused(415, "unsupported_media_type")
}

func TestActionsTakeNoBody(t *testing.T) {
	h := newHouse(t)
	path := "/v1/invitations/" + unknownID + "/accept"
	h.post(path, nil).refused(404, "not_found")
	h.post(path, `{}`).refused(404, "not_found")
	h.post(path, `{"answer":"accept"}`).refused(422, "invalid_request")
	h.post(path, `{`).refused(400, "malformed")
}

func TestLargeBodies(t *testing.T) {
	h := newHouse(t)
	h.post("/v1/users", strings.Repeat(" ", 1<<20)+`{"full_name":"A"}`).refused(413, "too_large")
	h.post("/v1/users", strings.NewReader(strings.Repeat(" ", 50<<20))).refused(413, "too_large")

	unannounced := h.request("/v1/users", io.MultiReader(strings.NewReader(strings.Repeat(" ", 2<<20))))
	unannounced.ContentLength = -1
	h.send(unannounced).refused(413, "too_large")
}

// unread fails the test when a client that waits for leave is asked to go on.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was sent")
	return 0, io.EOF
}

func TestLargeBodyIsRefusedBeforeItIsSent(t *testing.T) {
	h := newHouse(t)
	r := h.request("/v1/users", unread{t})
	r.ContentLength = 50 << 20
	r.Header.Set("Expect", "100-continue")
	h.client.Transport = newContract(t, &http.Transport{ExpectContinueTimeout: time.Minute})
	h.send(r).refused(413, "too_large")
}

func (h *house) request(path string, body io.Reader) *http.Request {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.url+path, body)
	require.NoError(h.t, err)
	r.Header.Set("Authorization", "Bearer "+h.admin)
	r.Header.Set("Content-Type", "application/json")
	return r
}
