package smtpsim_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/simulator/smtp"
)

const twoPart = "From: a@school.test\r\nSubject: <b>Hi</b>\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/alternative; boundary=m\r\n\r\n" +
	"--m\r\nContent-Type: text/plain\r\n\r\nGo to https://school.test/i/abc now.\r\n" +
	"--m\r\nContent-Type: text/html\r\n\r\n<p>Go <script>alert(1)</script></p>\r\n--m--\r\n"

func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

func inboxWith(t *testing.T, recipients ...string) http.Handler {
	t.Helper()
	sink := start(t, smtpsim.Options{})
	for _, to := range recipients {
		require.NoError(t, smtp.SendMail(sink.Addr(), nil, "a@school.test", []string{to}, []byte(twoPart)))
	}
	return sink.Inbox()
}

func TestInboxLeadsToThePushesBesideIt(t *testing.T) {
	alone, beside := start(t, smtpsim.Options{}), start(t, smtpsim.Options{Pushes: "/push/"})
	require.NotContains(t, get(t, alone.Inbox(), "/").Body.String(), "Push notifications")
	require.Contains(t, get(t, beside.Inbox(), "/").Body.String(), `<a href="/push/">Push notifications</a>`)
}

func TestInboxListsNewestFirst(t *testing.T) {
	inbox := inboxWith(t, "b@school.test", "c@school.test")
	w := get(t, inbox, "/")
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
	body := w.Body.String()
	require.Less(t, strings.Index(body, "c@school.test"), strings.Index(body, "b@school.test"))
	require.Contains(t, body, "&lt;b&gt;Hi&lt;/b&gt;")
	require.NotContains(t, body, "<script")

	body = get(t, inbox, "/?q=B@SCHOOL").Body.String()
	require.Contains(t, body, "b@school.test")
	require.NotContains(t, body, "c@school.test")
	require.Contains(t, get(t, inbox, "/?q=nobody").Body.String(), "No mail")
	require.NotContains(t, get(t, inbox, "/?before=2").Body.String(), "c@school.test")
}

func TestInboxPages(t *testing.T) {
	recipients := make([]string, 101)
	for i := range recipients {
		recipients[i] = "b@school.test"
	}
	inbox := inboxWith(t, recipients...)
	body := get(t, inbox, "/").Body.String()
	require.Contains(t, body, "before=2")
	require.NotContains(t, body, `href="/mail/1"`)
	require.Contains(t, get(t, inbox, "/?before=2").Body.String(), `href="/mail/1"`)
}

func TestInboxShowsOneMail(t *testing.T) {
	inbox := inboxWith(t, "b@school.test")
	body := get(t, inbox, "/mail/1").Body.String()
	require.Contains(t, body, "Go to https://school.test/i/abc now.")
	require.Contains(t, body, `<a href="https://school.test/i/abc"`)
	require.Contains(t, body, `sandbox="allow-popups allow-popups-to-escape-sandbox"`)
	require.NotContains(t, body, "<script")

	w := get(t, inbox, "/mail/1/html")
	require.Contains(t, w.Body.String(), "<p>Go")
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "sandbox")
	require.NotContains(t, w.Header().Get("Content-Security-Policy"), "script")

	for _, path := range []string{"/mail/2", "/mail/x", "/mail/2/html", "/other"} {
		require.Equal(t, http.StatusNotFound, get(t, inbox, path).Code, path)
	}
	require.Equal(t, http.StatusOK, get(t, inbox, "/style.css").Code)
}

func TestInboxForScripts(t *testing.T) {
	inbox := inboxWith(t, "b@school.test", "c@school.test")
	for path, want := range map[string]int{
		"/messages.json": 2, "/messages.json?to=b@school.test": 1,
		"/messages.json?after=1": 1, "/messages.json?to=x@y.z": 0,
	} {
		var answer struct {
			Total    int `json:"total"`
			Messages []struct {
				Links []string `json:"links"`
			} `json:"messages"`
		}
		require.NoError(t, json.Unmarshal(get(t, inbox, path).Body.Bytes(), &answer))
		require.Equal(t, 2, answer.Total)
		require.Len(t, answer.Messages, want, path)
		for _, m := range answer.Messages {
			require.Equal(t, []string{"https://school.test/i/abc"}, m.Links)
		}
	}
}
