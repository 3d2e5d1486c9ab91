package main

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
	appsbookssim "heraut/simulator/appsbooks"
)

// toldParts are parts with an Apple that can call them by https: their whole
// handler is served.
func toldParts(t *testing.T) (*parts, *appsbookssim.Server) {
	t.Helper()
	var handler atomic.Pointer[http.Handler]
	public := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*handler.Load()).ServeHTTP(w, r) }))
	t.Cleanup(public.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(public.Certificate())
	p, apple := bookPartsWith(t, appsbookssim.Options{NotifyRoots: trusted})
	p.config.PublicURL = public.URL
	p.patient = patientEngine{nil, newErrands(p.log)}
	h, err := p.handler("", t.TempDir())
	require.NoError(t, err)
	handler.Store(&h)
	return p, apple
}

func TestAppleIsAskedToTell(t *testing.T) {
	p, apple := toldParts(t)
	claimed := install(t, p, apple.Token(bookOrg, nextYear()))
	require.Equal(t, settings.Notifications{
		URL: p.config.PublicURL + "/apple/notifications", Active: true, Detail: "Apple tells at once what changes.",
	}, claimed.Notifications)
	sent := apple.Notifications()
	require.Len(t, sent, 1)
	require.Equal(t, "TEST_NOTIFICATION", sent[0].Type)
	require.Equal(t, http.StatusNoContent, sent[0].Status, "before the token was installed")
	lines := (&contentCheck{parts: p}).check(t.Context())
	require.Equal(t, "notifications", lines[1].Name)
	require.True(t, lines[1].OK)
	require.Contains(t, lines[1].Detail, "Apple tells at once")

	p.config.PublicURL = "https://moved.example"
	lines = (&contentCheck{parts: p}).check(t.Context())
	require.Contains(t, lines[1].Detail, "does not call")
}

func TestAppleCanNotCall(t *testing.T) {
	for url, want := range map[string]struct {
		url, says string
	}{
		"https://127.0.0.1:1":   {"https://127.0.0.1:1/apple/notifications", "9728"},
		"http://127.0.0.1:8080": {"", "needs a public address with https"},
		"":                      {"", "needs a public address with https"},
	} {
		t.Run(url, func(t *testing.T) {
			p, apple := bookParts(t)
			p.config.PublicURL = url
			claimed := install(t, p, apple.Token(bookOrg, nextYear()))
			require.True(t, claimed.ClaimedByUs, "the token serves without")
			require.Equal(t, want.url, claimed.Notifications.URL)
			require.False(t, claimed.Notifications.Active)
			require.Contains(t, claimed.Notifications.Detail, want.says)
			require.Contains(t, claimed.Notifications.Detail, "every few minutes")
		})
	}
}

// lookout counts how often Heraut is made to look.
type lookout struct {
	watched, distributed int
	err                  error
}

func (l *lookout) WatchNow(context.Context) error      { l.watched++; return l.err }
func (l *lookout) DistributeNow(context.Context) error { l.distributed++; return l.err }

// toldNow is a place for notifications of an installed token, and whom it
// makes look.
func toldNow(t *testing.T) (n notifications, bearer, uid string, look *lookout) {
	t.Helper()
	p, apple := bookParts(t)
	uid = install(t, p, apple.Token(bookOrg, nextYear())).UID
	look = &lookout{}
	return notifications{p.keys, p.store, look, p.log}, "Bearer " + p.keys.NotificationToken(uid), uid, look
}

func notification(t *testing.T, id, kind, uid string) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{"notificationId": id, "notificationType": kind, "uId": uid, "notification": map[string]any{}})
	require.NoError(t, err)
	return body
}

func TestNotificationsMakeHerautLook(t *testing.T) {
	n, bearer, uid, look := toldNow(t)
	for i, id := range []string{"1", "2", "1", "2", "3"} { // doubled, and out of order
		require.NoError(t, n.Arrived(t.Context(), bearer, notification(t, id, "USER_ASSOCIATED", uid)), i)
	}
	require.Equal(t, 3, look.watched)
	require.NoError(t, n.Arrived(t.Context(), bearer, notification(t, "4", "TEST_NOTIFICATION", uid)))
	require.NoError(t, n.Arrived(t.Context(), bearer, notification(t, "5", "SOMETHING_NEW", uid)))
	require.Equal(t, 4, look.watched)
	require.Zero(t, look.distributed)
	require.NoError(t, n.Arrived(t.Context(), bearer, notification(t, "7", "ASSET_MANAGEMENT", uid)))
	require.Equal(t, 1, look.distributed)
	require.Equal(t, 4, look.watched)
	look.err = errors.New("the engine is away")
	require.NoError(t, n.Arrived(t.Context(), bearer, notification(t, "6", "ASSET_COUNT", uid)), "the schedule looks")
}

func TestForgedNotifications(t *testing.T) {
	n, bearer, uid, look := toldNow(t)
	good := notification(t, "1", "USER_ASSOCIATED", uid)
	for name, authorization := range map[string]string{
		"none": "", "nothing": "Bearer ", "another's": "Bearer abc", "cut": bearer[:len(bearer)-1], "basic": strings.Replace(bearer, "Bearer", "Basic", 1),
		"another location's": "Bearer " + n.keys.NotificationToken("other"),
	} {
		require.Equal(t, fault.Unauthenticated, fault.CodeOf(n.Arrived(t.Context(), authorization, good)), name)
	}
	require.Equal(t, fault.Unauthenticated, fault.CodeOf(n.Arrived(t.Context(), bearer, notification(t, "1", "USER_ASSOCIATED", "other"))))
	for _, body := range []string{"", "<plist/>", "[]", "{}", string(notification(t, strings.Repeat("1", 200), "ASSET_COUNT", uid))} {
		require.Equal(t, fault.Malformed, fault.CodeOf(n.Arrived(t.Context(), bearer, []byte(body))), body)
	}
	require.NoError(t, n.store.DeleteSetting(t.Context(), people.System("test"), settings.NameContentToken))
	require.Equal(t, fault.Unauthenticated, fault.CodeOf(n.Arrived(t.Context(), bearer, good)), "the location was left")
	require.Zero(t, look.watched+look.distributed)
}
