package appsbookssim_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	appsbookssim "heraut/simulator/appsbooks"
)

func (p *peer) code(t *testing.T, id string) string {
	t.Helper()
	for _, u := range p.Users(org) {
		if u.ClientUserID == id && u.Status == "Registered" {
			return u.InviteCode
		}
	}
	require.Fail(t, "not registered", id)
	return ""
}

func TestWhoMayAccept(t *testing.T) {
	p := newPeer(t, appsbookssim.Options{Limits: fast})
	p.settle(t, "/users/create", `{"users":[{"clientUserId":"a"},{"clientUserId":"b"}]}`)
	a, b := p.code(t, "a"), p.code(t, "b")
	require.ErrorIs(t, p.Accept("", "x@icloud.example"), appsbookssim.ErrUnknownCode)
	require.ErrorIs(t, p.Accept("nothing", "x@icloud.example"), appsbookssim.ErrUnknownCode)
	require.ErrorIs(t, p.Accept(a, " "), appsbookssim.ErrNoAccount)
	require.NoError(t, p.Accept(a, "x@icloud.example"))
	require.ErrorIs(t, p.Accept(a, "x@icloud.example"), appsbookssim.ErrUsedCode)
	require.ErrorIs(t, p.Accept(b, "X@icloud.example"), appsbookssim.ErrTaken)
	p.settle(t, "/users/retire", `{"users":[{"clientUserId":"b"}]}`)
	require.ErrorIs(t, p.Accept(b, "y@icloud.example"), appsbookssim.ErrOldCode)
}

func TestRetiredUsersComeBack(t *testing.T) {
	p := newPeer(t, appsbookssim.Options{Limits: fast})
	const a = `{"users":[{"clientUserId":"a"}]}`
	p.settle(t, "/users/create", a)
	code := p.code(t, "a")
	p.settle(t, "/users/retire", a)
	p.settle(t, "/users/create", a)
	require.Equal(t, code, p.code(t, "a"), "who never joined is revived with the same code")
	require.Len(t, p.Users(org), 1)

	require.NoError(t, p.Accept(code, "x@icloud.example"))
	p.settle(t, "/users/retire", a)
	p.settle(t, "/users/create", a)
	again := p.code(t, "a")
	require.NotEqual(t, code, again, "who had joined gets a new record")
	require.NoError(t, p.Accept(again, "x@icloud.example"))
	users := p.Users(org)
	require.Equal(t, []string{"Associated", "Retired"}, []string{users[0].Status, users[1].Status}, "the same account takes the old record")
	status := p.settle(t, "/users/create", a)
	require.Equal(t, "FAILED", status.body["eventStatus"])
	require.InDelta(t, 9716, at[float64](t, status.body, "failures", 0, "errorNumber"), 0)
}

func TestPersonAcceptsOnThePage(t *testing.T) {
	p := newPeer(t, appsbookssim.Options{Limits: fast})
	p.settle(t, "/users/create", `{"users":[{"clientUserId":"a"}]}`)
	template := at[string](t, p.ask(t, "GET", "/service/config", "").body, "urls", "invitationEmail")
	page := strings.ReplaceAll(template, "%25inviteCode%25", p.code(t, "a"))
	see := func(response *http.Response, err error) (int, string) {
		t.Helper()
		require.NoError(t, err)
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		require.NoError(t, err)
		return response.StatusCode, string(text)
	}
	status, text := see(p.http.Get(page))
	require.Equal(t, 200, status)
	require.Contains(t, text, "Example School invites you")
	require.Equal(t, "Registered", p.Users(org)[0].Status, "opening is not accepting")
	status, text = see(p.http.PostForm(page, url.Values{}))
	require.Equal(t, 409, status)
	require.Contains(t, text, "sign in")
	status, text = see(p.http.PostForm(page, url.Values{"account": {"x@icloud.example"}}))
	require.Equal(t, 200, status)
	require.Contains(t, text, "Thank you")
	require.Equal(t, "Associated", p.Users(org)[0].Status)
	_, text = see(p.http.Get(page))
	require.Contains(t, text, "not open")
	require.NotContains(t, text, "<form")
	status, _ = see(p.http.Get(strings.ReplaceAll(template, "%25inviteCode%25", "x")))
	require.Equal(t, 404, status)
}
