package external_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/mdm/external"
)

func TestDeadlines(t *testing.T) {
	queued := time.Date(2026, 3, 28, 9, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		command external.Command
		after   time.Duration
		step    external.Step
		until   time.Duration
	}{
		"just queued":                {external.Command{}, 0, external.Wait, day},
		"a clock that goes back":     {external.Command{}, -time.Hour, external.Wait, day},
		"a moment before":            {external.Command{}, day - 1, external.Wait, day},
		"no answer in time":          {external.Command{}, day, external.Again, day},
		"weeks late":                 {external.Command{}, 30 * day, external.Again, 30 * day},
		"the second has more time":   {external.Command{Generation: 1}, day, external.Wait, 2 * day},
		"the second is late":         {external.Command{Generation: 1}, 2 * day, external.Again, 2 * day},
		"the third is late":          {external.Command{Generation: 2}, 4 * day, external.Again, 4 * day},
		"the last stays":             {external.Command{Generation: 3}, 300 * day, external.Leave, 0},
		"answered":                   {external.Command{Answered: true}, 300 * day, external.Leave, 0},
		"answered, then enrolled":    {external.Command{Answered: true, EnrolledAt: queued.Add(day)}, 2 * day, external.Leave, 0},
		"put off":                    {external.Command{NotNowAt: queued.Add(20 * time.Hour)}, day, external.Wait, 44 * time.Hour},
		"put off, and then nothing":  {external.Command{NotNowAt: queued.Add(20 * time.Hour)}, 2 * day, external.Again, 2 * day},
		"put off, told late":         {external.Command{NotNowAt: queued.Add(-time.Hour)}, day, external.Again, day},
		"enrolled anew":              {external.Command{EnrolledAt: queued.Add(time.Minute)}, time.Hour, external.Again, time.Hour},
		"enrolled anew at the end":   {external.Command{Generation: 3, EnrolledAt: queued.Add(time.Minute)}, time.Hour, external.Again, time.Hour},
		"enrolled before it was put": {external.Command{EnrolledAt: queued.Add(-time.Minute)}, time.Hour, external.Wait, day},
	} {
		t.Run(name, func(t *testing.T) {
			c.command.QueuedAt = queued
			step, until := external.DefaultDeadlines().Next(c.command, queued.Add(c.after))
			require.Equal(t, c.step, step)
			if c.step == external.Leave {
				require.Zero(t, until)
				return
			}
			require.Equal(t, queued.Add(c.until), until)
		})
	}
}

func TestGenerationsHaveKeysOfTheirOwn(t *testing.T) {
	const key = "push/inv-1/send-1/0"
	require.Equal(t, key, external.CommandKey(key, 0), "an attempt is repeated under its own uuid")
	seen := map[string]bool{}
	for generation := range 5 {
		seen[external.CommandKey(key, generation)] = true
	}
	require.Len(t, seen, 5)
}
