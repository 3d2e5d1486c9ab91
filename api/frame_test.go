package api_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api"
	"heraut/fault"
)

func TestPathsThatNameNothing(t *testing.T) {
	h := newHouse(t)
	zoe := h.user("Zoë")
	for _, path := range []string{
		"/v1/users/zoe", "/v1/users/-1", "/v1/users/1", "/v1/users/" + unknownID, "/v1/users/" + zoe + "x", "/v1/users/" + zoe[1:],
		"/v1/users/" + zoe + "/", "/v1/users/", "/v1/", "/", "/v2/users", "/v1/users%2F" + zoe, "/v1/groups/..%2Fusers%2F" + zoe,
		"/v1/users/%2e%2e/users/" + zoe, "/v1//users", "/v1/users/./" + zoe, "/v1/groups/../users/" + zoe, "/v1/users/" + zoe + "%00",
		"/v1/users/" + strings.Replace(zoe, "-", "%2D", 1), "/v1/users;a=b", "/v1/plans/" + zoe, "/v1/sends/" + zoe, "/v1/invitations/bulk",
	} {
		h.raw(http.MethodGet, path).refused(404, "not_found")
	}
	h.get("/v1/users/"+strings.ToUpper(zoe)).refused(404, "not_found")
}

// raw sends a path as it is.
func (h *house) raw(method, path string) *reply {
	h.t.Helper()
	r, err := http.NewRequestWithContext(h.t.Context(), method, h.url, http.NoBody)
	require.NoError(h.t, err)
	r.URL.Opaque = strings.TrimPrefix(h.url, "http:") + path
	r.Header.Set("Authorization", "Bearer "+h.admin)
	return h.send(r)
}

func TestMethods(t *testing.T) {
	h := newHouse(t)
	got := h.call(http.MethodPut, "/v1/users", object{})
	got.refused(405, "method_not_allowed")
	require.Contains(t, got.header.Get("Allow"), "POST")
	h.call(http.MethodPost, "/livez", nil).refused(405, "method_not_allowed")
	h.call("BREW", "/v1/users", nil).refused(405, "method_not_allowed")
	options := h.call(http.MethodOptions, "/v1/users", nil, header{"Authorization", ""})
	require.Equal(t, 204, options.status)
	require.Contains(t, options.header.Get("Allow"), "GET")
	require.Empty(t, options.header.Get("Access-Control-Allow-Origin"))
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	h := newHouse(t)
	h.client.Transport = http.DefaultTransport // the contract's GET has a body
	for _, path := range []string{"/v1/users", "/v1/users/" + h.user("Zoë"), "/livez", "/openapi.yaml"} {
		get, head := h.get(path), h.call(http.MethodHead, path, nil)
		require.Equal(t, 200, head.status, path)
		require.Empty(t, head.text)
		require.Equal(t, get.header.Get("Content-Type"), head.header.Get("Content-Type"))
		require.Equal(t, get.header.Get("ETag"), head.header.Get("ETag"))
	}
}

func TestServicePaths(t *testing.T) {
	h := newHouse(t)
	require.Equal(t, "ok\n", h.get("/livez").text)
	require.Equal(t, "ok\n", h.get("/readyz").text)
	require.Equal(t, "up 1\n", h.get("/metrics").text)
	require.Contains(t, h.get("/openapi.yaml").text, "openapi: 3.0.3")
	h.engine.leave()
	h.get("/livez").ok(200)
	problem := h.get("/readyz").refused(503, "unavailable")
	require.Equal(t, "The engine does not answer.", problem["detail"])
	close(h.stopping)
	problem = h.get("/readyz").refused(503, "unavailable")
	require.Equal(t, "The server is stopping.", problem["detail"])
}

func TestRequestIDs(t *testing.T) {
	h := newHouse(t)
	id := header{"X-Request-Id", "from-my.proxy_1"}
	require.Equal(t, id.value, h.call(http.MethodGet, "/v1/users", nil, id).header.Get(id.name))
	require.Equal(t, id.value, h.call(http.MethodGet, "/v1/nothing", nil, id).refused(404, "not_found")["request_id"])
	for _, bad := range []string{"a b", strings.Repeat("a", 65), "a\"b", "ü"} {
		require.NotEqual(t, bad, h.call(http.MethodGet, "/v1/users", nil, header{id.name, bad}).header.Get(id.name))
	}
}

func TestFaultsOfOurs(t *testing.T) {
	errSecret := errors.New("table users: secret detail")
	for name, c := range map[string]struct {
		fail   func() error
		status int
		code   string
		logged string
	}{
		"any error":     {func() error { return errSecret }, 500, "internal", "secret detail"},
		"panic":         {func() error { panic("secret detail") }, 500, "internal", "secret detail"},
		"unknown code":  {func() error { return fault.New("odd", "secret detail") }, 500, "internal", "secret detail"},
		"database away": {func() error { return fault.New(fault.Unavailable, "The database can not be reached.") }, 503, "unavailable", "reached"},
		"deadline":      {func() error { return context.DeadlineExceeded }, 503, "unavailable", "deadline"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(d *api.Dependencies, _ *api.Options) { d.People = brokenPeople{d.People, c.fail} })
			got := h.get("/v1/users/" + unknownID)
			problem := got.refused(c.status, c.code)
			require.NotContains(t, got.text, "secret detail")
			require.Contains(t, h.log.String(), c.logged)
			require.Contains(t, h.log.String(), problem["request_id"])
			require.Equal(t, c.status == 503, got.header.Get("Retry-After") != "")
			h.get("/livez").ok(200)
		})
	}
}

func TestRateLimitOfAKey(t *testing.T) {
	h := newHouse(t, func(_ *api.Dependencies, o *api.Options) { o.KeyRate = api.Rate{PerSecond: 0.001, Burst: 2} })
	h.get("/v1/users").ok(200)
	h.get("/v1/users").ok(200)
	got := h.get("/v1/users")
	got.refused(429, "rate_limited")
	wait, err := strconv.Atoi(got.header.Get("Retry-After"))
	require.NoError(t, err)
	require.Positive(t, wait)
	h.call(http.MethodGet, "/v1/users", nil, as(h.viewer)).ok(200) // another key's
}

func TestRateLimitOfStrangers(t *testing.T) {
	for name, c := range map[string]struct {
		proxies []netip.Prefix
		limited bool
	}{
		"a header that anyone can forge": {nil, true},
		"written by a trusted proxy":     {[]netip.Prefix{netip.MustParsePrefix("127.0.0.1/8")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, func(_ *api.Dependencies, o *api.Options) {
				o.AddressRate, o.TrustedProxies = api.Rate{PerSecond: 0.001, Burst: 1}, c.proxies
			})
			from := func(address string) *reply {
				return h.call(http.MethodGet, "/v1/users", nil, header{"Authorization", ""}, header{"X-Forwarded-For", address})
			}
			from("203.0.113.1").refused(401, "unauthenticated")
			if c.limited {
				from("203.0.113.2").refused(429, "rate_limited")
			} else {
				from("203.0.113.2").refused(401, "unauthenticated")
				from("203.0.113.1").refused(429, "rate_limited")
			}
			h.get("/v1/users").ok(200) // who has a key is not a stranger
		})
	}
}

func TestMissingPartIsNamed(t *testing.T) {
	_, err := api.New(api.Dependencies{}, api.Options{})
	require.EqualError(t, err, "package api needs Log")
}
