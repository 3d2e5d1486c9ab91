package console

import (
	"strconv"
	"time"

	"heraut/console/page"
	"heraut/settings"
)

// previewLine is one thing that would happen to an invitation.
type previewLine struct {
	At page.Moment
	// Text says what; without a time it says why nothing happens.
	Text string
	// Delayed tells that quiet hours held it up.
	Delayed bool
}

// previewOf says what would happen to one invitation that a provider takes now;
// nil where the settings can not be.
func (v *visit) previewOf(set settings.Invitations) []previewLine {
	if wrong(set) {
		return nil
	}
	clock := page.Clock{Tongue: v.words, Zone: set.Location(), Now: v.clock.Now}
	now, expires := v.clock.Now, v.clock.Now.Add(time.Duration(set.ExpiresAfter))
	schedule := set.Freeze()
	lines := []previewLine{{At: v.onWeekday(clock, now), Text: v.t("preview.sent")}}
	for i, r := range schedule.Reminders {
		way := v.t("preview.reminder." + string(r.Via))
		due := schedule.Due(i+1, now, expires)
		if due.IsZero() {
			lines = append(lines, previewLine{Text: v.t("preview.dropped", "what", way)})
			continue
		}
		lines = append(lines, previewLine{At: v.onWeekday(clock, due), Text: way, Delayed: !due.Equal(now.Add(r.After))})
	}
	return append(lines, previewLine{At: v.onWeekday(clock, expires), Text: v.t("preview.expires")})
}

// onWeekday says a time with its day of the week: "za 14 nov. 2026 14:05".
func (v *visit) onWeekday(clock page.Clock, t time.Time) page.Moment {
	at := clock.At(t)
	at.Words = v.t("weekday."+strconv.Itoa(int(t.In(clock.Zone).Weekday()))) + " " + clock.Exact(t)
	return at
}

// lasting says a length of time: "30 dagen".
func (v *visit) lasting(d settings.Duration) string {
	return v.clock.Since(v.clock.Now.Add(-time.Duration(d))).Words
}
