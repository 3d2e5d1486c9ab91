package main

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/settings"
)

func TestWarningsOfWhatExpires(t *testing.T) {
	p := demoParts(t, t.TempDir())
	now := time.Now()
	put := func(name string, doc any) {
		t.Helper()
		_, err := p.store.PutSetting(t.Context(), operatorKey, name, doc, nil, nil)
		require.NoError(t, err)
	}
	none, err := p.settings.warnings(t.Context(), now)
	require.NoError(t, err)
	require.Empty(t, none)
	for days, warned := range map[int]bool{
		90: false, 61: false, 60: true, 59: false, 31: false, 30: true, 29: false, 14: true, 13: false, 7: true, 6: true, 1: true, 0: true, -1: true,
	} {
		put(settings.NameContentToken, settings.ContentToken{Organization: "De Esdoorn", ExpiresAt: now.Add(time.Duration(days)*24*time.Hour + time.Hour)})
		got, err := p.settings.warnings(t.Context(), now)
		require.NoError(t, err)
		require.Equal(t, warned, len(got) == 1, "%d days: %v", days, got)
	}
	put(settings.NameContentToken, settings.ContentToken{Organization: "De Esdoorn", ExpiresAt: now.Add(time.Hour)})
	put(settings.NamePush(people.PushMDM), settings.PushCertificate{Topic: "com.apple.mgmt.External.x", NotAfter: now.Add(10 * 24 * time.Hour)})
	put(settings.NamePush(people.PushAlert), settings.PushCertificate{Topic: "nl.school.app", NotAfter: now.Add(100 * 24 * time.Hour)})
	got, err := p.settings.warnings(t.Context(), now)
	require.NoError(t, err)
	require.Len(t, got, 2)

	found, err := p.settings.expiries(t.Context())
	require.NoError(t, err)
	require.Len(t, found.PushCertificates, 2)
	require.Len(t, found.ContentTokens, 1)

	var log bytes.Buffer
	ended, end := context.WithCancel(t.Context())
	end()
	warnOfExpiries(ended, storedSettings{p.store}, slog.New(slog.NewTextHandler(&log, nil)))
	require.NotContains(t, log.String(), "could not be looked up", "a process that ends complains of nothing")
}

// TestStepsTowardsAnEndAreNotedOnce looks several times a day, over the whole
// life of a token, as several processes do.
func TestStepsTowardsAnEndAreNotedOnce(t *testing.T) {
	p := demoParts(t, t.TempDir())
	now := time.Now()
	end := now.Add(70*24*time.Hour + time.Hour)
	for _, place := range []settings.Name{settings.NameContentToken, settings.NameTokenOf("uid-2")} {
		_, err := p.store.PutSetting(t.Context(), operatorKey, place, settings.ContentToken{Organization: "De Esdoorn", UID: place, ExpiresAt: end}, nil, nil)
		require.NoError(t, err)
	}
	_, err := p.store.PutSetting(t.Context(), operatorKey, settings.NamePush(people.PushMDM), settings.PushCertificate{Topic: "com.apple.mgmt.External.x", NotAfter: end}, nil, nil)
	require.NoError(t, err)
	for at := now; at.Before(end.Add(48 * time.Hour)); at = at.Add(12 * time.Hour) {
		for range 2 {
			require.NoError(t, p.settings.noteSteps(t.Context(), at))
		}
	}
	warned := func(setting string) (words []string) {
		log, err := p.store.ListAudit(t.Context(), people.AuditFilter{TargetID: setting}, people.Cursor{}, 100)
		require.NoError(t, err)
		for _, e := range log.Items {
			if e.Action == "setting.warning" {
				words = append(words, e.Became)
			}
		}
		return words
	}
	for _, place := range []string{settings.NameContentToken, settings.NameTokenOf("uid-2")} {
		require.Len(t, warned(place), 6, "60, 30, 14, 7 and 1 days, and the end")
		require.Contains(t, warned(place)[0], "expired on")
		require.Contains(t, warned(place)[5], "in 60 days")
	}
	require.Len(t, warned(settings.NamePush(people.PushMDM)), 5, "30, 14, 7 and 1 days, and the end")
}
