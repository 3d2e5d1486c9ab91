package portal

import (
	"fmt"
	"strings"
	"time"
)

// moment is a time for a person, and for machines.
type moment struct{ Words, Machine string }

var dutchMonths = [...]string{
	"januari", "februari", "maart", "april", "mei", "juni",
	"juli", "augustus", "september", "oktober", "november", "december",
}

// momentIn writes a time in a language and a zone; nil is UTC. The zero time
// gives no words.
func momentIn(lang string, t time.Time, zone *time.Location) moment {
	if t.IsZero() {
		return moment{}
	}
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	m := moment{Machine: t.Format(time.RFC3339)}
	switch lang {
	case "nl":
		m.Words = fmt.Sprintf("%d %s %d om %s uur (%s)", t.Day(), dutchMonths[t.Month()-1], t.Year(), t.Format("15:04"), zoneName(t))
	default:
		m.Words = fmt.Sprintf("%s at %s (%s)", t.Format("2 January 2006"), t.Format("15:04"), zoneName(t))
	}
	return m
}

// zoneName is the zone's short name; zones without one are named by their offset.
func zoneName(t time.Time) string {
	name, _ := t.Zone()
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		return "UTC" + name
	}
	return name
}
