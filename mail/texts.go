package mail

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"strings"
	"text/template"
	"time"
)

//go:embed templates
var templateFiles embed.FS

// language holds what a mail says in one language.
type language struct {
	plain  *template.Template
	markup *htmltemplate.Template
	// months are written out: package time knows English alone.
	months [12]string
	// dateFormat takes day, month, year, hour and minute, zone.
	dateFormat string
}

// languages are those in which mails are written; never changed after start.
var languages = map[string]language{
	"nl": parseLanguage("nl", "%d %s %d om %s uur (%s)", [12]string{
		"januari", "februari", "maart", "april", "mei", "juni",
		"juli", "augustus", "september", "oktober", "november", "december",
	}),
	"en": parseLanguage("en", "%d %s %d at %s (%s)", [12]string{
		"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November", "December",
	}),
}

func parseLanguage(name, dateFormat string, months [12]string) language {
	return language{
		plain:      template.Must(template.ParseFS(templateFiles, "templates/"+name+".txt")),
		markup:     htmltemplate.Must(htmltemplate.ParseFS(templateFiles, "templates/"+name+".html", "templates/frame.html")),
		months:     months,
		dateFormat: dateFormat,
	}
}

// page is what the templates see.
type page struct {
	Name, Organization string
	Logo               string
	Devices            []string
	Link, StopLink     string
	Reminder           bool
	Until              string
}

func (m *Message) page() page {
	return page{
		Name:         m.ToName,
		Organization: m.Organization,
		Logo:         m.Logo,
		Devices:      m.Devices,
		Link:         m.Link,
		StopLink:     m.StopLink,
		Reminder:     m.Reminder,
		Until:        languages[m.Language].date(m.ExpiresAt, m.Location),
	}
}

// date writes a time as a person in that zone reads it.
func (l language) date(t time.Time, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	name, _ := t.Zone()
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		name = "UTC" + name
	}
	return fmt.Sprintf(l.dateFormat, t.Day(), l.months[t.Month()-1], t.Year(), t.Format("15:04"), name)
}
