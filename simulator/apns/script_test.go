package apnssim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	apnssim "heraut/simulator/apns"
)

func TestScriptPlaysItsRulesInOrder(t *testing.T) {
	script, err := apnssim.ReadScript(strings.NewReader(`{"rules":[
		{"token":"ab*","skip":1,"count":2,"status":503,"reason":"Shutdown","retry_after":30},
		{"topic":"org.other.*","status":500},
		{"push_type":"alert","skip":4,"status":429,"reason":"TooManyRequests","taken":true}]}`))
	require.NoError(t, err)
	s := newServer(t, apnssim.Options{Script: script})
	client := provider(t, s, topic, nextYear())
	var got []int
	for range 7 {
		status, _ := post(t, s, client, nil)
		got = append(got, status)
	}
	require.Equal(t, []int{200, 503, 503, 200, 200, 200, 429}, got)
	require.Equal(t, []int{2, 0, 1}, s.Played())
	require.Equal(t, 5, s.Total(), "the last one was taken and refused")
}

func TestScriptChancesRepeatWithTheSeed(t *testing.T) {
	play := func(seed uint64) (refused []int) {
		s := newServer(t, apnssim.Options{Seed: seed, Script: apnssim.Script{Rules: []apnssim.Rule{{Probability: 0.3, Status: 500}}}})
		client := provider(t, s, topic, nextYear())
		for i := range 100 {
			if status, _ := post(t, s, client, nil); status == 500 {
				refused = append(refused, i)
			}
		}
		return refused
	}
	first := play(1)
	require.NotEmpty(t, first)
	require.Less(t, len(first), 60)
	require.Equal(t, first, play(1))
	require.NotEqual(t, first, play(2))
}

func TestScriptBreaksConnections(t *testing.T) {
	s := newServer(t, apnssim.Options{})
	for _, way := range []apnssim.Break{apnssim.GoAway, apnssim.Reset, apnssim.ResetStream} {
		require.NoError(t, s.SetScript(apnssim.Script{Rules: []apnssim.Rule{{Break: way, Reason: "Shutdown"}}}))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/3/device/"+token, strings.NewReader(payload))
		require.NoError(t, err)
		r.GetBody = nil // net/http would try again by itself
		_, err = provider(t, s, topic, nextYear()).Do(r)
		require.Error(t, err)
		if way == apnssim.GoAway {
			require.ErrorContains(t, err, "Shutdown")
		}
	}
}

func TestReadScriptRefusesWhatMakesNoSense(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON":       `x`,
		"unknown field":  `{"rules":[{"status":500,"statuses":1}]}`,
		"nothing to do":  `{"rules":[{}]}`,
		"status":         `{"rules":[{"status":42}]}`,
		"break":          `{"rules":[{"break":"explode"}]}`,
		"probability":    `{"rules":[{"status":500,"probability":2}]}`,
		"negative count": `{"rules":[{"status":500,"count":-1}]}`,
		"pattern":        `{"rules":[{"status":500,"token":"["}]}`,
	} {
		_, err := apnssim.ReadScript(strings.NewReader(text))
		require.Error(t, err, name)
	}
	_, err := apnssim.New(apnssim.Options{Script: apnssim.Script{Rules: []apnssim.Rule{{}}}})
	require.ErrorContains(t, err, "rule 1")
}

func TestInboxShowsWhatTheDevicesShow(t *testing.T) {
	s := newServer(t, apnssim.Options{})
	client := provider(t, s, topic, nextYear())
	get := func(path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		http.StripPrefix("/push", s.Inbox()).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/push"+path, nil))
		return w
	}
	require.Contains(t, get("/").Body.String(), "Nothing yet")

	post(t, s, client, func(r *http.Request) {
		text := `{"aps":{"alert":{"title":"<script>alert(1)</script>","body":"B"}},"link":"javascript:alert(1)"}`
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
	})
	post(t, s, client, nil)
	page := get("/")
	require.Equal(t, 200, page.Code)
	require.Contains(t, page.Header().Get("Content-Security-Policy"), "default-src 'none'")
	body := page.Body.String()
	require.NotContains(t, body, "<script")
	require.NotContains(t, body, `"javascript:`)
	require.Contains(t, body, `<a href="https://school.example/i/x"`)
	require.Less(t, strings.Index(body, "<h2>T</h2>"), strings.Index(body, "&lt;script"), "the newest first")

	require.Equal(t, "text/css; charset=utf-8", get("/inbox.css").Header().Get("Content-Type"))
	var listed []apnssim.Notification
	require.NoError(t, json.Unmarshal(get("/notifications.json").Body.Bytes(), &listed))
	require.JSONEq(t, payload, string(listed[1].Payload))
	require.Equal(t, 404, get("/other").Code)
}
