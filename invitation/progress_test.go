package invitation

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPointsAddUp(t *testing.T) {
	begun := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	at := func(minutes int) time.Time { return begun.Add(time.Duration(minutes) * time.Minute) }
	settled := []Settled{
		{at(-10), Accepted, 1}, {at(0), Accepted, 1}, {at(1), Accepted, 2}, {at(10), Declined, 1}, {at(11), Accepted, 1}, {at(25), Accepted, 1}, {at(99), Failed, 1},
	}
	points := Points(settled, begun, at(25), 10*time.Minute)
	require.Equal(t, []Point{
		{at(0), map[State]int{Accepted: 2}},
		{at(10), map[State]int{Accepted: 4, Declined: 1}},
		{at(20), map[State]int{Accepted: 5, Declined: 1}},
		{at(30), map[State]int{Accepted: 6, Declined: 1}},
	}, points)
}

func TestPointsAreFew(t *testing.T) {
	begun := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	until := begun.Add(365 * 24 * time.Hour)
	points := Points([]Settled{{until, Accepted, 3}}, begun, until, time.Nanosecond)
	require.LessOrEqual(t, len(points), MaxPoints)
	require.Greater(t, len(points), MaxPoints/2)
	require.False(t, points[len(points)-1].At.Before(until))
	require.Equal(t, 3, points[len(points)-1].Settled[Accepted])
	require.Nil(t, Points(nil, begun, until, 0))
	require.Nil(t, Points(nil, until, begun, time.Hour))
	require.Len(t, Points(nil, begun, begun, time.Hour), 1)
}
