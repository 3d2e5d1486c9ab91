package telemetry_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/internal/telemetry"
)

func TestFormats(t *testing.T) {
	tests := map[string]bool{telemetry.FormatText: false, telemetry.FormatJSON: true, telemetry.FormatAuto: true}
	for format, isJSON := range tests {
		var out bytes.Buffer
		log, err := telemetry.NewLogger(&out, "info", format)
		require.NoError(t, err)
		log.Info("started")
		assert.Equal(t, isJSON, json.Valid(out.Bytes()), "%s: %s", format, out.String())
	}
	_, err := telemetry.NewLogger(&bytes.Buffer{}, "info", "xml")
	require.ErrorContains(t, err, `log format "xml"`)
	_, err = telemetry.NewLogger(&bytes.Buffer{}, "loud", "text")
	require.ErrorContains(t, err, `log level "loud"`)
}

func TestLevels(t *testing.T) {
	var out bytes.Buffer
	log, err := telemetry.NewLogger(&out, "warn", "text")
	require.NoError(t, err)
	log.Info("quiet")
	log.Warn("loud")
	assert.NotContains(t, out.String(), "quiet")
	assert.Contains(t, out.String(), "loud")
}

func TestSecretsAndAddressesAreHidden(t *testing.T) {
	var out bytes.Buffer
	log, err := telemetry.NewLogger(&out, "debug", "json")
	require.NoError(t, err)
	for _, name := range []string{"password", "api_token", "Authorization", "to_address", "email", "push_magic", "client_secret", "cookie"} {
		log.Info("x", slog.String(name, "very-secret"), slog.Group("in", slog.String(name, "very-secret")))
		log.With(slog.String(name, "very-secret")).Info("x")
	}
	log.Info("x", slog.Group("token", slog.String("secret", "very-secret")))
	assert.NotContains(t, out.String(), "very-secret")
	log.Info("x", slog.String("temporal_address", "127.0.0.1:7233"), slog.String("user_id", "u-1"))
	assert.Contains(t, out.String(), "127.0.0.1:7233")
	assert.Contains(t, out.String(), "u-1")
}
