package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/config"
	"heraut/simulator/school"
)

// TestReadmeHasTheLinesOfTheDemo holds the first screen to what the demo says:
// whoever copies from either gets the same.
func TestReadmeHasTheLinesOfTheDemo(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	require.NoError(t, err)
	var greeting strings.Builder
	d := &demo{school: school.New(), state: demoStateFile{Addresses: defaultAddresses()}, simulators: &simulators{log: slog.Default()}}
	require.NoError(t, d.greet(&greeting, demoPlaces{api: "http://127.0.0.1:8080", adminKey: filepath.Join(config.DemoData, config.KeyFile)}))
	_, lines, found := strings.Cut(greeting.String(), "or by REST:\n\n")
	require.True(t, found)
	lines = strings.ReplaceAll("\n"+lines, "\n  ", "\n")
	require.Contains(t, string(readme), strings.TrimSpace(lines))
}
