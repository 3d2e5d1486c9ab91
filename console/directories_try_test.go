package console_test

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit/directories"
	"heraut/simulator/slapd"
)

// TestDirectoryIsTriedAndPreviewed binds a real OpenLDAP server.
func TestDirectoryIsTriedAndPreviewed(t *testing.T) {
	h := newHouse(t)
	server := directories.StartSlapd(t, slapd.Options{}, func(w io.Writer) error { return slapd.WriteSchool(w, 30) })
	c := server.Config()
	form := bindForm("host", c.Host, "port", strconv.Itoa(c.Port), "bind_dn", c.BindDN, "base_dn", c.BaseDN, "ca", c.CA, "password", slapd.Password)
	made := h.post("/settings/directories", form)
	require.Equal(t, http.StatusSeeOther, made.status, made.words())
	path, _, _ := strings.Cut(made.location, "?")

	tried := h.post(path+"/test", url.Values{})
	require.Contains(t, tried.words(), "Everything works.")
	require.Contains(t, tried.words(), "Kind of server : succeeded OpenLDAP")
	require.Contains(t, tried.text, `href="`+path+`/preview"`)

	h.lang = "nl"
	preview := h.get(path + "/preview")
	require.Equal(t, 20, strings.Count(preview.text, "<tr data-row>"))
	require.Contains(t, preview.words(), "Person 000000 u000000@school.example Inlognaam u000000")
	require.Contains(t, preview.words(), "Er is nog niets bewaard. Er zijn 4 groepen.")
	list, err := h.store.Counts(t.Context())
	require.NoError(t, err)
	require.Zero(t, list.Users, "a preview keeps nobody")

	for step, wrong := range map[string]struct {
		change []string
		said   string
	}{
		"Inloggen":                     {[]string{"password", "wrong"}, "localhost weigert het account of het wachtwoord."},
		"Gebruikers zoeken":            {[]string{"people.filter", "(uid=nobody)"}, "Het account vindt niemand."},
		"Versleuteling en certificaat": {[]string{"ca", ""}, "Het certificaat van localhost wordt niet vertrouwd."},
		"Verbinding":                   {[]string{"port", "1"}, "localhost:1 is niet bereikbaar."},
	} {
		form := bindForm("name", step, "host", c.Host, "port", strconv.Itoa(c.Port), "bind_dn", c.BindDN, "base_dn", c.BaseDN, "ca", c.CA, "password", slapd.Password)
		for i := 0; i < len(wrong.change); i += 2 {
			form.Set(wrong.change[i], wrong.change[i+1])
		}
		path, _, _ := strings.Cut(h.post("/settings/directories", form).location, "?")
		tried := h.post(path+"/test", url.Values{})
		require.Contains(t, tried.words(), "Bij de laatste stap ging het mis.")
		require.Contains(t, tried.words(), step+" : mislukt "+wrong.said)
		require.Contains(t, tried.text, `href="`+path+`/edit"`)
		if step != "Gebruikers zoeken" {
			away := h.get(path + "/preview")
			require.Equal(t, http.StatusServiceUnavailable, away.status)
			require.Contains(t, away.words(), wrong.said)
		}
	}
	require.Equal(t, http.StatusNotFound, h.post("/settings/directories/none/test", url.Values{}).status)
}
