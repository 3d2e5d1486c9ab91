package invitation

import "time"

// Via is the channel of a reminder.
type Via string

// The channels of reminders.
const (
	ViaPush Via = "push"
	ViaMail Via = "mail"
	ViaBoth Via = "both"
)

// Reminder is one planned repetition, counted from the first delivery that a
// provider took.
type Reminder struct {
	After time.Duration `json:"after"`
	Via   Via           `json:"via"`
}

// Reach is how a reminder of an invitation can travel.
type Reach struct{ Push, Mail bool }

// Leaves tells whether a reminder has a way to travel.
func (r Reminder) Leaves(reach Reach) bool {
	return reach.Push && r.Via != ViaMail || reach.Mail && r.Via != ViaPush
}

// QuietHours is the part of each day in which no reminder leaves. From may be
// later than To: the hours then span midnight.
type QuietHours struct {
	From     time.Duration `json:"from"` // since midnight
	To       time.Duration `json:"to"`
	TimeZone string        `json:"time_zone"` // an IANA name
}

// Schedule is what a send freezes of the settings for invitations.
type Schedule struct {
	ExpiresAfter time.Duration `json:"expires_after"`
	Reminders    []Reminder    `json:"reminders"`
	Quiet        *QuietHours   `json:"quiet,omitempty"`
}

// Due is the instant at which reminder number n (from 1) leaves for an
// invitation first taken at taken and expiring at expires: delayed to the end
// of quiet hours, and the zero time when there is no such reminder or it would
// leave at or after expiry.
func (s Schedule) Due(n int, taken, expires time.Time) time.Time {
	if n < 1 || n > len(s.Reminders) {
		return time.Time{}
	}
	due := taken.Add(s.Reminders[n-1].After)
	if s.Quiet != nil {
		due = s.Quiet.Delay(due)
	}
	if !due.Before(expires) {
		return time.Time{}
	}
	return due.UTC()
}

// Next is the number and instant of the first reminder after number last that
// still leaves; 0 and the zero time when none does.
func (s Schedule) Next(last int, reach Reach, taken, expires time.Time) (int, time.Time) {
	for n := last + 1; n <= len(s.Reminders); n++ {
		if !s.Reminders[n-1].Leaves(reach) {
			continue
		}
		if due := s.Due(n, taken, expires); !due.IsZero() {
			return n, due
		}
	}
	return 0, time.Time{}
}

// Delay moves an instant that falls into quiet hours to their end. Wall-clock
// times are the zone's: where daylight saving skips the end, it is the first
// instant after the gap.
func (q QuietHours) Delay(at time.Time) time.Time {
	zone, err := time.LoadLocation(q.TimeZone)
	if err != nil || q.From == q.To {
		return at
	}
	local := at.In(zone)
	clock := sinceMidnight(local)
	switch spans := q.From > q.To; {
	case spans && clock >= q.From:
		return onDay(local, 1, q.To)
	case spans && clock < q.To, !spans && clock >= q.From && clock < q.To:
		return onDay(local, 0, q.To)
	}
	return at
}

func sinceMidnight(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute +
		time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
}

func onDay(t time.Time, days int, clock time.Duration) time.Time {
	h, m := int(clock/time.Hour), int(clock%time.Hour/time.Minute)
	at := time.Date(t.Year(), t.Month(), t.Day()+days, h, m, 0, 0, t.Location())
	if sinceMidnight(at) == clock.Truncate(time.Minute) {
		return at
	}
	// No such time of day: one of the zone's bounds is the end of the gap.
	start, end := at.ZoneBounds()
	if sinceMidnight(at) > clock {
		return start
	}
	return end
}
