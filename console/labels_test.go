package console_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// labels are what people who knew Profile Manager look for, by the number of
// the feature; each stands in a page or in a message exactly so.
var labels = []struct {
	feature string
	nl, en  []string
}{
	{"1", []string{"Uitnodiging sturen naar aan gebruikers toegewezen apparaten"}, []string{"Send an invitation to user-assigned devices"}},
	{"2", []string{"inschrijven voor beheerde distributie"}, []string{"enroll in managed distribution"}},
	{"3", []string{"Materiaal distribueren"}, []string{"Distribute content"}},
	{"4", []string{"Een gebruikersaccount aanmaken", "Een groep aanmaken"}, []string{"Create a user account", "Create a group"}},
	{"5", []string{"koppeling met een andere ondersteunde adreslijstvoorziening"}, []string{"bind to another supported directory service"}},
	{"6", []string{"Apple School Manager- of Apple Business Manager-token"}, []string{"Apple School Manager or Apple Business token"}},
	{"7", []string{"Schrijf apparaten in", "gebruikersportaal"}, []string{"Enroll devices", "user portal"}},
	{"8", []string{"Apparaten aan gebruikers koppelen"}, []string{"Associate devices with users"}},
	{"9", []string{"navigatiekolom", `"Info"`}, []string{"sidebar", `"Info"`}},
	{"10", []string{`"Beheerde distributie"`}, []string{`"Managed distribution"`}},
	{"11", []string{`"Schakel voorzieningen voor beheerde distributie in"`, `"Bewaar"`}, []string{`"Enable managed distribution services"`, `"Save"`}},
	{"12", []string{`"Verstuur uitnodiging naar"`}, []string{`"Send invitation to"`}},
	{"14", []string{`"nog niet eerder uitgenodigd"`, `"nog niet ingeschreven"`}, []string{`"not previously invited"`, `"not yet enrolled"`}},
	{"16", []string{`"Stuur uitnodiging naar apparaten van gebruikers"`}, []string{`"Send invitation to users' devices"`}},
	{"17", []string{`"Stuur"`}, []string{`"Send"`}},
	{"18", []string{"poort 25"}, []string{"port 25"}},
	{"19", []string{`"Stuur uitgaande post door via internetaanbieder"`}, []string{`"Relay outgoing mail through ISP"`}},
	{"20", []string{"pushbericht"}, []string{"push notification"}},
	{"22", []string{"berichtencentrum"}, []string{"Notification Center"}},
	{"23", []string{`"ingeschreven"`}, []string{`"enrolled"`}},
	{"25", []string{`"Actieve taken"`}, []string{`"Active tasks"`}},
	{"27-28", []string{`"Stuur uitnodigingsmail"`}, []string{`"Send email invitation"`}},
	{"29", []string{"Log in"}, []string{"Sign in"}},
	{"33", []string{`"Voltooide taken"`}, []string{`"Completed tasks"`}},
}

// said is all that pages and messages say in a language.
func said(t *testing.T, lang string) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{"locales/*." + lang + ".toml", "../portal/templates/" + lang + "*.html", "../mail/templates/" + lang + ".*"} {
		paths, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, paths, pattern)
		for _, path := range paths {
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			all.Write(text)
		}
	}
	return all.String()
}

func TestEveryLabelStandsSomewhere(t *testing.T) {
	for lang, pick := range map[string]func(n int) []string{
		"nl": func(n int) []string { return labels[n].nl }, "en": func(n int) []string { return labels[n].en },
	} {
		text := strings.ToLower(said(t, lang))
		for n, l := range labels {
			for _, label := range pick(n) {
				if !strings.Contains(text, strings.ToLower(label)) { // Contains of testify would print all that is said
					t.Errorf("feature %s: %s stands nowhere", l.feature, label)
				}
			}
		}
	}
}

// TestOneWordForOneThing: a thing that has two names is looked for in vain.
func TestOneWordForOneThing(t *testing.T) {
	nl := said(t, "nl")
	require.NotContains(t, nl, "inschrijfkoppeling", "a link")
	require.NotContains(t, nl, "inlogkoppeling", "a link")
	require.NotContains(t, nl, "rol admin", "the role is beheerder")
	require.NotContains(t, nl, `other = "{{.n}} e-mail"`)
}

// TestLabelsAreShown opens the pages that have those which are headings or hints.
func TestLabelsAreShown(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	zoe := h.user("Zoë", mailed)
	h.phone(zoe, "iPad")
	g := h.group("4A", nil)
	for path, label := range map[string]string{
		"/users/new":                 "Een gebruikersaccount aanmaken",
		"/groups/new":                "Een groep aanmaken",
		"/devices":                   "Apparaten aan gebruikers koppelen",
		"/users/" + zoe.ID + "/info": "Uitnodiging sturen naar aan gebruikers toegewezen apparaten Op een iPhone of iPad komt een pushbericht, op een Mac een bericht in het berichtencentrum.",
		"/groups/" + g.ID + "/info":  "Uitnodiging sturen naar aan gebruikers toegewezen apparaten",
		"/":                          "maak een koppeling met een andere ondersteunde adreslijstvoorziening.",
	} {
		require.Contains(t, h.get(path).words(), label, path)
	}
}
