package api_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api"
	"heraut/fault"
)

const noticesPath = "/apple/notifications"

// notices takes what comes with its token.
type notices struct {
	mu     sync.Mutex
	bodies []string
	err    error
}

func (n *notices) Arrived(_ context.Context, authorization string, body []byte) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if authorization != "Bearer apples-own-token" {
		return fault.New(fault.Unauthenticated, "This is no notification of Apple's.")
	}
	if n.err == nil {
		n.bodies = append(n.bodies, string(body))
	}
	return n.err
}

func TestNotifications(t *testing.T) {
	h := newHouse(t)
	apples := header{"Authorization", "Bearer apples-own-token"}
	h.post(noticesPath, object{"notificationId": "1"}, apples).ok(http.StatusNoContent)
	h.post(noticesPath, `{"notificationId":"2"}`, apples, header{"Content-Type", "text/plain"}).ok(http.StatusNoContent)
	require.Equal(t, []string{`{"notificationId":"1"}`, `{"notificationId":"2"}`}, h.apple.bodies)

	for _, value := range []string{"", "Bearer", "Bearer " + h.admin, "Basic apples-own-token"} {
		h.post(noticesPath, object{}, header{"Authorization", value}).refused(401, "unauthenticated")
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+noticesPath, strings.NewReader("{}"))
	require.NoError(t, err)
	r.Header["Authorization"] = []string{apples.value, apples.value}
	h.send(r).refused(401, "unauthenticated")
	h.post(noticesPath, `"`+strings.Repeat("a", 256<<10)+`"`, apples).refused(413, "too_large")
	h.apple.err = fault.New(fault.Malformed, "This is no notification.")
	h.post(noticesPath, "<plist/>", apples).refused(400, "malformed")
	h.apple.err = fault.New(fault.Unavailable, "The database does not answer.")
	h.post(noticesPath, object{}, apples).refused(503, "unavailable")
	h.call(http.MethodGet, noticesPath, nil, apples).refused(405, "method_not_allowed")
	require.Len(t, h.apple.bodies, 2)
	require.NotContains(t, h.log.String(), "apples-own-token")
}

func TestForgedNotificationsAreLimited(t *testing.T) {
	h := newHouse(t, func(_ *api.Dependencies, o *api.Options) { o.AddressRate = api.Rate{PerSecond: 0.001, Burst: 3} })
	for range 3 {
		h.post(noticesPath, object{}).refused(401, "unauthenticated")
	}
	h.post(noticesPath, object{}).refused(429, "rate_limited")
	h.post(noticesPath, object{}, header{"Authorization", "Bearer apples-own-token"}).ok(http.StatusNoContent)
}
