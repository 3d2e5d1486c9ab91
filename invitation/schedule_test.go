package invitation

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const day = 24 * time.Hour

func at(t *testing.T, zone, local string) time.Time {
	t.Helper()
	place, err := time.LoadLocation(zone)
	require.NoError(t, err)
	moment, err := time.ParseInLocation("2006-01-02 15:04:05", local, place)
	require.NoError(t, err)
	return moment
}

func TestQuietHoursDelay(t *testing.T) {
	night := QuietHours{From: 21 * time.Hour, To: 7 * time.Hour, TimeZone: "Europe/Amsterdam"}
	noon := QuietHours{From: 12 * time.Hour, To: 13*time.Hour + 30*time.Minute, TimeZone: "Europe/Amsterdam"}
	for _, c := range []struct {
		name     string
		quiet    QuietHours
		at, want string
	}{
		{"before the night", night, "2026-01-05 20:59:59", "2026-01-05 20:59:59"},
		{"as it begins", night, "2026-01-05 21:00:00", "2026-01-06 07:00:00"},
		{"after midnight", night, "2026-01-06 00:30:00", "2026-01-06 07:00:00"},
		{"as it ends", night, "2026-01-06 07:00:00", "2026-01-06 07:00:00"},
		{"over the end of a month", night, "2026-01-31 23:00:00", "2026-02-01 07:00:00"},
		{"into summer time", night, "2026-03-28 23:00:00", "2026-03-29 07:00:00"},
		{"into winter time", night, "2026-10-24 23:00:00", "2026-10-25 07:00:00"},
		{"at noon", noon, "2026-01-05 12:15:00", "2026-01-05 13:30:00"},
		{"after noon", noon, "2026-01-05 13:30:00", "2026-01-05 13:30:00"},
		{"never", QuietHours{From: day / 2, To: day / 2, TimeZone: "Europe/Amsterdam"}, "2026-01-05 12:00:00", "2026-01-05 12:00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.True(t, at(t, "Europe/Amsterdam", c.want).Equal(c.quiet.Delay(at(t, "Europe/Amsterdam", c.at).UTC())))
		})
	}
}

// TestQuietHoursEndInAGap: clocks jump from 02:00 to 03:00, so 02:30 never is.
func TestQuietHoursEndInAGap(t *testing.T) {
	quiet := QuietHours{From: 21 * time.Hour, To: 2*time.Hour + 30*time.Minute, TimeZone: "Europe/Amsterdam"}
	got := quiet.Delay(at(t, "Europe/Amsterdam", "2026-03-28 23:00:00"))
	require.True(t, got.Equal(at(t, "UTC", "2026-03-29 01:00:00")), "the first instant after the gap: %s", got)
	require.True(t, got.Equal(quiet.Delay(got)), "it is not quiet then")
}

func TestDue(t *testing.T) {
	taken := at(t, "UTC", "2026-01-05 12:00:00")
	s := Schedule{Reminders: []Reminder{{After: day, Via: ViaPush}, {After: 3 * day, Via: ViaMail}}}
	require.Equal(t, taken.Add(day), s.Due(1, taken, taken.Add(30*day)))
	require.Zero(t, s.Due(2, taken, taken.Add(3*day)), "not at the expiry")
	require.Equal(t, taken.Add(3*day), s.Due(2, taken, taken.Add(3*day+1)))
	require.Zero(t, s.Due(0, taken, taken.Add(30*day)))
	require.Zero(t, s.Due(3, taken, taken.Add(30*day)))
	s.Quiet = &QuietHours{From: 11 * time.Hour, To: 14 * time.Hour, TimeZone: "UTC"}
	require.Zero(t, s.Due(1, taken, taken.Add(day+time.Hour)), "quiet hours can drop a reminder")
}

func TestNextReminder(t *testing.T) {
	taken := at(t, "UTC", "2026-01-05 12:00:00")
	s := Schedule{Reminders: []Reminder{{After: day, Via: ViaPush}, {After: 3 * day, Via: ViaMail}, {After: 5 * day, Via: ViaBoth}}}
	for _, c := range []struct {
		name    string
		last    int
		reach   Reach
		expires time.Duration
		want    int
	}{
		{"the first", 0, Reach{Push: true, Mail: true}, 30 * day, 1},
		{"by mail alone", 0, Reach{Mail: true}, 30 * day, 2},
		{"by push alone", 1, Reach{Push: true}, 30 * day, 3},
		{"by nothing", 0, Reach{}, 30 * day, 0},
		{"none left", 3, Reach{Push: true, Mail: true}, 30 * day, 0},
		{"expired before", 1, Reach{Push: true, Mail: true}, 2 * day, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, due := s.Next(c.last, c.reach, taken, taken.Add(c.expires))
			require.Equal(t, c.want, n)
			require.Equal(t, n == 0, due.IsZero())
		})
	}
}
