package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestUsersAreListedAndFound(t *testing.T) {
	h := newHouse(t)
	zoe, bram := h.user("Zoë Ünal"), h.user("Bram <b>de Vries</b>")
	all := h.get("/users")
	require.Equal(t, http.StatusOK, all.status)
	require.Contains(t, all.text, `href="/users/`+zoe.ID+`/info"`)
	require.Contains(t, all.text, "Bram &lt;b&gt;de Vries&lt;/b&gt;", "a name is text")
	require.Less(t, strings.Index(all.text, bram.ID), strings.Index(all.text, zoe.ID), "by name")

	found := h.get("/users?q=unal")
	require.Contains(t, found.text, zoe.ID)
	require.NotContains(t, found.text, bram.ID)
	require.Contains(t, found.text, "/users/"+zoe.ID+"/info?q=unal", "the search goes along")
	require.Contains(t, h.get("/users?q=+%09").text, bram.ID, "a search for blanks is none")
	none := h.get("/users?q=%25")
	require.Contains(t, none.words(), "Nothing found for “%”.")

	part := h.get("/users?q=bram", "HX-Request", "true", "HX-Target", "list-items")
	require.True(t, strings.HasPrefix(part.text, "<ul"), part.text)
	require.NotContains(t, part.text, zoe.ID)
}

func TestManyUsersComeInParts(t *testing.T) {
	h := newHouse(t)
	for range 120 {
		h.user("Pupil")
	}
	path, seen, parts := "/users", 0, 0
	for path != "" {
		got := h.get(path)
		seen += strings.Count(got.text, "data-drop=")
		parts++
		_, rest, more := strings.Cut(got.text, `rel="next"`)
		path = ""
		if more {
			before := got.text[:len(got.text)-len(rest)]
			_, href, _ := strings.Cut(before[strings.LastIndex(before, "<a"):], `href="`)
			path, _, _ = strings.Cut(href, `"`)
			path = strings.ReplaceAll(path, "&amp;", "&")
		}
	}
	require.Equal(t, 120, seen)
	require.Equal(t, 3, parts)
	require.Equal(t, http.StatusUnprocessableEntity, h.get("/users?after=forged").status)
}

func TestUserIsMade(t *testing.T) {
	h := newHouse(t)
	require.Contains(t, h.get("/users/new").text, `name="full_name"`)
	made := h.post("/users", url.Values{"full_name": {" Sem  "}, "email": {"sem@example.org"}, "language": {"en"}})
	require.Equal(t, http.StatusSeeOther, made.status)
	require.True(t, strings.HasSuffix(made.location, "/info?said=user_made"))
	info := h.get(made.location)
	require.Contains(t, info.words(), "The user was added.")
	require.Contains(t, info.text, "sem@example.org")

	h.lang = "nl"
	refused := h.post("/users", url.Values{"full_name": {""}, "email": {"no address"}})
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Vul een naam in.")
	require.Contains(t, refused.words(), "Vul een e-mailadres in, zoals naam@voorbeeld.nl.")
	require.Contains(t, refused.text, `value="no address"`, "what was typed stays")
	require.Contains(t, refused.text, `aria-describedby="email-error`)
}

func TestUserIsChanged(t *testing.T) {
	h := newHouse(t)
	u := h.user("Sem", func(u *people.User) { u.Email = "sem@example.org" })
	edit := h.get("/users/" + u.ID + "/edit")
	require.Contains(t, edit.text, `name="version" value="1"`)
	form := url.Values{"full_name": {"Sem Bakker"}, "email": {""}, "version": {"1"}}
	require.Equal(t, http.StatusSeeOther, h.post("/users/"+u.ID+"/edit", form).status)
	now, err := h.store.User(t.Context(), u.ID)
	require.NoError(t, err)
	require.Equal(t, "Sem Bakker", now.FullName)
	require.Empty(t, now.Email)

	late := h.post("/users/"+u.ID+"/edit", url.Values{"full_name": {"Sam"}, "version": {"1"}})
	require.Equal(t, http.StatusUnprocessableEntity, late.status, "somebody has changed it meanwhile")
	require.Contains(t, late.text, `value="Sam"`)
	now, err = h.store.User(t.Context(), u.ID)
	require.NoError(t, err)
	require.Equal(t, "Sem Bakker", now.FullName)
}

func TestServicesOfAUser(t *testing.T) {
	h := newHouse(t)
	u := h.user("Sem")
	require.NotContains(t, h.get("/users/"+u.ID+"/info").text, "checked")
	for field, want := range map[string]bool{"on": true, "": false} {
		require.Equal(t, http.StatusSeeOther, h.post("/users/"+u.ID+"/services", url.Values{"managed_distribution": {field}}).status)
		now, err := h.store.User(t.Context(), u.ID)
		require.NoError(t, err)
		require.Equal(t, want, now.ManagedDistribution)
	}
	require.Contains(t, h.engine.told, "wake user "+u.ID)
	require.Contains(t, h.engine.told, "distribute")
}

func TestUserIsDeleted(t *testing.T) {
	h := newHouse(t)
	u := h.user("Sem")
	require.Contains(t, h.get("/users/"+u.ID+"/delete").words(), "Delete Sem?")
	require.Equal(t, "/users?said=user_deleted", h.post("/users/"+u.ID+"/delete", url.Values{}).location)
	require.Equal(t, http.StatusNotFound, h.get("/users/"+u.ID+"/info").status)
	require.NotContains(t, h.get("/users").text, u.ID)
}

func TestUsersByRole(t *testing.T) {
	h := newHouse(t)
	u := h.user("Sem")
	for role, want := range map[people.Role][2]int{
		people.Viewer:   {http.StatusForbidden, http.StatusForbidden},
		people.Operator: {http.StatusOK, http.StatusForbidden},
		people.Admin:    {http.StatusOK, http.StatusOK},
	} {
		h.become(role)
		require.Equal(t, http.StatusOK, h.get("/users/"+u.ID+"/info").status)
		require.Equal(t, want[0], h.get("/users/"+u.ID+"/edit").status)
		require.Equal(t, want[1], h.get("/users/"+u.ID+"/delete").status)
		require.Equal(t, want[0] == http.StatusOK, strings.Contains(h.get("/users").text, "/users/new"))
	}
}
