package console_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/settings"
)

func TestContentTokenIsInstalled(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	require.Contains(t, h.get("/settings/content").words(), "Er is geen token.")
	done := h.sendFiles("/settings/content", "@token_file", "token De Esdoorn/Noord <b>")
	require.Equal(t, "/settings/content?said=token_installed", done.location)
	require.Contains(t, h.engine.told, "distribute")
	page := h.get("/settings/content")
	for _, want := range []string{"Noord &lt;b&gt;", "De Esdoorn", "8 nov. 2030", "deze Heraut", "Heraut vraagt het om de paar minuten"} {
		require.Contains(t, page.words(), want)
	}
	require.NotContains(t, page.text, "<b>")
	require.Equal(t, http.StatusSeeOther, h.sendFiles("/settings/content", "@token_file", "token De Esdoorn/Zuid").status)
	require.Contains(t, h.get("/settings/content").words(), "voor wie nergens anders hoort")
	require.Contains(t, h.get("/settings").words(), "2 locaties")
	h.nowhere("token De Esdoorn", "/settings", "/settings/content", "/settings/content/uid-Zuid/delete", "/activity")
}

func TestFileThatIsNoToken(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	for _, file := range []string{"", "<b>holiday.jpg", string([]byte{0xff, 0xd8, 0x00})} {
		refused := h.sendFiles("/settings/content", "@token_file", file)
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Contains(t, refused.words(), "Dit is geen token: het bestand is geen base64.")
		require.NotContains(t, refused.text, "holiday")
	}
	require.Equal(t, http.StatusRequestEntityTooLarge, h.sendFiles("/settings/content", "@token_file", string(make([]byte, 1<<20))).status)
	require.Empty(t, h.secret(settings.NameContentToken))
}

func TestClaimedLocationIsTakenOver(t *testing.T) {
	h := newHouse(t)
	h.outside.owner = "Jamf <School>"
	refused := h.sendFiles("/settings/content", "@token_file", "token De Esdoorn/Noord")
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Jamf &lt;School&gt; manages this location.")
	require.Contains(t, refused.text, `name="take_over" value="on"`)
	require.NotContains(t, refused.text, "token De Esdoorn")
	require.Empty(t, h.secret(settings.NameContentToken))
	require.Equal(t, http.StatusSeeOther, h.sendFiles("/settings/content", "@token_file", "token De Esdoorn/Noord", "take_over", "on").status)
	other := h.sendFiles("/settings/content", "@token_file", "token De Linde/Oost")
	require.Contains(t, other.words(), "This token is of De Linde, and not of De Esdoorn as what is there already.")
}

func TestTokenThatIsInUseIsDeletedOnlyWhenAskedTwice(t *testing.T) {
	h := newHouse(t)
	h.sendFiles("/settings/content", "@token_file", "token De Esdoorn/Noord")
	h.user("Zoe", func(u *people.User) { u.ContentLocation = "uid-Noord" })
	path := "/settings/content/uid-Noord/delete"
	require.Contains(t, h.get(path).words(), "Delete the token of Noord?")
	refused := h.post(path, url.Values{})
	require.Equal(t, http.StatusConflict, refused.status)
	require.Contains(t, refused.words(), "1 user belongs to it.")
	require.Contains(t, refused.words(), "Delete all the same")
	require.Equal(t, "/settings/content?said=token_deleted", h.post(path, url.Values{"force": {"on"}}).location)
	require.Equal(t, http.StatusNotFound, h.post(path, url.Values{}).status, "twice")
	require.Equal(t, http.StatusNotFound, h.get(path).status)
}
