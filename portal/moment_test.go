package portal

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMomentsReadAsPeopleWriteThem(t *testing.T) {
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	require.NoError(t, err)
	nowhere := time.FixedZone("+0530", 5*3600+1800)
	for _, c := range []struct {
		lang string
		at   time.Time
		zone *time.Location
		want moment
	}{
		{"nl", time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC), amsterdam, moment{"29 maart 2026 om 00:30 uur (CET)", "2026-03-29T00:30:00+01:00"}},
		{"nl", time.Date(2026, 10, 1, 7, 5, 0, 0, time.UTC), amsterdam, moment{"1 oktober 2026 om 09:05 uur (CEST)", "2026-10-01T09:05:00+02:00"}},
		{"en", time.Date(2026, 8, 31, 23, 59, 59, 0, time.UTC), nil, moment{"31 August 2026 at 23:59 (UTC)", "2026-08-31T23:59:59Z"}},
		{"en", time.Date(2026, 12, 31, 20, 0, 0, 0, time.UTC), nowhere, moment{"1 January 2027 at 01:30 (UTC+0530)", "2027-01-01T01:30:00+05:30"}},
		{"nl", time.Time{}, amsterdam, moment{}},
	} {
		require.Equal(t, c.want, momentIn(c.lang, c.at, c.zone))
	}
}

func TestDutchMonthsAreDutch(t *testing.T) {
	require.Len(t, dutchMonths, 12)
	for m, name := range dutchMonths {
		at := time.Date(2026, time.Month(m+1), 1, 0, 0, 0, 0, time.UTC)
		require.Contains(t, momentIn("nl", at, nil).Words, "1 "+name+" 2026")
	}
}
