package portal

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"

	"heraut/invitation"
	"heraut/people"
)

// kind is one of the pages; templates have its name.
type kind string

// The pages.
const (
	pageOpen      kind = "open"
	pageAccepted  kind = "accepted"
	pageDeclined  kind = "declined"
	pageExpired   kind = "expired"
	pageFailed    kind = "failed"
	pageCancelled kind = "cancelled"
	pageStop      kind = "stop"
	pageStopped   kind = "stopped"
	pageUnknown   kind = "unknown"
	pageRefused   kind = "refused"
	pageBusy      kind = "busy"
	pageAway      kind = "away"

	pageCode         kind = "code"
	pageEnroll       kind = "enroll"
	pageEnrolled     kind = "enrolled"
	pageEnrollOver   kind = "enroll over"
	pageEnrollLater  kind = "enroll later"
	pageNoEnrollment kind = "no enrollment"
)

var kinds = []kind{
	pageOpen, pageAccepted, pageDeclined, pageExpired, pageFailed, pageCancelled,
	pageStop, pageStopped, pageUnknown, pageRefused, pageBusy, pageAway,
	pageCode, pageEnroll, pageEnrolled, pageEnrollOver, pageEnrollLater, pageNoEnrollment,
}

//go:embed templates
var templateFiles embed.FS

// pages holds a template for each language and kind; never changed after start.
var pages = parsePages()

func parsePages() map[string]map[kind]*template.Template {
	parsed := map[string]map[kind]*template.Template{}
	for _, lang := range languages {
		base := template.Must(template.ParseFS(templateFiles, "templates/frame.html", "templates/"+lang+".html", "templates/"+lang+".enroll.html"))
		parsed[lang] = map[kind]*template.Template{}
		for _, k := range kinds {
			parsed[lang][k] = template.Must(compose(base, k))
		}
	}
	return parsed
}

// compose puts one page's title and body into the frame.
func compose(base *template.Template, k kind) (*template.Template, error) {
	page, err := base.Clone()
	if err != nil {
		return nil, fmt.Errorf("copying the frame: %w", err)
	}
	for part, name := range map[string]string{"title": string(k) + " title", "body": string(k)} {
		found := page.Lookup(name)
		if found == nil {
			return nil, fmt.Errorf("no template %q", name)
		}
		if _, err := page.AddParseTree(part, found.Tree); err != nil {
			return nil, fmt.Errorf("placing template %q: %w", name, err)
		}
	}
	return page.Lookup("frame"), nil
}

// facts are what templates see.
type facts struct {
	Stylesheet   string
	Organization string
	// Logo is where the organization's logo is; empty: there is none.
	Logo        string
	AcceptsHere bool
	Token       string
	// Chosen is the language of the switch, carried on by forms and links.
	Chosen  string
	View    invitation.View
	Until   moment
	Settled moment
	// Apple is where an open invitation is accepted, unless AcceptsHere.
	Apple atApple
	// Link is that of a page of the user portal.
	Link      people.EnrollmentLink
	LinkUntil moment
	WrongCode bool
}

// show writes a page.
func (v *visit) show(status int, k kind) error {
	lang := v.language()
	var page bytes.Buffer
	err := pages[lang][k].Execute(&page, facts{
		Stylesheet:   stylesheetPath,
		Organization: v.organization.Name,
		Logo:         logoPath(v.organization.Logo),
		AcceptsHere:  v.organization.AcceptsHere,
		Token:        v.token,
		Chosen:       v.chosenLanguage(),
		View:         v.view,
		Until:        momentIn(lang, v.view.ExpiresAt, v.organization.Location),
		Settled:      momentIn(lang, v.view.SettledAt, v.organization.Location),
		Apple:        v.apple,
		Link:         v.link,
		LinkUntil:    momentIn(lang, v.link.ExpiresAt, v.organization.Location),
		WrongCode:    v.wrongCode,
	})
	if err != nil {
		return fmt.Errorf("writing the page %s: %w", k, err)
	}
	h := v.c.Response().Header()
	h.Set("Content-Language", lang)
	h.Set("Vary", "Accept-Language")
	return v.c.HTMLBlob(status, page.Bytes())
}
