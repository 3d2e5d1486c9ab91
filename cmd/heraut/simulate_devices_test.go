package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// simulateFails runs `heraut simulate`, which ends by itself, and returns its
// exit code and what it said.
func simulateFails(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	var errs bytes.Buffer
	at := []string{"simulate", "--apns-listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0", "--inbox-listen", "127.0.0.1:0", "--appsbooks-listen", "127.0.0.1:0"}
	code = run(t.Context(), append(at, args...), strings.NewReader(""), io.Discard, &errs)
	return code, errs.String()
}

func TestSimulateRefusesDevicesThatMakeNoSense(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "script")
	require.NoError(t, os.WriteFile(script, []byte(`{"devices":[{"platform":"newton"}]}`), 0o600))
	for name, args := range map[string][]string{
		"fewer than none": {"--devices", "-1"},
		"no profile":      {"--devices", "1"},
		"no script":       {"--devices-script", filepath.Join(dir, "none")},
		"bad script":      {"--devices-script", script},
	} {
		t.Run(name, func(t *testing.T) {
			code, said := simulateFails(t, append(args, "--out", filepath.Join(dir, "out"))...)
			require.Equal(t, exitUsage, code, said)
			require.NoDirExists(t, filepath.Join(dir, "out"))
		})
	}
}

func TestSimulateSaysWhyADeviceCanNotEnroll(t *testing.T) {
	asked := make(chan string, 9)
	mdm := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.Path
		w.WriteHeader(http.StatusGone)
	}))
	defer mdm.Close()
	out := t.TempDir()
	code, said := simulateFails(t, "--out", out, "--devices", "2", "--devices-profile", mdm.URL+"/enroll/abc")
	require.NotEqual(t, exitDone, code)
	require.Contains(t, said, "SIM0000001")
	require.Contains(t, said, "410")
	require.Equal(t, "/enroll/abc", <-asked)

	require.NoError(t, os.WriteFile(filepath.Join(out, devicesStateFile), []byte("{"), 0o600))
	code, said = simulateFails(t, "--out", out)
	require.NotEqual(t, exitDone, code)
	require.Contains(t, said, "reading the devices")
}
