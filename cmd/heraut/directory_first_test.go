package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// directoryAPI plays the API of one directory.
type directoryAPI struct {
	paused bool
	past   []string // states of earlier runs
	ends   string   // the state in which the next run ends
	bound  map[string]any
}

const schoolID = "01a22cea-4ac3-7854-9643-45e78a53f68e"

func (s *directoryAPI) directory() map[string]any {
	return map[string]any{"id": schoolID, "name": "School", "paused": s.paused, "sync_every": 3600}
}

func (s *directoryAPI) run(state string) map[string]any {
	return map[string]any{"id": schoolID, "directory_id": schoolID, "state": state, "mode": "full"}
}

func (s *directoryAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, body := http.StatusOK, any(s.directory())
	switch path := strings.TrimPrefix(r.URL.Path, "/v1/directories"); {
	case r.Method == http.MethodPost && path == "":
		status = http.StatusCreated
		_ = json.NewDecoder(r.Body).Decode(&s.bound) // what is missing is seen by the test
	case path == "":
		body = map[string]any{"items": []any{s.directory()}}
	case strings.HasSuffix(path, "/sync"):
		status, body = http.StatusAccepted, s.run(s.ends)
	case strings.HasSuffix(path, "/confirm"):
		status, body = http.StatusAccepted, s.run("succeeded")
	case strings.HasSuffix(path, "/runs"):
		runs := []any{}
		for _, state := range s.past {
			runs = append(runs, s.run(state))
		}
		body = map[string]any{"items": runs}
	case r.Method == http.MethodPatch:
		var change struct {
			Paused bool `json:"paused"`
		}
		_ = json.NewDecoder(r.Body).Decode(&change) // as above
		s.paused = change.Paused
		body = s.directory()
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client's end tells
}

func TestNobodyIsTakenOverBeforeSomebodyHasLooked(t *testing.T) {
	password := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(password, []byte("secret\n"), 0o600))
	s := &directoryAPI{}
	flags := append(answering(t, s.ServeHTTP), "--host", "ldap.school.example", "--bind-dn", "cn=heraut", "--base-dn", "dc=school", "--password-file", password)
	out := done(t, append([]string{"directory", "add", "School"}, flags...)...)
	assert.Equal(t, true, s.bound["paused"])
	assert.Contains(t, out, "heraut directory preview School\n  heraut directory sync School")
	done(t, append([]string{"directory", "add", "School", "--read"}, flags...)...)
	assert.Equal(t, false, s.bound["paused"])
}

func TestFirstRunThatSucceedsTurnsReadingOn(t *testing.T) {
	for name, c := range map[string]struct {
		school directoryAPI
		line   string
		code   int
		paused bool
	}{
		"the first":            {directoryAPI{paused: true, past: []string{"failed"}, ends: "succeeded"}, "sync School", exitDone, false},
		"one that failed":      {directoryAPI{paused: true, ends: "failed"}, "sync School", exitFailed, true},
		"one that is held":     {directoryAPI{paused: true, ends: "held"}, "sync School", exitFailed, true},
		"after a word":         {directoryAPI{paused: true, past: []string{"held"}}, "confirm School " + schoolID, exitDone, false},
		"paused by somebody":   {directoryAPI{paused: true, past: []string{"failed", "succeeded"}, ends: "succeeded"}, "sync School", exitDone, true},
		"one that is read now": {directoryAPI{ends: "succeeded"}, "sync School", exitDone, false},
	} {
		t.Run(name, func(t *testing.T) {
			was := c.school.paused
			r := cli(t, append([]string{"directory"}, append(strings.Fields(c.line), answering(t, c.school.ServeHTTP)...)...)...)
			assert.Equal(t, c.code, r.code, r.errs)
			assert.Equal(t, c.paused, c.school.paused)
			assert.Equal(t, was && !c.paused, strings.Contains(r.out, "From now on it is read every 60 minutes."))
		})
	}
}
