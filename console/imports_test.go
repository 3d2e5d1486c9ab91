package console_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/directory/roster"
	"heraut/fault"
	"heraut/people"
	"heraut/simulator/school"
	"heraut/store"
)

// importer runs imports as the program's does, without its care for the end of
// a process.
type importer struct {
	t     *testing.T
	store *store.Store
	// hold keeps imports from beginning until it is closed; nil: it does not.
	hold chan struct{}
	work sync.WaitGroup
}

func (i *importer) StartImport(actor people.Actor, id, folder string, o people.RosterOptions) {
	i.work.Go(func() {
		if i.hold != nil {
			<-i.hold
		}
		report, failure := i.run(actor, id, folder, o)
		if err := i.store.FinishImport(context.Background(), id, report, failure); err != nil {
			i.t.Errorf("finishing an import: %v", err)
		}
		if err := os.RemoveAll(folder); err != nil {
			i.t.Error(err)
		}
	})
}

func (i *importer) run(actor people.Actor, id, folder string, o people.RosterOptions) (*people.RosterReport, string) {
	path := folder
	if zip := filepath.Join(folder, "roster"); fileExists(zip) {
		path = zip
	}
	files, err := roster.Open(path)
	if err != nil {
		return nil, sentenceOf(err)
	}
	defer files.Close()
	read, err := roster.Parse(context.Background(), files)
	if err != nil {
		return nil, sentenceOf(err)
	}
	var problems []people.ImportProblem
	for _, p := range read.Problems {
		problems = append(problems, people.ImportProblem{Severity: people.SeverityError, File: p.File, Line: p.Line, Column: p.Column, Message: p.Message})
	}
	if err := i.store.AddImportProblems(context.Background(), id, problems); err != nil {
		return nil, sentenceOf(err)
	}
	report, err := i.store.ApplyRoster(context.Background(), actor, read.Roster, o, func(int, int) {})
	if err != nil {
		return nil, sentenceOf(err)
	}
	return &report, ""
}

func fileExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func sentenceOf(err error) string {
	if f, ok := err.(*fault.Error); ok { //nolint:errorlint // a test's own
		return f.Message
	}
	return err.Error()
}

// importHouse is a house that can import; spool is where its files are.
func importHouse(t *testing.T, hold chan struct{}) (h *house, spool string) {
	t.Helper()
	i := &importer{t: t, hold: hold}
	spool = t.TempDir()
	h = newHouse(t, func(d *console.Dependencies) {
		i.store, _ = d.Store.(*store.Store)
		d.Importer, d.Spool = i, spool
	})
	t.Cleanup(i.work.Wait)
	return h, spool
}

// upload sends files by their names.
func (h *house) upload(files map[string]string) answer {
	h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, content := range files {
		part, err := form.CreateFormFile("files", name)
		require.NoError(h.t, err)
		_, err = io.WriteString(part, content)
		require.NoError(h.t, err)
	}
	require.NoError(h.t, form.Close())
	r, err := http.NewRequestWithContext(h.t.Context(), http.MethodPost, h.url+"/imports", &body)
	require.NoError(h.t, err)
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept-Language", h.lang)
	client := *h.client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	got, err := client.Do(r)
	require.NoError(h.t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(h.t, err)
	return answer{status: got.StatusCode, location: got.Header.Get("Location"), text: string(text)}
}

// schoolFiles are the files of a school with 300 people.
func schoolFiles(t *testing.T) map[string]string {
	t.Helper()
	folder, files := t.TempDir(), map[string]string{}
	made := school.New()
	require.NoError(t, made.WriteRoster(folder))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(folder, e.Name()))
		require.NoError(t, err)
		files[e.Name()] = string(content)
	}
	return files
}

// ended opens the page of an import once that has ended.
func (h *house) ended(path string) answer {
	h.t.Helper()
	var got answer
	require.Eventually(h.t, func() bool {
		got = h.get(path)
		return !strings.Contains(got.text, `id="progress"`)
	}, time.Minute, 5*time.Millisecond)
	return got
}

func TestRosterIsPreviewedAndThenImported(t *testing.T) {
	h, spool := importHouse(t, nil)
	require.Contains(t, h.get("/imports/new").text, `enctype="multipart/form-data"`)
	files := schoolFiles(t)
	files["staff.csv"] += "P9,9,,,,=not an address,,L1\n"
	sent := h.upload(files)
	require.Equal(t, http.StatusSeeOther, sent.status, sent.text)
	preview := h.ended(sent.location)
	require.Contains(t, preview.words(), "Nothing is saved yet.")
	require.Contains(t, preview.words(), "Users New 300 Changed 0 Unchanged 0 Missing 0")
	require.Contains(t, preview.words(), "staff.csv Line 26")
	counts, err := h.store.Counts(t.Context())
	require.NoError(t, err)
	require.Zero(t, counts.Users)

	formula := []people.ImportProblem{{Severity: people.SeverityWarning, File: "=1+1", Message: "@x"}}
	require.NoError(t, h.store.AddImportProblems(t.Context(), strings.TrimPrefix(sent.location, "/imports/"), formula))
	problems := h.get(sent.location + "/problems.csv")
	rows, err := csv.NewReader(strings.NewReader(problems.text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 4)
	require.Equal(t, []string{"staff.csv", "26"}, rows[1][:2])
	require.Equal(t, []string{"'=1+1", "0", "0", "Warning", "'@x"}, rows[3], "no formula for a spreadsheet")
	h.lang = "nl"
	dutch := h.get(sent.location + "/problems.csv")
	require.True(t, strings.HasPrefix(dutch.text, "\ufeffBestand,Regel,Kolom,Ernst,Wat er is\r\n"), "spreadsheets must see that it is UTF-8")
	require.Contains(t, dutch.text, ",Fout,")
	require.Contains(t, dutch.text, ",Let op,")
	h.lang = "en"

	applied := h.post(sent.location+"/apply", url.Values{})
	require.Equal(t, http.StatusSeeOther, applied.status)
	require.Contains(t, h.ended(applied.location).words(), "The roster was imported.")
	counts, err = h.store.Counts(t.Context())
	require.NoError(t, err)
	require.Equal(t, 300, counts.Users)

	again := h.post(sent.location+"/apply", url.Values{})
	require.Equal(t, http.StatusConflict, again.status, "the Back button, and Import again")
	require.NotContains(t, h.get(sent.location).text, "/apply")
	require.Eventually(t, func() bool {
		left, err := os.ReadDir(spool)
		return err == nil && len(left) == 0
	}, time.Minute, 5*time.Millisecond, "no file stays")
}

func TestProgressOfAnImportMoves(t *testing.T) {
	hold := make(chan struct{})
	h, _ := importHouse(t, hold)
	sent := h.upload(schoolFiles(t))
	id := strings.TrimPrefix(sent.location, "/imports/")
	require.NoError(t, h.store.ImportProgress(t.Context(), id, 30, 120))
	part := h.get(sent.location, "HX-Request", "true", "HX-Target", "progress")
	require.True(t, strings.HasPrefix(part.text, `<div id="progress"`), part.text)
	require.Contains(t, part.words(), "30 of 120 rows")
	require.Contains(t, part.text, `value="25"`)
	require.Contains(t, h.get(sent.location).words(), "Reload to see how far it is")
	close(hold)
	h.ended(sent.location)
	require.Equal(t, sent.location, h.get(sent.location, "HX-Request", "true").location, "the whole page is loaded")
}

func TestMissingUsersAreDeletedOnlyByChoice(t *testing.T) {
	h, _ := importHouse(t, nil)
	first := h.upload(schoolFiles(t))
	h.ended(first.location)
	h.ended(h.post(first.location+"/apply", url.Values{}).location)
	files := schoolFiles(t)
	header, _, _ := strings.Cut(files["students.csv"], "\n")
	files["students.csv"] = header + "\n"
	delete(files, "rosters.csv")
	second := h.upload(files)
	require.Contains(t, h.ended(second.location).words(), "Also delete the")
	h.become(people.Operator)
	require.Contains(t, h.get(second.location).words(), "are missing, and stay.")
	require.Equal(t, http.StatusForbidden, h.post(second.location+"/apply", url.Values{"remove_missing": {"on"}}).status)
	h.become(people.Admin)
	done := h.ended(h.post(second.location+"/apply", url.Values{"remove_missing": {"on"}}).location)
	require.Contains(t, done.words(), "users were deleted.")
}

func TestFilesThatAreNoRoster(t *testing.T) {
	h, spool := importHouse(t, nil)
	h.lang = "nl"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"nothing":     {nil, "Kies een zip van een rooster, of de bestanden zelf."},
		"another":     {map[string]string{"holiday.jpg": "x"}, "Een van de bestanden hoort niet bij een rooster."},
		"twice":       {map[string]string{"students.csv": "a\n", "STUDENTS.csv": "a\n"}, "Twee van de bestanden heten hetzelfde."},
		"out of here": {map[string]string{"../../passwd": "x"}, "Een van de bestanden hoort niet bij een rooster."},
	} {
		got := h.upload(c.files)
		require.Equal(t, http.StatusUnprocessableEntity, got.status, name)
		require.Contains(t, got.words(), c.want, name)
	}
	left, err := os.ReadDir(spool)
	require.NoError(t, err)
	require.Empty(t, left, "nothing of them is kept")
	broken := h.post("/imports", url.Values{"files": {"x"}})
	require.Equal(t, http.StatusBadRequest, broken.status)

	noZip := h.upload(map[string]string{"roster.zip": "no zip"})
	page := h.ended(noZip.location)
	require.Contains(t, page.text, `role="alert"`)
	require.NotContains(t, page.text, "/apply")
	long := h.upload(map[string]string{"students.csv": strings.Repeat("x", 4<<20)})
	require.Regexp(t, `role="alert"|state bad`, h.ended(long.location).text, "a line that never ends")
}

func TestImportsByRole(t *testing.T) {
	h, _ := importHouse(t, nil)
	h.become(people.Viewer)
	require.Equal(t, http.StatusForbidden, h.get("/imports/new").status)
	require.Equal(t, http.StatusForbidden, h.upload(map[string]string{"students.csv": ""}).status)
	h.become(people.Operator)
	require.Equal(t, http.StatusOK, h.get("/imports/new").status)
	require.Equal(t, http.StatusNotFound, h.get("/imports/none").status)
	require.Equal(t, http.StatusNotFound, h.get("/imports/none/problems.csv").status)
	require.Equal(t, http.StatusNotFound, h.post("/imports/none/apply", url.Values{}).status)
}
