package api_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api"
	"heraut/people"
)

// dying loses answers: what the request made is in the store, and the process
// ends before the answer is kept. A claim of such a request is taken over, as
// after 60 seconds.
type dying struct {
	api.Idempotency

	dead atomic.Bool
	made func() (kind, id string)
}

func (d *dying) FinishRequest(ctx context.Context, c people.Claim, a people.Answer) error {
	if d.dead.Load() {
		return errEngineAway
	}
	return d.Idempotency.FinishRequest(ctx, c, a)
}

func (d *dying) ClaimRequest(ctx context.Context, keyID, key, hash string) (people.Claim, error) {
	if d.dead.Load() || d.made == nil {
		return d.Idempotency.ClaimRequest(ctx, keyID, key, hash)
	}
	c, err := d.Idempotency.ClaimRequest(ctx, keyID, key+" taken over", hash)
	c.MadeKind, c.MadeID = d.made()
	return c, err
}

func TestLostAnswerIsMadeAgainByReading(t *testing.T) {
	var d *dying
	h := newHouse(t, func(deps *api.Dependencies, _ *api.Options) {
		d = &dying{Idempotency: deps.Idempotency}
		deps.Idempotency = d
	})
	zoe := h.user("Zoë")
	for kind, c := range map[string]struct {
		path string
		body object
		made func() int
	}{
		"user":   {"/v1/users", object{"full_name": "Bram"}, func() int { return len(items(h.get("/v1/users").ok(200))) }},
		"group":  {"/v1/groups", object{"name": "4A"}, func() int { return len(items(h.get("/v1/groups").ok(200))) }},
		"device": {"/v1/devices", object{"name": "iPad", "platform": "ios"}, func() int { return len(items(h.get("/v1/devices").ok(200))) }},
		"plan":   {"/v1/plans", object{"user_id": zoe, "channel": "mail"}, func() int { return 1 }},
	} {
		t.Run(kind, func(t *testing.T) {
			h.t = t
			d.dead.Store(true)
			lost := h.post(c.path, c.body, idem(kind)).ok(http.StatusCreated)
			d.dead.Store(false)
			before := c.made()
			d.made = func() (string, string) { return kind, text(lost, "id") }
			got := h.post(c.path, c.body, idem(kind)).ok(http.StatusCreated)
			require.Equal(t, lost, got)
			require.Equal(t, before, c.made(), "nothing is made twice")
		})
	}
}

func TestKeyWhoseAnswerWasLostIsWithdrawn(t *testing.T) {
	var d *dying
	h := newHouse(t, func(deps *api.Dependencies, _ *api.Options) {
		d = &dying{Idempotency: deps.Idempotency}
		deps.Idempotency = d
	})
	body := object{"name": "script", "role": "viewer"}
	d.dead.Store(true)
	lost := h.post("/v1/keys", body, idem("k")).ok(http.StatusCreated)
	d.dead.Store(false)
	d.made = func() (string, string) { return "key", text(lost, "id") }
	got := h.post("/v1/keys", body, idem("k")).ok(http.StatusCreated)
	h.call(http.MethodGet, "/v1/users", nil, as(text(lost, "key"))).refused(401, "unauthenticated")
	h.call(http.MethodGet, "/v1/users", nil, as(text(got, "key"))).ok(200)
}
