package console_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func (h *house) table(path string) (header http.Header, rows [][]string) {
	h.t.Helper()
	got := h.get(path)
	require.Equal(h.t, http.StatusOK, got.status, got.text)
	text, marked := strings.CutPrefix(got.text, "\ufeff")
	require.True(h.t, marked, "spreadsheets must see that it is UTF-8")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(h.t, err)
	return got.header, rows
}

func TestTasksAreTakenAlong(t *testing.T) {
	h := newHouse(t)
	i := h.invited("Zoë \"Z\", Ünal", "iPad")
	h.delivered(i, later)
	h.licensed("Bram")
	header, rows := h.table("/exports/tasks.csv")
	require.Equal(t, "text/csv; charset=utf-8", header.Get("Content-Type"))
	require.Regexp(t, `^attachment; filename="heraut-tasks-active-\d{4}-\d\d-\d\d\.csv"$`, header.Get("Content-Disposition"))
	require.Len(t, rows, 3)
	row := map[string]string{}
	for n, name := range rows[0] {
		row[name] = rows[2][n]
	}
	now := h.again(i.ID)
	require.Equal(t, i.User.FullName, row["full_name"])
	require.Equal(t, now.CreatedAt.UTC().Format(time.RFC3339), row["created_at"], "exact, not some days ago")
	require.Equal(t, now.NextActionAt.UTC().Format(time.RFC3339), row["next_action_at"])
	require.Equal(t, []string{"invitation", "iPad", "mail", "queued", "retry", "1", "451 try again <b>", "", "false"}, []string{
		row["kind"], row["device"], row["channel"], row["state"], row["waiting_for"], row["attempts"], row["last_answer"], row["settled_at"], row["new_link_asked"],
	})
	require.Contains(t, row["state_in_words"], "Waits for another attempt · attempt 2")
	require.NotContains(t, row["state_in_words"], "451", "the answer has a column of its own")
	require.Equal(t, "content", rows[1][0])
	require.Contains(t, strings.Join(rows[1], "|"), "|Bram||Pages||waiting|")

	lines := strings.Split(strings.TrimSpace(h.get("/exports/tasks.ndjson?state=queued").text), "\n")
	require.Len(t, lines, 1, "the same filter")
	var doc map[string]any
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &doc))
	require.Equal(t, i.User.FullName, doc["full_name"])
	require.Nil(t, doc["settled_at"])

	h.cancelled(i)
	_, rows = h.table("/exports/tasks.csv?list=completed&q=unal")
	require.Len(t, rows, 2)
	page, err := h.store.ListAudit(t.Context(), people.AuditFilter{Action: "tasks.export"}, people.Cursor{}, 10)
	require.NoError(t, err)
	require.Len(t, page.Items, 3, "who takes what along is noted")
	require.Equal(t, "Ada Lovelace", page.Items[0].Actor.Name)
	require.Equal(t, "completed", page.Items[0].TargetID)
	require.NotContains(t, page.Items[0].Became, "unal")
}

func TestNoFormulaIsTakenAlong(t *testing.T) {
	h := newHouse(t)
	for _, name := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "'quoted", "|x", "plain"} {
		h.invited(name, name)
	}
	_, rows := h.table("/exports/tasks.csv?sort=oldest")
	var names, devices []string
	for _, row := range rows[1:] {
		names, devices = append(names, row[3]), append(devices, row[4])
	}
	want := []string{"'=1+1", "'+1", "'-1", "'@SUM(A1)", "'quoted", "|x", "plain"}
	require.Equal(t, want, names)
	require.Equal(t, want, devices)
	require.Contains(t, h.get("/exports/tasks.ndjson").text, `"full_name":"=1+1"`, "what no spreadsheet reads stays as it is")
}

func TestManyTasksAreTakenAlong(t *testing.T) {
	h := newHouse(t)
	g := h.fleet(620)
	for path, want := range map[string]int{"/exports/tasks.csv": 621, "/exports/tasks.csv?group_id=" + g.ID: 621, "/exports/tasks.csv?q=pupil+0619": 2, "/exports/tasks.csv?list=completed": 1} {
		_, rows := h.table(path)
		require.Len(t, rows, want, path)
	}
	require.Equal(t, http.StatusUnprocessableEntity, h.get("/exports/tasks.csv?state=lost").status)
}

func TestBrokenExport(t *testing.T) {
	h := newHouse(t)
	require.NoError(t, h.store.Close())
	got := h.get("/exports/tasks.csv")
	require.Equal(t, http.StatusInternalServerError, got.status, "a page says so, no half a table")
	require.NotContains(t, got.header.Get("Content-Type"), "csv")
	require.Empty(t, got.header.Get("Content-Disposition"))
}
