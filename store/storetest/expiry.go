package storetest

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/settings"
)

// warned are the warnings about a setting in the audit log, the oldest first.
func (s *campus) warned(setting string) (words []string) {
	s.t.Helper()
	log, err := s.ListAudit(s.t.Context(), people.AuditFilter{TargetID: setting}, people.Cursor{}, 100)
	require.NoError(s.t, err)
	for _, e := range log.Items {
		if e.Action == "setting.warning" {
			require.Equal(s.t, people.System("expiry"), e.Actor)
			words = append([]string{e.Became}, words...)
		}
	}
	return words
}

// expirySteps: each step is told once, whoever sees it and how often.
func expirySteps(s *campus) {
	end := s.clock.Now().Add(30 * day)
	note := func(at time.Time, step int) bool {
		fresh, err := s.NoteExpiry(s.t.Context(), settings.NameContentToken, at, step, "It expires.")
		require.NoError(s.t, err)
		return fresh
	}
	var fresh atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if note(end, 30) {
				fresh.Add(1)
			}
		})
	}
	all.Wait()
	require.EqualValues(s.t, 1, fresh.Load())
	require.Len(s.t, s.warned(settings.NameContentToken), 1)
	require.Contains(s.t, s.warned(settings.NameContentToken)[0], "It expires.")
	require.True(s.t, note(end, 14))
	require.False(s.t, note(end, 30))
	require.True(s.t, note(end.Add(365*day), 30), "of the next token")
	require.Len(s.t, s.warned(settings.NameContentToken), 3)
}

// expiryRefused: that Apple refuses a token is told at once, and once.
func expiryRefused(s *campus) {
	refused := func(place string, number int) {
		require.NoError(s.t, s.TokenRefused(s.t.Context(), place, number, "Apple refuses it."))
	}
	refused(north, 9625)
	s.installPlaces(north, south)
	require.Empty(s.t, s.warned(settings.NameContentToken), "nobody has that token")
	for range 3 {
		refused(south, 9625)
	}
	refused(south, 9601)
	require.Len(s.t, s.warned(settings.NameTokenOf(south)), 2)
	require.Empty(s.t, s.warned(settings.NameContentToken))
	require.NotContains(s.t, strings.Join(s.warned(settings.NameTokenOf(south)), ""), "token of")
}
