package api_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

// part is one part of a multipart body; with a filename it is a file.
type part struct{ name, filename, content string }

// upload posts parts; each call draws another boundary.
func (h *house) upload(parts []part, headers ...header) *reply {
	h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, p := range parts {
		if p.filename == "" {
			require.NoError(h.t, w.WriteField(p.name, p.content))
			continue
		}
		into, err := w.CreateFormFile(p.name, p.filename)
		require.NoError(h.t, err)
		_, err = into.Write([]byte(p.content))
		require.NoError(h.t, err)
	}
	require.NoError(h.t, w.Close())
	return h.post("/v1/imports", &body, append([]header{{"Content-Type", w.FormDataContentType()}}, headers...)...)
}

func spooled(t *testing.T, folder string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	files := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		require.NoError(t, err)
		files[e.Name()] = string(data)
	}
	return files
}

func TestImportOfFiles(t *testing.T) {
	h := newHouse(t)
	begun := h.upload([]part{
		{"students.csv", "anything.csv", "person_id\n1\n"}, {"roster", "devices.csv", "serial_number\n"}, {"dry_run", "", "true"},
	})
	job := begun.ok(http.StatusAccepted)
	require.Equal(t, "running", job["state"])
	require.Equal(t, true, job["dry_run"])
	require.Equal(t, map[string]string{"students.csv": "person_id\n1\n", "devices.csv": "serial_number\n"}, spooled(t, h.importer.folders[0]))
	require.Equal(t, people.RosterOptions{DryRun: true}, h.importer.options[0])
	require.Equal(t, job["id"], h.get(begun.header.Get("Location")).ok(200)["id"])
	h.get("/v1/imports/"+unknownID).refused(404, "not_found")
}

func TestImportTellsHowItGoes(t *testing.T) {
	h := newHouse(t)
	begun := h.upload([]part{{"roster", "roster.zip", "PK"}})
	id := text(begun.ok(http.StatusAccepted), "id")
	require.Contains(t, spooled(t, h.importer.folders[0]), "roster")
	ctx := t.Context()
	require.NoError(t, h.store.ImportProgress(ctx, id, 10, 40))
	require.NoError(t, h.store.AddImportProblems(ctx, id, []people.ImportProblem{
		{Severity: "error", File: "students.csv", Line: 3, Column: 7, Message: "The name is missing."},
		{Severity: "warning", File: "staff.csv", Message: "The file is not there."},
	}))
	got := h.get("/v1/imports/" + id).ok(200)
	require.Equal(t, object{"done": 10.0, "total": 40.0}, got["progress"])
	require.Equal(t, 1, count(got, "error_count"), "warnings do not count")
	require.Len(t, got["errors"], 2)
	require.Equal(t, object{"file": "students.csv", "line": 3.0, "column": 7.0, "message": "The name is missing.", "severity": "error"}, list(got, "errors")[0])

	require.NoError(t, h.store.FinishImport(ctx, id, &people.RosterReport{Users: people.RosterCounts{Created: 38}, Removed: 1}, ""))
	got = h.get("/v1/imports/" + id).ok(200)
	require.Equal(t, "done", got["state"])
	require.NotNil(t, got["finished_at"])
	require.Equal(t, 38, count(inner(inner(got, "counts"), "users"), "created"))
}

func TestFailedImportSaysWhy(t *testing.T) {
	h := newHouse(t)
	id := text(h.upload([]part{{"roster", "r.zip", "x"}}).ok(http.StatusAccepted), "id")
	require.NoError(t, h.store.FinishImport(t.Context(), id, nil, "It is no zip."))
	got := h.get("/v1/imports/" + id).ok(200)
	require.Equal(t, "failed", got["state"])
	require.Equal(t, "It is no zip.", got["detail"])
}

func TestImportRefusals(t *testing.T) {
	h := newHouse(t)
	file := part{"students.csv", "students.csv", "person_id\n"}
	for name, c := range map[string]struct {
		parts    []part
		pointers []string
	}{
		"nothing":       {nil, []string{"/roster"}},
		"switches only": {[]part{{"dry_run", "", "true"}}, []string{"/roster"}},
		"unknown part":  {[]part{file, {"pupils.csv", "pupils.csv", "x"}}, []string{"/pupils.csv"}},
		"a path":        {[]part{file, {"../students.csv", "x", "x"}}, []string{"/..~1students.csv"}},
		"twice":         {[]part{file, file}, []string{"/students.csv"}},
		"no switch":     {[]part{file, {"dry_run", "", "maybe"}}, []string{"/dry_run"}},
		"long switch":   {[]part{file, {"force", "", strings.Repeat("t", 100_000)}}, []string{"/force"}},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			h.upload(c.parts).refused(422, "invalid_request", c.pointers...)
		})
	}
	h.t = t
	cut := "--x\r\nContent-Disposition: form-data; name=\"students.csv\"; filename=\"s\"\r\n\r\nperson_id"
	h.post("/v1/imports", cut, header{"Content-Type", "multipart/form-data; boundary=x"}).refused(400, "malformed")
	h.upload([]part{file, {"remove_missing", "", "true"}}, as(h.operator)).refused(403, "forbidden")
	h.upload([]part{file, {"remove_missing", "", "true"}, {"force", "", "1"}}).ok(http.StatusAccepted)
	require.Equal(t, []people.RosterOptions{{RemoveMissing: true, Force: true}}, h.importer.options)
	left, err := os.ReadDir(h.spool)
	require.NoError(t, err)
	require.Len(t, left, 1, "what was refused leaves nothing behind")
}

func TestRepeatedImport(t *testing.T) {
	h := newHouse(t)
	parts := []part{{"students.csv", "s", "a"}, {"dry_run", "", "true"}}
	first := h.upload(parts, idem("i")).ok(http.StatusAccepted)
	again := h.upload([]part{parts[1], parts[0]}, idem("i")).ok(http.StatusAccepted)
	require.Equal(t, first, again)
	require.Len(t, h.importer.folders, 1)
	h.upload([]part{{"students.csv", "s", "b"}, parts[1]}, idem("i")).refused(422, "idempotency_key_reused")
	left, err := os.ReadDir(h.spool)
	require.NoError(t, err)
	require.Len(t, left, 1)
}
