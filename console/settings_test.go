package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/settings"
)

// settingsPages are all pages of the settings with the role that sees them.
var settingsPages = map[string]people.Role{
	"/settings": people.Viewer, "/preflight": people.Viewer, "/settings/mail": people.Viewer, "/settings/push": people.Viewer,
	"/settings/content": people.Viewer, "/settings/appearance": people.Viewer, "/settings/invitations": people.Viewer, "/settings/mdm": people.Viewer, "/settings/sign-in": people.Viewer,
	"/settings/administrators": people.Admin, "/settings/keys": people.Admin, "/settings/scim": people.Admin,
}

func TestSettingsByRole(t *testing.T) {
	h := newHouse(t)
	for _, role := range []people.Role{people.Viewer, people.Operator, people.Admin} {
		h.become(role)
		list := h.get("/settings").text
		for page, needs := range settingsPages {
			want := http.StatusForbidden
			if role.Includes(needs) {
				want = http.StatusOK
			}
			got := h.get(page)
			require.Equal(t, want, got.status, "%s by %s", page, role)
			if page != "/settings" {
				require.Equal(t, want == http.StatusOK, strings.Contains(list, `href="`+page+`"`), "%s in the list of %s", page, role)
			}
			if role != people.Admin && want == http.StatusOK {
				require.NotContains(t, got.text, `action="/settings/push`, page)
				require.NotContains(t, got.words(), "Delete", page)
			}
		}
	}
}

func TestSettingsAreChangedByAdminsOnly(t *testing.T) {
	h := newHouse(t)
	h.become(people.Operator)
	for _, path := range []string{
		"/settings/mail", "/settings/mail/test", "/settings/push/mdm", "/settings/push/mdm/delete", "/settings/content", "/settings/content/x/delete",
		"/settings/invitations", "/settings/invitations/draft", "/settings/appearance", "/settings/appearance/logo", "/settings/appearance/logo/delete", "/settings/mdm", "/settings/sign-in", "/settings/sign-in/delete", "/settings/keys",
		"/settings/keys/x/delete", "/settings/scim", "/settings/scim/x/delete", "/settings/scim/x/rotate", "/settings/administrators", "/settings/administrators/x",
		"/settings/administrators/x/link", "/settings/administrators/x/delete",
	} {
		require.Equal(t, http.StatusForbidden, h.post(path, url.Values{}).status, path)
	}
}

func TestSettingsSayWhatIsSet(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	words := h.get("/settings").words()
	require.Contains(t, words, "E-mail niet ingesteld")
	require.Contains(t, words, "Uitnodigingen verloopt na 30 dagen, 3 herinneringen")
	require.Contains(t, words, "MDM-server ingebouwd")
	require.Contains(t, words, "Beheerders 2 beheerders")
	set := settings.DefaultMail()
	set.Mode, set.From, set.Relay.Host = settings.MailRelay, "it@example.org", "smtp.example.org"
	_, err := h.store.PutSetting(t.Context(), setup, settings.NameMail, set, nil, nil)
	require.NoError(t, err)
	h.lang = "en"
	require.Contains(t, h.get("/settings").words(), "Mail through smtp.example.org")
}

func TestMailSettings(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	page := h.get("/settings/mail")
	require.Contains(t, page.words(), "Stuur uitgaande post door via internetaanbieder")
	form := url.Values{
		"relay": {"on"}, "relay.host": {"smtp.example.org"}, "relay.port": {"587"}, "relay.tls": {"starttls"}, "relay.username": {"heraut"},
		"relay.password": {"hunter2"}, "from": {"it@example.org"}, "per_minute": {"40"}, "version": {"0"},
	}
	require.Equal(t, "/settings/mail?said=saved", h.post("/settings/mail", form).location)
	require.Equal(t, "hunter2", h.secret(settings.NameMail))
	page = h.get("/settings/mail")
	require.Contains(t, page.text, `name="relay" checked`)
	require.Contains(t, page.words(), "Wachtwoord bewaard")

	form.Set("relay.password", "")
	form.Set("version", "1")
	require.Equal(t, http.StatusSeeOther, h.post("/settings/mail", form).status)
	require.Equal(t, "hunter2", h.secret(settings.NameMail), "an empty field keeps it")

	form.Set("relay.host", "elsewhere.example.org")
	form.Set("version", "2")
	refused := h.post("/settings/mail", form)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Vul het wachtwoord opnieuw in")
	require.Contains(t, refused.text, `value="elsewhere.example.org"`, "what was typed stays")
	h.nowhere("hunter2", "/settings", "/settings/mail", "/activity")

	h.become(people.Admin)
	form.Set("relay.host", "smtp.example.org")
	form.Set("relay.username", "")
	require.Equal(t, http.StatusSeeOther, h.post("/settings/mail", form).status)
	require.Empty(t, h.secret(settings.NameMail), "no user, no password")
}

func TestMailSettingsRefused(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	refused := h.post("/settings/mail", url.Values{
		"relay": {"on"}, "relay.host": {"<b>smtp</b>:25"}, "relay.port": {"many"}, "relay.tls": {"rot13"}, "from": {"nobody"}, "per_minute": {"x"},
		"bounces.listen": {"nowhere"}, "version": {"0"},
	})
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	for _, message := range []string{
		"Geef de naam of het adres van de server voor uitgaande post, zonder poort.", "Geef een poort tussen 1 en 65535", "Kies STARTTLS, TLS of geen beveiliging.",
		"Geef een e-mailadres", "Geef een getal tussen 0", "Geef een adres met een poort",
	} {
		require.Contains(t, refused.words(), message)
	}
	require.NotContains(t, refused.text, "<b>smtp")
	form := url.Values{"from": {"it@example.org"}, "per_minute": {"0"}, "relay.port": {"587"}, "relay.tls": {"starttls"}, "version": {"0"}}
	require.Equal(t, http.StatusSeeOther, h.post("/settings/mail", form).status)
	late := h.post("/settings/mail", form)
	require.Equal(t, http.StatusUnprocessableEntity, late.status, "somebody saved meanwhile")
	require.Contains(t, late.words(), "Iemand anders heeft dit intussen gewijzigd.")
}
