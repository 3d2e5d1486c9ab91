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
	ExpiresAfter     Duration          `json:"expires_after"`
	Reminders        []Reminder        `json:"reminders"`
	QuietHours       *QuietHours       `json:"quiet_hours"`
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
		QuietHours:       &QuietHours{From: "21:00", To: "07:00", TimeZone: "Europe/Amsterdam"},
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
	if s.QuietHours != nil {
		s.QuietHours.check(add)
	}
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

func (q QuietHours) check(add func(pointer, message string)) {
	if _, err := clock(q.From); err != nil {
		add("/quiet_hours/from", "Write a time of day such as 21:00.")
	}
	if _, err := clock(q.To); err != nil {
		add("/quiet_hours/to", "Write a time of day such as 07:00.")
	}
	if _, err := time.LoadLocation(q.TimeZone); err != nil || q.TimeZone == "" || q.TimeZone == "Local" {
		add("/quiet_hours/time_zone", "Give an IANA time zone such as Europe/Amsterdam.")
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

// Location is the organization's time zone: that of its quiet hours, else UTC.
func (s Invitations) Location() *time.Location {
	if s.QuietHours == nil {
		return time.UTC
	}
	zone, err := time.LoadLocation(s.QuietHours.TimeZone)
	if err != nil {
		return time.UTC
	}
	return zone
}
