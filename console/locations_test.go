package console_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLocationIsChosenWhereThereAreSeveral(t *testing.T) {
	h := newHouse(t)
	zoe, class := h.user("Zoe"), h.group("4A", nil)
	users, groups := "/users/"+zoe.ID+"/edit", "/groups/"+class.ID+"/edit"
	h.sendFiles("/settings/content", "@token_file", "token De Esdoorn/Noord")
	require.NotContains(t, h.get(users).text, "content_location", "there is no choice")
	h.sendFiles("/settings/content", "@token_file", "token De Esdoorn/Zuid")
	for _, path := range []string{users, groups, "/users/new", "/groups/new"} {
		require.Contains(t, h.get(path).words(), "Nowhere else: Noord", path)
	}
	require.Equal(t, http.StatusSeeOther, h.post(users, url.Values{"full_name": {"Zoe"}, "content_location": {"uid-Zuid"}, "version": {"1"}}).status)
	require.Equal(t, http.StatusSeeOther, h.post(groups, url.Values{"name": {"4A"}, "content_location": {"uid-Zuid"}, "version": {"1"}}).status)
	require.Contains(t, h.engine.told, "distribute")
	u, err := h.store.User(t.Context(), zoe.ID)
	require.NoError(t, err)
	require.Equal(t, "uid-Zuid", u.ContentLocation)
	g, err := h.store.Group(t.Context(), class.ID)
	require.NoError(t, err)
	require.Equal(t, "uid-Zuid", g.ContentLocation)
	require.Contains(t, h.get(users).text, `value="uid-Zuid" selected`)

	require.Equal(t, http.StatusSeeOther, h.post(users, url.Values{"full_name": {"Zoë"}, "version": {"2"}}).status)
	u, err = h.store.User(t.Context(), zoe.ID)
	require.NoError(t, err)
	require.Equal(t, "uid-Zuid", u.ContentLocation, "a form without the choice leaves it")
	require.Equal(t, http.StatusSeeOther, h.post("/settings/content/uid-Zuid/delete", url.Values{"force": {"on"}}).status)
	h.sendFiles("/settings/content", "@token_file", "token De Esdoorn/Oost")
	require.Contains(t, h.get(users).words(), "A location without a token (uid-Zuid)")
}
