package portal

import (
	"slices"

	"golang.org/x/text/language"
)

// languages are those in which the pages are written, and the order in which
// Accept-Language's matches are numbered.
var languages = []string{"nl", "en"}

var matcher = language.NewMatcher([]language.Tag{language.Dutch, language.English})

// maxAccept bounds how much of an Accept-Language header is read, in bytes.
const maxAccept = 1000

// chosenLanguage is what the person chose with the switch on the page, which
// address and forms carry on; empty: nothing.
func (v *visit) chosenLanguage() string {
	r := v.c.Request()
	for _, l := range []string{r.PostForm.Get("lang"), r.URL.Query().Get("lang")} {
		if slices.Contains(languages, l) {
			return l
		}
	}
	return ""
}

// language is the person's choice here, else the one kept of the user, else
// the browser's, else the organization's.
func (v *visit) language() string {
	accepted := acceptedLanguage(v.c.Request().Header.Get("Accept-Language"))
	for _, l := range []string{v.chosenLanguage(), v.view.Language, v.link.Language, accepted, v.organization.Language} {
		if slices.Contains(languages, l) {
			return l
		}
	}
	return "en"
}

func acceptedLanguage(header string) string {
	if len(header) > maxAccept {
		return ""
	}
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return ""
	}
	_, i, confidence := matcher.Match(tags...)
	if confidence == language.No {
		return ""
	}
	return languages[i]
}
