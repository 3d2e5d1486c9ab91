package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/smtp"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	rosterfiles "heraut/directory/roster"
)

// simulated runs `heraut simulate` on free ports until the test ends, and
// returns what it printed.
func simulated(t *testing.T, args ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	var errs bytes.Buffer
	ended := make(chan int, 1)
	at := []string{"simulate", "--apns-listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0", "--inbox-listen", "127.0.0.1:0", "--appsbooks-listen", "127.0.0.1:0"}
	go func() { ended <- run(ctx, append(at, args...), strings.NewReader(""), writer, &errs) }()
	t.Cleanup(func() {
		stop()
		require.Equal(t, exitDone, <-ended, errs.String())
	})
	printed := make([]byte, 4096)
	n, err := reader.Read(printed)
	require.NoError(t, err)
	return string(printed[:n])
}

func smtpOf(printed string) string {
	return regexp.MustCompile(`SMTP +(\S+)`).FindStringSubmatch(printed)[1]
}

func TestSimulatePlaysPeople(t *testing.T) {
	out := t.TempDir()
	printed := simulated(t, "--out", out, "--people", "--pace", "1000", "--accept", "0", "--decline", "1")
	answered := make(chan string, 1)
	body := "Subject: x\r\n\r\n" + newAnswerPage(t, answered) + "/i/1\r\n"
	require.NoError(t, smtp.SendMail(smtpOf(printed), nil, "a@school.example", []string{"b@school.example"}, []byte(body)))
	require.Equal(t, "/i/1 decline", receive(t, answered))

	for _, name := range []string{
		apnsCAFile, apnsCAKeyFile, "push-certificate.pem", "push-certificate.key", "mdm-push-certificate.pem", "mdm-push-certificate.key",
	} {
		info, err := os.Stat(filepath.Join(out, name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	files, err := rosterfiles.Open(filepath.Join(out, demoRoster))
	require.NoError(t, err)
	require.NoError(t, files.Close())
}

func TestSimulateSellsAppsOnce(t *testing.T) {
	out := t.TempDir()
	for range 2 {
		t.Run("start", func(t *testing.T) { simulated(t, "--out", out, "--apps", "7=45", "--books", "8=3") })
	}
	state, err := os.ReadFile(filepath.Join(out, booksStateFile))
	require.NoError(t, err)
	var kept struct {
		Locations []struct {
			Assets []struct {
				AdamID string `json:"adamId"`
				Book   bool   `json:"book"`
				Total  int    `json:"total"`
			} `json:"assets"`
		} `json:"locations"`
	}
	require.NoError(t, json.Unmarshal(state, &kept))
	require.Len(t, kept.Locations, 1)
	require.Len(t, kept.Locations[0].Assets, 2)
	require.Equal(t, 45, kept.Locations[0].Assets[0].Total)
	require.True(t, kept.Locations[0].Assets[1].Book)

	var printed, complaint strings.Builder
	require.Equal(t, exitUsage, run(t.Context(), []string{"simulate", "--out", out, "--apps", "7=-1"}, strings.NewReader(""), &printed, &complaint))
	require.Contains(t, complaint.String(), "numbers and seats")
}

func TestSimulatePlaysAScript(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script.json")
	require.NoError(t, os.WriteFile(script, []byte(`{"rules":[{"phase":"rcpt","code":550,"text":"No such user"}]}`), 0o600))
	printed := simulated(t, "--out", t.TempDir(), "--smtp-script", script)
	err := smtp.SendMail(smtpOf(printed), nil, "a@school.example", []string{"b@school.example"}, nil)
	require.ErrorContains(t, err, "No such user")
}

func TestSimulateKeepsItsAuthority(t *testing.T) {
	out := t.TempDir()
	var before []byte
	for range 2 {
		t.Run("start", func(t *testing.T) {
			simulated(t, "--out", out)
			ca, err := os.ReadFile(filepath.Join(out, apnsCAFile))
			require.NoError(t, err)
			require.True(t, before == nil || bytes.Equal(before, ca))
			before = ca
		})
	}
}

func TestSimulateRefusesWhatMakesNoSense(t *testing.T) {
	dir := t.TempDir()
	script := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	for name, args := range map[string][]string{
		"open to all":    {"--smtp-listen", "0.0.0.0:2525"},
		"every address":  {"--inbox-listen", ":8025"},
		"no port":        {"--apns-listen", "127.0.0.1"},
		"shares":         {"--accept", "0.8", "--decline", "0.3"},
		"pace":           {"--pace", "0"},
		"no script":      {"--apns-script", filepath.Join(dir, "none")},
		"unknown field":  {"--smtp-script", script("1", `{"rules":[{"fase":"rcpt"}]}`)},
		"unknown phase":  {"--smtp-script", script("2", `{"rules":[{"phase":"lunch","code":450}]}`)},
		"no code":        {"--smtp-script", script("3", `{"rules":[{"phase":"rcpt"}]}`)},
		"unknown action": {"--smtp-script", script("4", `{"rules":[{"phase":"rcpt","action":"sulk"}]}`)},
		"pattern":        {"--smtp-script", script("5", `{"rules":[{"phase":"rcpt","code":450,"recipient":"["}]}`)},
		"bad Apple rule": {"--appsbooks-script", script("7", `{"rulez":[]}`)},
		"bad APNs rule":  {"--apns-script", script("6", `{"rules":[{}]}`)},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			var errs bytes.Buffer
			code := run(ctx, append([]string{"simulate", "--out", filepath.Join(dir, "out")}, args...), strings.NewReader(""), io.Discard, &errs)
			require.Equal(t, exitUsage, code, errs.String())
			require.NoDirExists(t, filepath.Join(dir, "out"))
		})
	}
}
