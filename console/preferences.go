package console

import (
	"net/http"
	"strings"

	"heraut/people"
)

var preferencesRoutes = []route{
	{post, "/preferences", viewer, (*visit).prefer},
}

// prefer keeps the language or the theme that the buttons of the sidebar choose.
func (v *visit) prefer() error {
	f, err := v.submitted("language", "theme", "back")
	if err != nil {
		return err
	}
	me := v.me
	if lang := f.Values["language"]; lang == "nl" || lang == "en" {
		me.Language = lang
	}
	switch theme := people.Theme(f.Values["theme"]); theme {
	case people.ThemeLight, people.ThemeDark:
		me.Theme = theme
	}
	if err := v.gate.prefer(v.c, me.Language, me.Theme); err != nil {
		return err
	}
	return v.c.Redirect(http.StatusSeeOther, local(f.Values["back"]))
}

// local is an address of ours to go back to; any other becomes the first page.
func local(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}
