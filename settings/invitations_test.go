package settings

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
)

// pointers lists the fields that err complains about.
func pointers(t *testing.T, err error) []string {
	t.Helper()
	if err == nil {
		return nil
	}
	f, ok := errors.AsType[*fault.Error](err)
	require.True(t, ok)
	require.Equal(t, fault.InvalidRequest, f.Code)
	var all []string
	for _, field := range f.Fields {
		all = append(all, field.Pointer)
	}
	return all
}

func TestInvitationsCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Invitations)
		want   []string
	}{
		"default":            {func(*Invitations) {}, nil},
		"no reminders":       {func(s *Invitations) { s.Reminders = nil }, nil},
		"no quiet hours":     {func(s *Invitations) { s.QuietHours = nil }, nil},
		"no expiry":          {func(s *Invitations) { s.ExpiresAfter = 0 }, []string{"/expires_after"}},
		"endless":            {func(s *Invitations) { s.ExpiresAfter = MaxDuration + 1 }, []string{"/expires_after"}},
		"reminder at once":   {func(s *Invitations) { s.Reminders[0].After = 0 }, []string{"/reminders/0/after"}},
		"out of order":       {func(s *Invitations) { s.Reminders[1].After = s.Reminders[0].After }, []string{"/reminders/1/after"}},
		"reminder too late":  {func(s *Invitations) { s.Reminders[2].After = MaxDuration + 1 }, []string{"/reminders/2/after"}},
		"reminder by pigeon": {func(s *Invitations) { s.Reminders[1].Channel = "pigeon" }, []string{"/reminders/1/channel"}},
		"too many":           {func(s *Invitations) { s.Reminders = many(MaxReminders + 1) }, []string{"/reminders"}},
		"as many as may be":  {func(s *Invitations) { s.Reminders = many(MaxReminders) }, nil},
		"odd quiet hours":    {func(s *Invitations) { s.QuietHours.From, s.QuietHours.To = "25:00", "7" }, []string{"/quiet_hours/from", "/quiet_hours/to"}},
		"unknown zone":       {func(s *Invitations) { s.QuietHours.TimeZone = "Europe/Utrecht" }, []string{"/quiet_hours/time_zone"}},
		"this machine's":     {func(s *Invitations) { s.QuietHours.TimeZone = "Local" }, []string{"/quiet_hours/time_zone"}},
		"no zone":            {func(s *Invitations) { s.QuietHours.TimeZone = "" }, []string{"/quiet_hours/time_zone"}},
		"two zones":          {func(s *Invitations) { s.TimeZone = "UTC" }, []string{"/time_zone"}},
		"one zone":           {func(s *Invitations) { s.TimeZone = DefaultTimeZone }, nil},
		"one unknown zone":   {func(s *Invitations) { s.TimeZone, s.QuietHours.TimeZone = "Mars/Base", "Mars/Base" }, []string{"/time_zone"}},
		"a zone alone":       {func(s *Invitations) { s.TimeZone, s.QuietHours = "America/Curacao", nil }, nil},
		"odd channel":        {func(s *Invitations) { s.DefaultChannel = "fax" }, []string{"/default_channel"}},
		"odd language":       {func(s *Invitations) { s.DefaultLanguage = "fr" }, []string{"/default_language"}},
		"line break":         {func(s *Invitations) { s.OrganizationName = "a\r\nBcc: b" }, []string{"/organization_name"}},
		"long name":          {func(s *Invitations) { s.OrganizationName = strings.Repeat("é", 201) }, []string{"/organization_name"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := DefaultInvitations()
			c.change(&s)
			require.Equal(t, c.want, pointers(t, s.Check()))
		})
	}
}

func TestZoneWithAndWithoutQuietHours(t *testing.T) {
	for name, c := range map[string]struct {
		zone  string
		quiet *QuietHours
		want  string
	}{
		"of the organization":  {"America/Curacao", nil, "America/Curacao"},
		"of the quiet hours":   {"", &QuietHours{TimeZone: "Asia/Tokyo"}, "Asia/Tokyo"},
		"nothing says a thing": {"", nil, "Europe/Amsterdam"},
		"of no known place":    {"Mars/Base", nil, "UTC"},
		"nor the quiet hours":  {"", &QuietHours{TimeZone: "nowhere"}, "UTC"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.want, Invitations{TimeZone: c.zone, QuietHours: c.quiet}.Location().String())
		})
	}
}

func many(n int) []Reminder {
	var all []Reminder
	for i := range n {
		all = append(all, Reminder{After: Duration(time.Duration(i+1) * time.Hour), Channel: invitation.ViaMail})
	}
	return all
}

func TestFreeze(t *testing.T) {
	require.Equal(t, invitation.Schedule{
		ExpiresAfter: 30 * day,
		Reminders: []invitation.Reminder{
			{After: 2 * day, Via: invitation.ViaPush}, {After: 5 * day, Via: invitation.ViaMail}, {After: 10 * day, Via: invitation.ViaBoth},
		},
		Quiet: &invitation.QuietHours{From: 21 * time.Hour, To: 7 * time.Hour, TimeZone: "Europe/Amsterdam"},
	}, DefaultInvitations().Freeze())
	s := DefaultInvitations()
	s.QuietHours, s.Reminders = nil, nil
	require.Equal(t, invitation.Schedule{ExpiresAfter: 30 * day}, s.Freeze())
}
