package settings

import (
	"fmt"
	"time"
	_ "time/tzdata" // quiet hours need time zones on machines without a zone database

	"heraut/fault"
	"heraut/invitation"
)

// Invitations is how invitations behave unless a plan says otherwise. A send
// freezes it: changes count for later sends.
type Invitations struct {
	ExpiresAfter Duration    `json:"expires_after"`
	Reminders    []Reminder  `json:"reminders"`
	QuietHours   *QuietHours `json:"quiet_hours"`
	// TimeZone is the organization's, an IANA name; quiet hours are in it. Empty:
	// that of the quiet hours, as settings kept it before.
	TimeZone         string            `json:"time_zone,omitempty"`
	DefaultChannel   invitation.Policy `json:"default_channel"`
	OrganizationName string            `json:"organization_name"`
	DefaultLanguage  string            `json:"default_language"`
}

// Reminder is one reminder, counted from the first delivery that a provider took.
type Reminder struct {
	After   Duration       `json:"after"`
	Channel invitation.Via `json:"channel"`
}

// QuietHours delay reminders to their end; From and To are "21:00", "07:00".
type QuietHours struct {
	From     string `json:"from"`
	To       string `json:"to"`
	TimeZone string `json:"time_zone"`
}

// DefaultTimeZone is the organization's until somebody sets another.
const DefaultTimeZone = "Europe/Amsterdam"

// MaxReminders bounds the reminders of one invitation.
const MaxReminders = 20

// DefaultInvitations is what counts until an administrator sets something else.
func DefaultInvitations() Invitations {
	return Invitations{
		ExpiresAfter: Duration(30 * day),
		Reminders: []Reminder{
			{After: Duration(2 * day), Channel: invitation.ViaPush},
			{After: Duration(5 * day), Channel: invitation.ViaMail},
			{After: Duration(10 * day), Channel: invitation.ViaBoth},
		},
		QuietHours:       &QuietHours{From: "21:00", To: "07:00", TimeZone: DefaultTimeZone},
		DefaultChannel:   invitation.PolicyAuto,
		OrganizationName: "Heraut",
		DefaultLanguage:  "nl",
	}
}

// Check tells what is wrong, with a JSON pointer for each field.
func (s Invitations) Check() error {
	var fields []fault.Field
	add := func(pointer, message string) {
		fields = append(fields, fault.Field{Pointer: pointer, Message: message})
	}
	if s.ExpiresAfter <= 0 || s.ExpiresAfter > MaxDuration {
		add("/expires_after", "Give a time between one second and ten years.")
	}
	s.checkReminders(add)
	s.checkTimes(add)
	switch s.DefaultChannel {
	case invitation.PolicyAuto, invitation.PolicyPush, invitation.PolicyMail, invitation.PolicyBoth:
	default:
		add("/default_channel", "Use auto, push, mail or both.")
	}
	if s.DefaultLanguage != "nl" && s.DefaultLanguage != "en" {
		add("/default_language", "Use nl or en.")
	}
	checkLine(add, "/organization_name", s.OrganizationName, 200)
	if len(fields) > 0 {
		return fault.Invalid(fields...)
	}
	return nil
}

func (s Invitations) checkReminders(add func(pointer, message string)) {
	if len(s.Reminders) > MaxReminders {
		add("/reminders", fmt.Sprintf("Use at most %d reminders.", MaxReminders))
	}
	last := Duration(0)
	for i, r := range s.Reminders {
		at := fmt.Sprintf("/reminders/%d", i)
		if r.After <= last {
			add(at+"/after", "Give a time later than the reminder before it.")
		}
		if r.After > MaxDuration {
			add(at+"/after", "Give at most ten years.")
		}
		last = r.After
		if r.Channel != invitation.ViaPush && r.Channel != invitation.ViaMail && r.Channel != invitation.ViaBoth {
			add(at+"/channel", "Use push, mail or both.")
		}
	}
}

// checkTimes tells of one zone once, though quiet hours name it too.
func (s Invitations) checkTimes(add func(pointer, message string)) {
	q := s.QuietHours
	switch {
	case s.TimeZone == "":
	case !knownZone(s.TimeZone):
		add("/time_zone", unknownZone)
	case q != nil && q.TimeZone != s.TimeZone:
		add("/time_zone", "Quiet hours are in the organization's time zone: give the same one in both places.")
	}
	if q == nil {
		return
	}
	q.check(add)
	if q.TimeZone != s.TimeZone && !knownZone(q.TimeZone) || q.TimeZone == "" {
		add("/quiet_hours/time_zone", unknownZone)
	}
}

const unknownZone = "Give an IANA time zone such as Europe/Amsterdam."

func knownZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "" && name != "Local"
}

func (q QuietHours) check(add func(pointer, message string)) {
	if _, err := clock(q.From); err != nil {
		add("/quiet_hours/from", "Write a time of day such as 21:00.")
	}
	if _, err := clock(q.To); err != nil {
		add("/quiet_hours/to", "Write a time of day such as 07:00.")
	}
}

// Freeze is the schedule that a send keeps. The settings must have passed Check.
func (s Invitations) Freeze() invitation.Schedule {
	frozen := invitation.Schedule{ExpiresAfter: time.Duration(s.ExpiresAfter)}
	for _, r := range s.Reminders {
		frozen.Reminders = append(frozen.Reminders, invitation.Reminder{After: time.Duration(r.After), Via: r.Channel})
	}
	if s.QuietHours != nil {
		from, _ := clock(s.QuietHours.From) // Check has seen it
		to, _ := clock(s.QuietHours.To)     // Check has seen it
		frozen.Quiet = &invitation.QuietHours{From: from, To: to, TimeZone: s.QuietHours.TimeZone}
	}
	return frozen
}

func clock(s string) (time.Duration, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("reading a time of day: %w", err)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// Zone is the name of the organization's time zone: its own, else that of the
// quiet hours, else DefaultTimeZone.
func (s Invitations) Zone() string {
	switch {
	case s.TimeZone != "":
		return s.TimeZone
	case s.QuietHours != nil:
		return s.QuietHours.TimeZone
	default:
		return DefaultTimeZone
	}
}

// Location is Zone as Go's own; UTC for one that Check would refuse.
func (s Invitations) Location() *time.Location {
	zone, err := time.LoadLocation(s.Zone())
	if err != nil {
		return time.UTC
	}
	return zone
}
