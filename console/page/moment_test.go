package page_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/console/page"
)

func TestMoments(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	require.NoError(t, err)
	now := time.Date(2026, time.November, 12, 13, 5, 30, 0, time.UTC) // 14:05 in Amsterdam
	words := loadWords(t)
	for _, c := range []struct {
		at     time.Time
		nl, en string
	}{
		{now.Add(-10 * time.Second), "zojuist", "just now"},
		{now.Add(-time.Minute), "1 minuut geleden", "1 minute ago"},
		{now.Add(-59 * time.Minute), "59 minuten geleden", "59 minutes ago"},
		{now.Add(30 * time.Second), "over 30 seconden", "in 30 seconds"},
		{now.Add(6 * time.Minute), "over 6 minuten", "in 6 minutes"},
		{now.Add(-3 * time.Hour), "vandaag 11:05", "today 11:05"},
		{now.Add(19 * time.Hour), "morgen 09:05", "tomorrow 09:05"},
		{now.Add(-15 * time.Hour), "gisteren 23:05", "yesterday 23:05"},
		{now.Add(-3 * 24 * time.Hour), "3 dagen geleden", "3 days ago"},
		{now.Add(-10 * 24 * time.Hour), "2 nov. 2026 14:05", "2 Nov 2026 14:05"},
		{now.Add(3 * 24 * time.Hour), "15 nov. 2026 14:05", "15 Nov 2026 14:05"},
		{time.Date(2027, time.March, 1, 0, 0, 0, 0, time.UTC), "1 mrt. 2027 01:00", "1 Mar 2027 01:00"},
	} {
		nl := page.Clock{Tongue: words.In("nl"), Zone: zone, Now: now}.At(c.at)
		en := page.Clock{Tongue: words.In("en"), Zone: zone, Now: now}.At(c.at)
		require.Equal(t, c.nl, nl.Words)
		require.Equal(t, c.en, en.Words)
		require.Equal(t, c.at.In(zone).Format(time.RFC3339), nl.Machine)
		require.Contains(t, nl.Exact, "CET")
	}
}

func TestMomentsAlone(t *testing.T) {
	now := time.Date(2026, time.November, 12, 13, 5, 0, 0, time.UTC)
	clock := page.Clock{Tongue: loadWords(t).In("en"), Now: now}
	require.Equal(t, page.Moment{}, clock.At(time.Time{}))
	require.Equal(t, page.Moment{}, clock.On(time.Time{}))
	require.Equal(t, page.Moment{}, clock.Since(time.Time{}))
	require.Equal(t, "12 Nov 2026", clock.On(now).Words)
	require.Equal(t, "12 Nov 2026 13:05 (UTC)", clock.At(now).Exact)
	require.Equal(t, "2 hours", clock.Since(now.Add(-2*time.Hour)).Words)
	require.Equal(t, "0 seconds", clock.Since(now.Add(time.Hour)).Words, "a clock that runs behind")
	clock.Zone = time.FixedZone("+05", 5*3600)
	require.Contains(t, clock.At(now).Exact, "UTC+05")
}
