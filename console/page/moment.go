package page

import (
	"fmt"
	"strings"
	"time"
)

// Moment is a time for people and for machines. The zero Moment is none.
type Moment struct {
	// Words are relative where that is near: "3 dagen geleden", "morgen 09:00".
	Words string
	// Exact is the day and the minute.
	Exact string
	// Machine is RFC 3339.
	Machine string
}

// Clock says moments in a language, a zone and from a now.
type Clock struct {
	Tongue *Tongue
	Zone   *time.Location
	Now    time.Time
}

var months = map[string][12]string{
	"nl": {"jan.", "feb.", "mrt.", "apr.", "mei", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."},
	"en": {"Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sep", "Oct", "Nov", "Dec"},
}

// Day is a date: "12 nov. 2026".
func (c Clock) Day(t time.Time) string {
	t = c.local(t)
	return fmt.Sprintf("%d %s %d", t.Day(), months[c.Tongue.Lang][t.Month()-1], t.Year())
}

// Exact is a date with the minute: "12 nov. 2026 14:05".
func (c Clock) Exact(t time.Time) string { return c.Day(t) + " " + c.Minute(t) }

// At says when something was or will be; the zero time gives the zero Moment.
func (c Clock) At(t time.Time) Moment {
	if t.IsZero() {
		return Moment{}
	}
	return Moment{Words: c.relative(t), Exact: c.Exact(t) + " (" + c.zone(t) + ")", Machine: c.local(t).Format(time.RFC3339)}
}

// On says a day alone, and the exact time besides.
func (c Clock) On(t time.Time) Moment {
	m := c.At(t)
	if m.Words != "" {
		m.Words = c.Day(t)
	}
	return m
}

// Since says how long ago something began: "3 dagen".
func (c Clock) Since(t time.Time) Moment {
	m := c.At(t)
	if m.Words != "" {
		m.Words = c.span(max(c.Now.Sub(t), 0))
	}
	return m
}

// relative chooses the nearest way to say it.
func (c Clock) relative(t time.Time) string {
	past := t.Before(c.Now)
	apart := c.Now.Sub(t).Abs()
	days := c.daysApart(t)
	switch {
	case apart < time.Minute && past:
		return c.Tongue.Must("moment.now")
	case apart < time.Hour && past:
		return c.Tongue.Must("moment.ago", "span", c.span(apart))
	case apart < time.Hour:
		return c.Tongue.Must("moment.within", "span", c.span(apart))
	case days >= -1 && days <= 1:
		return c.Tongue.Must([]string{"moment.yesterday", "moment.today", "moment.tomorrow"}[days+1], "time", c.Minute(t))
	case apart < 7*24*time.Hour && past:
		return c.Tongue.Must("moment.ago", "span", c.span(apart))
	}
	return c.Exact(t)
}

// span is a length of time in its largest unit, rounded down.
func (c Clock) span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return c.Tongue.Must("moment.seconds", "n", int(d/time.Second))
	case d < time.Hour:
		return c.Tongue.Must("moment.minutes", "n", int(d/time.Minute))
	case d < 24*time.Hour:
		return c.Tongue.Must("moment.hours", "n", int(d/time.Hour))
	}
	return c.Tongue.Must("moment.days", "n", int(d/(24*time.Hour)))
}

// daysApart counts midnights between now and t; negative in the past.
func (c Clock) daysApart(t time.Time) int {
	midnight := func(t time.Time) time.Time {
		t = c.local(t)
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(t).Sub(midnight(c.Now)) / (24 * time.Hour))
}

// Minute is the time of day: "14:05".
func (c Clock) Minute(t time.Time) string { return c.local(t).Format("15:04") }

func (c Clock) local(t time.Time) time.Time {
	if c.Zone == nil {
		return t.UTC()
	}
	return t.In(c.Zone)
}

// zone is the zone's short name; zones without one are named by their offset.
func (c Clock) zone(t time.Time) string {
	name, _ := c.local(t).Zone()
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		return "UTC" + name
	}
	return name
}
