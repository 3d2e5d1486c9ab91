package telemetry

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func scraped(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	require.Equal(t, http.StatusOK, w.Code)
	return w.Body.String()
}

func TestExpiriesAreFigures(t *testing.T) {
	m := NewMetrics("test", slog.New(slog.DiscardHandler))
	var now Expiries
	var away error
	m.WatchExpiries(func(context.Context) (Expiries, error) { return now, away })
	require.NotContains(t, scraped(t, m), "expires_seconds", "nothing is installed")

	now = Expiries{
		ContentTokens:    map[string]time.Time{"uid-1": time.Now().Add(-time.Hour)},
		PushCertificates: map[people.PushKind]time.Time{people.PushMDM: time.Now().Add(time.Hour)},
	}
	text := scraped(t, m)
	for pattern, want := range map[string]float64{
		`(?m)^heraut_content_token_expires_seconds\{location="uid-1"\} (\S+)$`: -3600,
		`(?m)^heraut_push_certificate_expires_seconds\{kind="mdm"\} (\S+)$`:    3600,
	} {
		match := regexp.MustCompile(pattern).FindStringSubmatch(text)
		require.NotNil(t, match, pattern)
		got, err := strconv.ParseFloat(match[1], 64)
		require.NoError(t, err)
		require.InDelta(t, want, got, 60)
	}
	away = errors.New("the database is away")
	require.NotContains(t, scraped(t, m), "expires_seconds")
}
