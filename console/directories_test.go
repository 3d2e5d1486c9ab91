package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/simulator/authority"
)

func TestDirectoryIsBound(t *testing.T) {
	h := newHouse(t)
	require.Contains(t, h.get("/settings/directories").words(), "No directory is bound yet.")
	require.Contains(t, h.get("/settings/directories/new").text, `name="password" type="password" value=""`)
	made := h.post("/settings/directories", bindForm())
	require.Equal(t, http.StatusSeeOther, made.status, made.text)
	page := h.get(made.location)
	require.Contains(t, page.words(), "The directory is bound. Test the connection now.")
	require.Contains(t, page.words(), "not read yet · Next time: only when asked")
	require.Contains(t, page.words(), "ldap.school.example:636 (LDAPS)")

	list, err := h.store.ListDirectories(t.Context(), people.Cursor{}, 10)
	require.NoError(t, err)
	d := list.Items[0]
	require.True(t, d.Paused, "nobody is taken over before somebody has looked")
	password, err := h.store.DirectoryPassword(t.Context(), d.ID)
	require.NoError(t, err)
	require.Equal(t, " secret ", string(password), "blanks belong to a password")
	due, err := h.store.DueDirectories(t.Context())
	require.NoError(t, err)
	require.Empty(t, due)

	path := "/settings/directories/" + d.ID
	require.Equal(t, http.StatusSeeOther, h.post(path+"/reading", url.Values{"on": {"on"}}).status)
	require.Contains(t, h.get(path).words(), "Next time: within some minutes")
	require.Contains(t, h.get("/settings/directories").words(), "School not read yet Last read not read yet Next time within some minutes")
	require.Equal(t, http.StatusSeeOther, h.post(path+"/reading", url.Values{}).status)
	require.Contains(t, h.get(path).words(), "This directory is not read yet.")
	require.NotContains(t, h.log.String(), "secret")
}

func TestDirectoryFormSaysWhatIsWrong(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	for said, change := range map[string][]string{
		"Geef alleen de naam van de server, zoals ldap.school.example.":                             {"host", "ldaps://ldap.school.example"},
		"Geef een poort tussen 1 en 65535.":                                                         {"port", "sixty"},
		"Kies tussen 300 en 604800 seconden.":                                                       {"sync_every", "10"},
		"Geef een LDAP-filter, zoals (department=school).":                                          {"people.filter", "(("},
		"Geef een DN, zoals dc=school,dc=example.":                                                  {"base_dn", "school"},
		"Geef de naam van één kenmerk.":                                                             {"attributes.email", "mail)(uid=*"},
		"Geef certificaten in PEM-vorm, vanaf -----BEGIN CERTIFICATE-----.":                         {"ca", "-----BEGIN NOTHING-----"},
		"Geef een wachtwoord: met een leeg wachtwoord laat de server iedereen binnen, als niemand.": {"password", ""},
		"Kies een van ldaps, starttls.":                                                             {"security", "none"},
	} {
		refused := h.post("/settings/directories", bindForm(change...))
		require.Equal(t, http.StatusUnprocessableEntity, refused.status, said)
		require.Contains(t, refused.text, `aria-describedby="`+change[0]+`-error`)
		require.NotContains(t, refused.text, "secret", "a password never comes back")
		require.Contains(t, refused.text, `value="cn=heraut,dc=school"`, "what was typed stays")
		require.Contains(t, refused.words(), said)
	}
	folded := h.post("/settings/directories", bindForm("people.filter", "((")).text
	require.Contains(t, folded, "<details open>", "what is wrong is not behind a fold")
	require.NotContains(t, h.get("/settings/directories/new").text, "<details open>")
}

func TestDirectoryIsChanged(t *testing.T) {
	h := newHouse(t)
	b := h.bound(awkward)
	edit := h.get(b.path() + "/edit")
	require.Contains(t, edit.text, `name="version" value="1"`)
	require.Contains(t, edit.words(), "A password is kept. Leave this empty to keep it.")
	require.NotContains(t, edit.text, "<b>")

	form := bindForm("version", "1", "password", "", "groups.filter", "(cn=class*)", "port", "636")
	require.Equal(t, http.StatusSeeOther, h.post(b.path()+"/edit", form).status)
	late := h.post(b.path()+"/edit", form)
	require.Equal(t, http.StatusUnprocessableEntity, late.status, "somebody has changed it meanwhile")

	moved := bindForm("version", "2", "password", "", "host", "elsewhere.example")
	refused := h.post(b.path()+"/edit", moved)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Give the password again: it was given for another server or account.")
	require.Contains(t, refused.text, `aria-describedby="password-error`)
	moved.Set("password", "another")
	require.Equal(t, http.StatusSeeOther, h.post(b.path()+"/edit", moved).status)
	now, err := h.store.Directory(t.Context(), b.dir.ID)
	require.NoError(t, err)
	require.Equal(t, "elsewhere.example", now.Host)
	require.Equal(t, http.StatusNotFound, h.post("/settings/directories/none/edit", moved).status)
	require.Equal(t, http.StatusUnprocessableEntity, h.get("/settings/directories?after=forged").status)
	require.Equal(t, http.StatusUnprocessableEntity, h.get(b.path()+"?runs=forged").status)
}

// TestCertificatesStayTheSame: a browser ends the lines of a text in its own
// way, and that is no other server.
func TestCertificatesStayTheSame(t *testing.T) {
	h := newHouse(t)
	made, err := authority.Open(nil, nil, "School")
	require.NoError(t, err)
	certificate := strings.ReplaceAll(string(made.PEM), "\n", "\r\n")
	bound := h.post("/settings/directories", bindForm("ca", certificate))
	require.Equal(t, http.StatusSeeOther, bound.status, bound.words())
	path, _, _ := strings.Cut(bound.location, "?")
	same := bindForm("ca", certificate, "password", "", "version", "1", "port", "636")
	saved := h.post(path+"/edit", same)
	require.Equal(t, http.StatusSeeOther, saved.status, saved.words())
}

func TestDirectoryIsUnbound(t *testing.T) {
	h := newHouse(t)
	b := h.bound("School")
	ids := b.brings("Zoë", "Bram")
	asked := h.get(b.path() + "/delete")
	require.Contains(t, asked.words(), "Unbind School? 2 users, 0 groups. They stay, and are Heraut&#39;s own from then on.")
	require.Contains(t, asked.text, "autofocus>Cancel")
	require.Equal(t, "/settings/directories?said=directory_deleted", h.post(b.path()+"/delete", url.Values{}).location)
	require.Equal(t, http.StatusNotFound, h.get(b.path()).status)
	require.NotContains(t, h.get("/users/"+ids[0]+"/info").words(), "Comes from the directory")
	require.Contains(t, h.get("/activity?kind=directory.").words(), "ended the binding to directory")
}
