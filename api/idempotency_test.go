package api_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func idem(key string) header { return header{"Idempotency-Key", key} }

func TestRepeatedPostGetsTheSameAnswer(t *testing.T) {
	h := newHouse(t)
	first := h.post("/v1/users", object{"full_name": "Zoë"}, idem("k1"))
	first.ok(http.StatusCreated)
	again := h.post("/v1/users", object{"full_name": "Zoë"}, idem("k1"))
	require.Equal(t, first.status, again.status)
	require.Equal(t, first.text, again.text)
	for _, name := range []string{"Location", "ETag", "Content-Type"} {
		require.Equal(t, first.header.Get(name), again.header.Get(name), name)
	}
	require.Len(t, items(h.get("/v1/users").ok(200)), 1)

	h.post("/v1/users", object{"full_name": "Bram"}, idem("k1")).refused(422, "idempotency_key_reused")
	h.post("/v1/groups", object{"name": "Zoë"}, idem("k1")).refused(422, "idempotency_key_reused")
	h.post("/v1/users", object{"full_name": "Zoë"}, idem("k2")).ok(http.StatusCreated)
	h.post("/v1/users", object{"full_name": "Zoë"}, idem("k1"), as(h.operator)).ok(http.StatusCreated)
	require.Len(t, items(h.get("/v1/users").ok(200)), 3, "keys belong to the API key")
}

func TestRefusalsAreAnswersToo(t *testing.T) {
	h := newHouse(t)
	body := object{"full_name": "A", "external_id": "x"}
	other := text(h.post("/v1/users", body).ok(http.StatusCreated), "id")
	h.post("/v1/users", body, idem("k")).refused(409, "conflict")
	h.call(http.MethodDelete, "/v1/users/"+other, nil).ok(http.StatusNoContent)
	h.post("/v1/users", body, idem("k")).refused(409, "conflict")

	// What never began to run leaves no trace.
	h.post("/v1/users", object{}, idem("fresh")).refused(422, "invalid_request")
	h.post("/v1/users", object{"full_name": "A"}, idem("fresh")).ok(http.StatusCreated)
}

func TestIdempotencyKeyForm(t *testing.T) {
	h := newHouse(t)
	body := object{"full_name": "A"}
	h.post("/v1/users", body, idem(strings.Repeat("k", 255))).ok(http.StatusCreated)
	h.post("/v1/users", body, idem(strings.Repeat("k", 256))).refused(422, "invalid_request", "Idempotency-Key")
	r := h.request("/v1/users", strings.NewReader(`{"full_name":"A"}`))
	r.Header["Idempotency-Key"] = []string{""}
	h.send(r).refused(422, "invalid_request", "Idempotency-Key")
}

func TestConcurrentRepeatsMakeOneThing(t *testing.T) {
	h := newHouse(t)
	var wg sync.WaitGroup
	replies := make([]*reply, 16)
	for i := range replies {
		wg.Go(func() { replies[i] = h.post("/v1/users", object{"full_name": "Zoë"}, idem("double click")) })
	}
	wg.Wait()
	made := map[string]bool{}
	for _, r := range replies {
		if r.status == http.StatusConflict {
			r.refused(409, "request_in_progress")
			require.NotEmpty(t, r.header.Get("Retry-After"))
			continue
		}
		made[text(r.ok(http.StatusCreated), "id")] = true
	}
	require.Len(t, made, 1)
	require.Len(t, items(h.get("/v1/users").ok(200)), 1)
	require.Contains(t, made, text(h.post("/v1/users", object{"full_name": "Zoë"}, idem("double click")).ok(201), "id"))
}

func TestNewKeyIsShownAgainToItsMakerOnly(t *testing.T) {
	h := newHouse(t)
	first := h.post("/v1/keys", object{"name": "script", "role": "viewer"}, idem("k")).ok(http.StatusCreated)
	again := h.post("/v1/keys", object{"name": "script", "role": "viewer"}, idem("k")).ok(http.StatusCreated)
	require.Equal(t, first["key"], again["key"])
	h.call(http.MethodGet, "/v1/users", nil, as(text(first, "key"))).ok(200)
}
