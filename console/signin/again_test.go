package signin_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

// formOf reads the first form of a page as a browser would send it.
func formOf(t *testing.T, page string) (action string, fields url.Values) {
	t.Helper()
	form, _, found := strings.Cut(page, "</form>")
	require.True(t, found, page)
	action = html.UnescapeString(regexp.MustCompile(`action="([^"]*)"`).FindStringSubmatch(form)[1])
	fields = url.Values{}
	for _, input := range regexp.MustCompile(`<input [^>]*>`).FindAllString(form, -1) {
		value := ""
		if m := regexp.MustCompile(` value="([^"]*)"`).FindStringSubmatch(input); m != nil {
			value = html.UnescapeString(m[1])
		}
		fields.Add(html.UnescapeString(regexp.MustCompile(` name="([^"]*)"`).FindStringSubmatch(input)[1]), value)
	}
	return action, fields
}

func TestNothingTypedIsLost(t *testing.T) {
	h := newHouse(t)
	a := h.admin("zoe", people.Operator)
	b := h.browser()
	b.signIn("zoe")
	_, err := h.store.SetPassphrase(t.Context(), people.System("test"), a.ID, hash()) // the session ends
	require.NoError(t, err)

	typed := url.Values{"name": {`Zoë "Ünal" <b>`}, "member": {"1", "2"}, "note": {"two\r\nlines"}, "relay_password": {"hunter2 hunter2"}}
	page := b.post("/users?tab=info", typed)
	require.Equal(t, http.StatusUnauthorized, page.status)
	require.Contains(t, page.body, "What you filled in is kept")
	require.Contains(t, page.body, "Passwords and files were not kept")
	require.NotContains(t, page.body, "hunter2")
	require.Empty(t, h.taken)

	action, form := formOf(t, page.body)
	require.Equal(t, "/users?tab=info", action)
	form.Set("signin.login", "zoe")
	form.Set("signin.passphrase", "not the right one")
	page = b.post(action, form)
	require.Equal(t, http.StatusUnauthorized, page.status)
	require.NotContains(t, page.body, "not the right one")
	action, form = formOf(t, page.body)
	form.Set("signin.passphrase", phrase)
	require.Equal(t, "taken", b.post(action, form).body)
	typed.Del("relay_password")
	require.Equal(t, typed, <-h.taken, "what was typed, and neither login nor passphrase")
	b.requireIn("zoe")
}

// TestNoPrivateKeyIsKept: whatever field it was pasted into, the page that asks
// for a login does not hold it.
func TestNoPrivateKeyIsKept(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Operator)
	const certificate = "-----BEGIN CERTIFICATE-----\nPUBLIC\n-----END CERTIFICATE-----\n"
	for _, key := range []string{
		"-----BEGIN PRIVATE KEY-----\nHIDDEN\n", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nHIDDEN\n",
		"-----BEGIN EC PRIVATE KEY-----\nHIDDEN\n", "-----begin rsa private key-----\nHIDDEN\n",
	} {
		page := h.browser().post("/users", url.Values{"certificate_pem": {certificate + key}, "note": {"kept", key}})
		require.Equal(t, http.StatusUnauthorized, page.status)
		require.NotContains(t, page.body, "HIDDEN", key)
		require.NotContains(t, page.body, `name="certificate_pem"`)
		require.Contains(t, page.body, `name="note" value="kept"`)
		require.Contains(t, page.body, "Passwords and files were not kept")
	}
	page := h.browser().post("/users", url.Values{"certificate_pem": {certificate}})
	require.Contains(t, page.body, "PUBLIC", "a certificate alone is no secret")
	require.NotContains(t, page.body, "were not kept")
}

func TestKeptFormNeedsTheRoleToo(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Viewer)
	got := h.browser().post("/users", url.Values{"signin.login": {"zoe"}, "signin.passphrase": {phrase}})
	require.Equal(t, http.StatusForbidden, got.status)
	require.Empty(t, h.taken)
}

func TestKeptFormInParts(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Operator)
	const kind, body = "multipart/form-data; boundary=x",
		"--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nZoë\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\ncontent of a file\r\n"
	b := h.browser()
	page := b.do(http.MethodPost, "/users", kind, body+"--x--\r\n", header{"HX-Request", "true"})
	require.Equal(t, http.StatusUnauthorized, page.status)
	require.Contains(t, page.body, `enctype="multipart/form-data"`)
	require.Contains(t, page.body, `value="Zoë"`)
	require.Contains(t, page.body, "Passwords and files were not kept")
	require.NotContains(t, page.body, "content of a file")
	require.Equal(t, "body", page.header.Get("HX-Retarget"))
	require.Equal(t, "unset", page.header.Get("HX-Reselect"), "all of it, whatever the form selects of its answers")
	field := func(name, value string) string {
		return "--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	require.Equal(t, "taken", b.do(http.MethodPost, "/users", kind, body+field("signin.login", "zoe")+field("signin.passphrase", phrase)+"--x--\r\n").body)
	require.Equal(t, url.Values{"name": {"Zoë"}}, <-h.taken)
}

func TestFormTooLargeToKeep(t *testing.T) {
	h := newHouse(t)
	got := h.browser().post("/users", url.Values{"name": {strings.Repeat("x", 300<<10)}})
	require.Equal(t, http.StatusRequestEntityTooLarge, got.status)
	require.Contains(t, got.body, "too large to keep")
	require.Equal(t, http.StatusBadRequest, h.browser().do(http.MethodPost, "/users", "multipart/form-data; boundary=x", "--y").status)
}

func TestKeptFormGuessesAreHeldBack(t *testing.T) {
	h := newHouse(t)
	h.admin("zoe", people.Operator)
	b := h.browser()
	for range 10 {
		require.Equal(t, http.StatusUnauthorized, b.post("/users", url.Values{"signin.login": {"zoe"}, "signin.passphrase": {"guess"}}).status)
	}
	require.Equal(t, http.StatusTooManyRequests, b.post("/users", url.Values{"signin.login": {"zoe"}, "signin.passphrase": {"guess"}}).status)
	require.Equal(t, http.StatusTooManyRequests, b.signIn("zoe").status, "every door has the same guard")
}
