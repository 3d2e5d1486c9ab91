package appsbookssim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsbookssim "heraut/simulator/appsbooks"
)

func TestScriptPlaysItsRules(t *testing.T) {
	script, err := appsbookssim.ReadScript(strings.NewReader(`{"rules":[
		{"method":"GET","path":"/client/*","skip":1,"count":1,"status":503,"number":9729,"retry_after":"30"},
		{"path":"/users","count":1,"status":200,"number":9625},
		{"path":"/users/create","status":502,"body":"{}","taken":true},
		{"path":"/users","page_loop":true},
		{"path":"/users/retire","event":"fail","number":9603,"unnamed":true}],
		"notifications":[{"type":"USER_*","do":"late","count":2}]}`))
	require.NoError(t, err)
	p := newPeer(t, appsbookssim.Options{Script: script, Limits: fast})
	var got []int
	for range 3 {
		a := p.ask(t, "GET", "/client/config", "")
		got = append(got, a.status)
		require.Equal(t, a.status == 503, a.header.Get("Retry-After") == "30")
	}
	require.Equal(t, []int{200, 503, 200}, got)
	a := p.ask(t, "GET", "/users", "")
	require.Equal(t, []int{200, 9625}, []int{a.status, a.number()}, "an error under 200")

	require.Equal(t, 502, p.ask(t, "POST", "/users/create", `{"users":[{"clientUserId":"a"}]}`).status)
	require.Eventually(t, func() bool { return len(p.Users(org)) == 1 }, 10*time.Second, 2*time.Millisecond, "it was taken all the same")
	require.InDelta(t, 0, p.ask(t, "GET", "/users", "").body["nextPageIndex"], 0)

	failed := at[map[string]any](t, p.settle(t, "/users/retire", `{"users":[{"clientUserId":"a"}]}`).body, "failures", 0)
	require.NotContains(t, failed, "errorInfo")
	require.Equal(t, []int{1, 1, 1, 1, 1}, p.Played())
}

func TestScriptBreaksConnections(t *testing.T) {
	p := newPeer(t, appsbookssim.Options{})
	for _, http2 := range []bool{false, true} {
		transport, ok := p.http.Transport.(*http.Transport)
		require.True(t, ok)
		transport.ForceAttemptHTTP2 = http2
		require.NoError(t, p.SetScript(appsbookssim.Script{Rules: []appsbookssim.Rule{{Break: appsbookssim.Reset}}}))
		_, err := p.http.Get(p.URL() + "/service/config")
		require.Error(t, err)
		p.http.CloseIdleConnections()
	}
}

func TestReadScriptRefusesWhatMakesNoSense(t *testing.T) {
	for name, text := range map[string]string{
		"not JSON":       `x`,
		"unknown field":  `{"rules":[{"status":500,"statuses":1}]}`,
		"nothing to do":  `{"rules":[{}]}`,
		"status":         `{"rules":[{"status":42}]}`,
		"break":          `{"rules":[{"break":"explode"}]}`,
		"event":          `{"rules":[{"event":"sleep"}]}`,
		"no number":      `{"rules":[{"event":"fail"}]}`,
		"negative count": `{"rules":[{"status":500,"count":-1}]}`,
		"pattern":        `{"rules":[{"status":500,"path":"["}]}`,
		"notify pattern": `{"notifications":[{"type":"[","do":"lose"}]}`,
		"notify action":  `{"notifications":[{"do":"eat"}]}`,
		"notify skip":    `{"notifications":[{"do":"lose","skip":-1}]}`,
	} {
		_, err := appsbookssim.ReadScript(strings.NewReader(text))
		require.Error(t, err, name)
	}
	_, err := appsbookssim.New(appsbookssim.Options{Script: appsbookssim.Script{Rules: []appsbookssim.Rule{{}}}})
	require.ErrorContains(t, err, "rule 1")
}
