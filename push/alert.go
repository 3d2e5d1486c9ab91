package push

import (
	"strings"
)

// maxName bounds each name in an alert, in bytes. An alert holds three, and
// with every byte escaped to six they still leave half of the payload for a link.
const maxName = 100

// words are the texts of an alert in one language; %o stands for the
// organization, %d for the device.
type words struct {
	title, reminder   string
	body, bodyOn      string
	someOrganization  string
	opensNotification string
}

var (
	english = words{
		title:             "Invitation from %o",
		reminder:          "Reminder: invitation from %o",
		body:              "%o asks you to enroll in managed distribution.",
		bodyOn:            "%o asks you to enroll in managed distribution on %d.",
		someOrganization:  "your organization",
		opensNotification: "Open this message to answer.",
	}
	dutch = words{
		title:             "Uitnodiging van %o",
		reminder:          "Herinnering: uitnodiging van %o",
		body:              "%o vraagt je om je in te schrijven voor beheerde distributie.",
		bodyOn:            "%o vraagt je om je in te schrijven voor beheerde distributie op %d.",
		someOrganization:  "je organisatie",
		opensNotification: "Open dit bericht om te antwoorden.",
	}
)

// Alert returns the title and the body of an invitation's alert push in the
// language ("nl", "nl-BE", ...; anything but Dutch reads English). Names are put
// on one line and cut after 100 bytes at the end of a letter, so that the
// payload stays within APNs' 4096 bytes. Without a device name, or an
// organization's, the sentence does without.
func Alert(language, organization, deviceName string, reminder bool) (title, body string) {
	w := english
	if base, _, _ := strings.Cut(strings.ToLower(language), "-"); base == "nl" {
		w = dutch
	}
	organization, deviceName = name(organization), name(deviceName)
	if organization == "" {
		organization = w.someOrganization
	}
	title, body = w.title, w.body
	if reminder {
		title = w.reminder
	}
	if deviceName != "" {
		body = w.bodyOn
	}
	fill := strings.NewReplacer("%o", organization, "%d", deviceName)
	return fill.Replace(title), capitalize(fill.Replace(body)) + " " + w.opensNotification
}

// name makes a name fit to stand in a sentence: valid UTF-8, one line, bounded.
func name(s string) string {
	return cut(oneLine(s), maxName)
}

// capitalize makes the first letter of a sentence that may begin with "your
// organization" a capital; a name keeps the letters it has.
func capitalize(sentence string) string {
	for _, some := range []string{english.someOrganization, dutch.someOrganization} {
		if strings.HasPrefix(sentence, some) {
			return strings.ToUpper(sentence[:1]) + sentence[1:]
		}
	}
	return sentence
}
