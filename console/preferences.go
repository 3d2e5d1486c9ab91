package console

import (
	"net/http"
	"strings"

	"heraut/people"
)

var preferencesRoutes = []route{
	{post, "/preferences", viewer, (*visit).prefer},
	{get, "/preferences/keys", viewer, (*visit).shortcuts},
}

// shortcutsPage explains the keys that console.js knows.
type shortcutsPage struct {
	Keys []shortcut
	Back string
}

// shortcut is a key and the word of what it does.
type shortcut struct{ Key, Does string }

var allShortcuts = []shortcut{{"/", "find"}, {"j", "down"}, {"k", "up"}, {"x", "select"}, {"Enter", "open"}, {"Esc", "close"}, {"?", "help"}}

func (v *visit) shortcuts() error {
	return v.dialog(http.StatusOK, "home/keys", "keys", shortcutsPage{Keys: allShortcuts, Back: local(v.query("back"))})
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
