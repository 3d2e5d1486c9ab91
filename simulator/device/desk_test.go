package devicesim_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	devicesim "heraut/simulator/device"
)

// onlooker looks at the page of devices.
type onlooker struct {
	t    *testing.T
	desk *httptest.Server
}

func newOnlooker(t *testing.T, f *devicesim.Fleet) onlooker {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/devices/", http.StripPrefix("/devices", f.Desk(devicesim.DeskLinks{Style: "/style.css", Mails: "/", Pushes: "/push/"})))
	p := onlooker{t, httptest.NewServer(mux)}
	t.Cleanup(p.desk.Close)
	return p
}

func (p onlooker) read(answer *http.Response, err error) (status int, text string) {
	p.t.Helper()
	require.NoError(p.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(p.t, err)
	return answer.StatusCode, string(body)
}

func (p onlooker) look() (status int, text string) {
	p.t.Helper()
	return p.read(http.Get(p.desk.URL + "/devices/"))
}

func (p onlooker) enroll(fields ...string) (status int, text string) {
	p.t.Helper()
	form := url.Values{}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return p.read(http.PostForm(p.desk.URL+"/devices/", form))
}

func TestAPersonEnrollsADevice(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{PlainLoopback: true})
	p := newOnlooker(t, f)
	_, text := p.look()
	require.Contains(t, text, "None yet.")
	require.Contains(t, text, `<link rel="stylesheet" href="/style.css">`)

	status, text := p.enroll("link", " "+s.http.URL+"/enroll/page/"+s.scep.challenge(), "name", "iPad <van> Els", "platform", "ipados")
	require.Equal(t, http.StatusOK, status, "it comes back to the page")
	require.Contains(t, text, "iPad &lt;van&gt; Els")
	require.Contains(t, text, "· enrolled")
	require.NotContains(t, text, "Open the invitation")
	_, text = p.enroll("link", s.http.URL+"/enroll/code", "code", s.scep.challenge(), "name", "MacBook", "platform", "macos")
	require.Less(t, strings.Index(text, "MacBook"), strings.Index(text, "iPad &lt;"), "the newest first")

	ipad := f.Devices()[0]
	require.Equal(t, "iPad <van> Els", ipad.Name())
	command := s.invite(t, ipad.UDID(), "https://apple.example/invite?code=1&x=2")
	s.reports(t, command, 1)
	require.Equal(t, "https://apple.example/invite?code=1&x=2", ipad.Shows())
	_, text = p.look()
	require.Contains(t, text, `<a href="https://apple.example/invite?code=1&amp;x=2"`)

	kept, err := f.Snapshot()
	require.NoError(t, err)
	later := s.fleet(t, devicesim.FleetOptions{})
	require.NoError(t, later.Restore(kept))
	require.Equal(t, ipad.Shows(), later.Devices()[0].Shows())
}

func TestALinkThatEnrollsNothing(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	p := newOnlooker(t, f)
	for link, want := range map[string]string{
		"":                           "this is no link",
		"example":                    "this is no link",
		s.http.URL + "/enroll/over":  "could not enroll",
		s.http.URL + "/enroll/ring":  "could not enroll",
		"http://127.0.0.1:1/enroll/": "could not enroll",
	} {
		status, text := p.enroll("link", link, "name", "mine & ours", "platform", "ipados")
		require.Equal(t, http.StatusUnprocessableEntity, status, link)
		require.Contains(t, text, want)
		require.Contains(t, text, `value="mine &amp; ours"`, "what was typed stays")
	}
	status, _ := p.enroll("link", s.http.URL+"/x", "name", "x", "platform", "newton")
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Empty(t, f.Devices())
}

func TestNoOtherSiteEnrollsADevice(t *testing.T) {
	s := newServer(t)
	p := newOnlooker(t, s.fleet(t, devicesim.FleetOptions{}))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.desk.URL+"/devices/", strings.NewReader("link=x"))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "https://elsewhere.example")
	status, _ := p.read(http.DefaultClient.Do(r))
	require.Equal(t, http.StatusForbidden, status)
}
