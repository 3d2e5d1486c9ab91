package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestEverythingIsFound(t *testing.T) {
	h := newHouse(t)
	u := h.user("Zoë <b>Ünal")
	g, err := h.store.CreateGroup(t.Context(), setup, people.Group{Name: "Zoë's group"})
	require.NoError(t, err)
	d, err := h.store.CreateDevice(t.Context(), setup, people.Device{Name: "iPad van Zoë", Platform: people.IPadOS, UserID: u.ID})
	require.NoError(t, err)
	got := h.get("/search?q=ZOE")
	require.Contains(t, got.words(), "Users Zoë &lt;b&gt;Ünal not invited yet")
	require.Contains(t, got.words(), "Groups Zoë&#39;s group")
	require.Contains(t, got.words(), "Devices iPad van Zoë Zoë &lt;b&gt;Ünal")
	for _, href := range []string{"/users/" + u.ID + "/info", "/groups/" + g.ID + "/info", "/devices/" + d.ID} {
		require.Contains(t, got.text, `href="`+href+`"`)
	}
	require.Contains(t, got.text, `value="ZOE"`)
	require.Contains(t, h.get("/search?q=%25").words(), "Nothing found for “%”.")
	for _, empty := range []string{"/search", "/search?q=", "/search?q=+", "/search?q=%00"} {
		none := h.get(empty)
		require.Equal(t, http.StatusOK, none.status)
		require.NotContains(t, none.text, u.ID)
	}
	part := h.get("/search?q=zoe", "HX-Request", "true", "HX-Target", "found")
	require.True(t, strings.HasPrefix(part.text, "<section"), part.text)
}

func TestMuchIsFound(t *testing.T) {
	h := newHouse(t)
	for i := range 30 {
		h.user(fmt.Sprintf("Pupil %d", i))
	}
	require.Equal(t, 25, strings.Count(h.get("/search?q=pupil").text, "/info"))
	soon := h.get("/search?q=pupil", "HX-Request", "true", "HX-Target", "found")
	require.Equal(t, 5, strings.Count(soon.text, "/info"))
	require.Contains(t, soon.text, `<a href="/users?q=pupil">See all</a>`)
}
