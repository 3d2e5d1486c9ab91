package settings

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"P30D":         30 * day,
		"PT48H":        48 * time.Hour,
		"PT5S":         5 * time.Second,
		"P1W":          7 * day,
		"P1DT2H3M4S":   day + 2*time.Hour + 3*time.Minute + 4*time.Second,
		"P0D":          0,
		"PT999999999S": 999999999 * time.Second,
	} {
		got, err := ParseDuration(text)
		require.NoError(t, err, text)
		require.Equal(t, Duration(want), got, text)
		again, err := ParseDuration(got.String())
		require.NoError(t, err, got.String())
		require.Equal(t, got, again)
	}
	for _, text := range []string{"", "P", "PT", "P1DT", "P1M", "P1Y", "P-1D", "1D", "p1d", "P1D ", "P1.5D", "PT1H2", "P9999999D", "P1S", "P٣D"} {
		_, err := ParseDuration(text)
		require.ErrorContains(t, err, "P30D", "%q", text)
	}
}

func TestDurationText(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "PT0S", 48 * time.Hour: "P2D", 90 * time.Minute: "PT1H30M", day + time.Second: "P1DT1S",
	} {
		require.Equal(t, want, Duration(d).String())
	}
}

func TestDurationInJSON(t *testing.T) {
	var doc struct {
		After Duration `json:"after"`
	}
	require.NoError(t, json.Unmarshal([]byte(`{"after":"PT48H"}`), &doc))
	text, err := json.Marshal(doc)
	require.NoError(t, err)
	require.JSONEq(t, `{"after":"P2D"}`, string(text))
	for _, bad := range []string{`{"after":5}`, `{"after":"soon"}`} {
		require.Error(t, json.Unmarshal([]byte(bad), &doc))
	}
}
