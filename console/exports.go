package console

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"heraut/tasks"
)

// exported is one task as it is taken along: exact times, and the state as the
// API names it beside the words.
type exported struct {
	Kind       string     `json:"kind"`
	ID         string     `json:"id"`
	UserID     string     `json:"user_id"`
	FullName   string     `json:"full_name"`
	Device     string     `json:"device"`
	Asset      string     `json:"asset"`
	Channel    string     `json:"channel"`
	State      string     `json:"state"`
	Words      string     `json:"state_in_words"`
	WaitingFor string     `json:"waiting_for"`
	Attempts   int        `json:"attempts"`
	LastAnswer string     `json:"last_answer"`
	NextAction *time.Time `json:"next_action_at"`
	CreatedAt  *time.Time `json:"created_at"`
	SentAt     *time.Time `json:"sent_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	SettledAt  *time.Time `json:"settled_at"`
	Marked     bool       `json:"new_link_asked"`
}

// exportColumns are the names of a table's columns, in the order of cells.
var exportColumns = []string{
	"kind", "id", "user_id", "full_name", "device", "asset", "channel", "state", "state_in_words", "waiting_for", "attempts", "last_answer",
	"next_action_at", "created_at", "sent_at", "expires_at", "settled_at", "new_link_asked",
}

func (e exported) cells() []string {
	cells := []string{
		e.Kind, e.ID, e.UserID, e.FullName, e.Device, e.Asset, e.Channel, e.State, e.Words, e.WaitingFor, strconv.Itoa(e.Attempts), e.LastAnswer,
		exact(e.NextAction), exact(e.CreatedAt), exact(e.SentAt), exact(e.ExpiresAt), exact(e.SettledAt), strconv.FormatBool(e.Marked),
	}
	for i, cell := range cells {
		cells[i] = harmless(cell)
	}
	return cells
}

func exact(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339)
}

// harmless keeps spreadsheets from taking a text for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// export is a task as it is taken along.
func (v *visit) export(t tasks.Task) exported {
	row := v.taskRow(t)
	if l := t.License; l != nil {
		return exported{
			Kind: "content", ID: l.ID, UserID: l.UserID, FullName: l.FullName, Asset: row.Thing, State: string(l.State), Words: row.Where.Brief(),
			WaitingFor: l.WaitingFor, LastAnswer: v.answer(l.LastAnswer), CreatedAt: momentOrNull(l.CreatedAt), SettledAt: momentOrNull(l.SettledAt),
		}
	}
	i := t.Invitation
	return exported{
		Kind: "invitation", ID: i.ID, UserID: i.User.ID, FullName: i.User.FullName, Device: row.Thing, Channel: string(i.Channel), State: string(i.State),
		Words: row.Where.Brief(), WaitingFor: string(i.WaitingFor), Attempts: i.Attempts, LastAnswer: v.answer(i.LastAnswer), NextAction: momentOrNull(i.NextActionAt),
		CreatedAt: momentOrNull(i.CreatedAt), SentAt: momentOrNull(i.SentAt), ExpiresAt: momentOrNull(i.ExpiresAt), SettledAt: momentOrNull(i.SettledAt), Marked: i.Marked,
	}
}

func momentOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// byteOrderMark tells spreadsheets that a text is UTF-8.
const byteOrderMark = "\ufeff"

// exportCSV takes a list along as a table for spreadsheets.
func (v *visit) exportCSV() error {
	return v.exportTasks("csv", "text/csv; charset=utf-8", func(w io.Writer) (func([]tasks.Task) error, error) {
		if _, err := io.WriteString(w, byteOrderMark); err != nil {
			return nil, err
		}
		table := csv.NewWriter(w)
		table.UseCRLF = true
		if err := table.Write(exportColumns); err != nil {
			return nil, err
		}
		return func(part []tasks.Task) error {
			for _, t := range part {
				if err := table.Write(v.export(t).cells()); err != nil {
					return err
				}
			}
			table.Flush()
			return table.Error()
		}, nil
	})
}

// exportNDJSON takes a list along as one JSON object a line.
func (v *visit) exportNDJSON() error {
	return v.exportTasks("ndjson", "application/x-ndjson", func(w io.Writer) (func([]tasks.Task) error, error) {
		lines := json.NewEncoder(w)
		return func(part []tasks.Task) error {
			for _, t := range part {
				if err := lines.Encode(v.export(t)); err != nil {
					return err
				}
			}
			return nil
		}, nil
	})
}

// exportTasks writes a list part by part. What fails half-way cuts the
// connection, so that nobody takes half a list for the whole.
func (v *visit) exportTasks(form, mediaType string, begin func(io.Writer) (func([]tasks.Task) error, error)) error {
	section := "active"
	if v.query("list") == "completed" {
		section = "completed"
	}
	q, err := v.taskQuery(section, v.c.Request().URL.Query())
	if err != nil {
		return err
	}
	if err := v.Store.TasksExported(v.ctx(), v.actor(), section, form, q.Filter); err != nil {
		return err
	}
	w := v.c.Response()
	w.Header().Set(echo.HeaderContentType, mediaType)
	name := fmt.Sprintf("heraut-tasks-%s-%s.%s", section, v.clock.Now.UTC().Format("2006-01-02"), form)
	w.Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	write, err := begin(w)
	if err == nil {
		err = v.listOf(section).Each(v.ctx(), q.Filter, write)
	}
	if err != nil && w.Committed {
		v.Log.ErrorContext(v.ctx(), "an export was cut off", "error", err)
		panic(http.ErrAbortHandler)
	}
	return err
}
