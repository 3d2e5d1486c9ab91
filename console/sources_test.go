package console_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestPeopleOfADirectorySaySo(t *testing.T) {
	h := newHouse(t)
	b := h.bound(awkward)
	ids := b.brings("Zoë", "Bram")
	groups, err := h.store.SyncGroups(t.Context(), b.run, []people.DirectoryGroup{
		{StableID: "4A", Name: "4A", Keys: []people.DirectoryKey{people.DirectoryKeyOf(people.KeyDN, "cn=4A")}},
	})
	require.NoError(t, err)
	require.NoError(t, h.store.AddMembers(t.Context(), b.run, []people.MemberPair{{GroupID: groups["4A"], UserID: ids[0]}}))
	user, group := "/users/"+ids[0], "/groups/"+groups["4A"]
	for _, page := range []string{user + "/info", user + "/edit", group + "/info", group + "/edit", group + "/members"} {
		got := h.get(page)
		require.Contains(t, got.words(), "Comes from the directory", page)
		require.Contains(t, got.words(), "What comes from there is changed or deleted there.", page)
		require.Contains(t, got.text, `href="`+b.path()+`"`, page)
		require.NotContains(t, got.text, "/delete\"", page)
		require.NotContains(t, got.text, "<b>", page)
	}
	require.NotContains(t, h.get(group+"/members").text, `type="checkbox"`, "who belongs to it is decided there")
	edit := h.get(user + "/edit").text
	require.Contains(t, edit, `name="full_name" type="text" value="Zoë" autocomplete="off" required readonly`)
	require.Contains(t, edit, `<select id="language" name="language">`, "which is not read there")
	require.NotContains(t, h.get("/users/new").text, "readonly")

	h.lang = "nl"
	form := url.Values{"full_name": {"Zoë"}, "email": {"somebody@school.example"}, "external_id": {"7"}, "version": {"1"}}
	require.Equal(t, http.StatusSeeOther, h.post(user+"/edit", form).status, "what is not decided there can be changed")
	form.Set("full_name", "Forged")
	form.Set("version", "2")
	refused := h.post(user+"/edit", form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Dit komt uit de adreslijst")
	require.Contains(t, refused.words(), "Wijzig het daar.")
	for _, path := range []string{user + "/delete", group + "/delete"} {
		kept := h.post(path, url.Values{})
		require.Equal(t, http.StatusConflict, kept.status)
		require.Contains(t, kept.words(), "Wijzig het daar.")
	}
	require.Equal(t, http.StatusUnprocessableEntity, h.post(group+"/edit", url.Values{"name": {"4B"}, "version": {"2"}}).status)
}

func TestLanguageThatADirectoryDecides(t *testing.T) {
	h := newHouse(t)
	b := h.bound("School")
	id := b.brings("Zoë")[0]
	_, err := h.store.UpdateDirectory(t.Context(), setup, b.dir.ID, nil, nil, func(d people.Directory) (people.Directory, error) {
		d.Attributes.Language = "preferredLanguage"
		return d, nil
	})
	require.NoError(t, err)
	edit := h.get("/users/" + id + "/edit").text
	require.Contains(t, edit, `<select id="language" disabled>`)
	require.Contains(t, edit, `<input type="hidden" name="language" value="">`)
}

func TestPeopleOfASCIMClientSaySo(t *testing.T) {
	h := newHouse(t)
	client, _, err := h.store.CreateSCIMClient(t.Context(), setup, people.SCIMClient{Name: "Entra"})
	require.NoError(t, err)
	made, err := h.store.CreateSCIMUser(t.Context(), client, people.SCIMUser{UserName: "zoe", Active: true})
	require.NoError(t, err)
	info := h.get("/users/" + made.ID + "/info")
	require.Contains(t, info.words(), "Comes by SCIM from Entra .")
	require.Contains(t, info.text, `href="/settings/scim"`)
	require.NotContains(t, info.text, "/delete\"")
	form := url.Values{"full_name": {"Forged"}, "version": {"1"}}
	h.lang = "nl"
	refused := h.post("/users/"+made.ID+"/edit", form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Dit komt via SCIM van")
	require.Equal(t, http.StatusConflict, h.post("/users/"+made.ID+"/delete", url.Values{}).status)
	h.lang = "en"
	h.become(people.Viewer)
	require.NotContains(t, h.get("/users/"+made.ID+"/info").text, `href="/settings/scim"`, "not a viewer's page")
}

func TestDisabledUsersAreCalledSo(t *testing.T) {
	h := newHouse(t)
	b := h.bound("School")
	ids := b.brings("Zoë", "Bram")
	groups, err := h.store.SyncGroups(t.Context(), b.run, []people.DirectoryGroup{
		{StableID: "4A", Name: "4A", Keys: []people.DirectoryKey{people.DirectoryKeyOf(people.KeyDN, "cn=4A")}},
	})
	require.NoError(t, err)
	require.NoError(t, h.store.AddMembers(t.Context(), b.run, []people.MemberPair{{GroupID: groups["4A"], UserID: ids[0]}}))
	_, err = h.store.DisablePeople(t.Context(), b.run, ids[:1])
	require.NoError(t, err)
	h.lang = "nl"
	const said = "uitgeschakeld"
	for _, page := range []string{"/users", "/users/" + ids[0] + "/info", "/groups/" + groups["4A"] + "/members", "/search?q=zo"} {
		require.Contains(t, h.get(page).words(), said, page)
	}
	require.Contains(t, h.get("/users").words(), "Bram nog niet uitgenodigd")
	require.NotContains(t, h.get("/users/"+ids[0]+"/info").words(), "Maak een inschrijflink")
	require.Contains(t, h.get("/users/"+ids[1]+"/info").words(), "Maak een inschrijflink")
}
