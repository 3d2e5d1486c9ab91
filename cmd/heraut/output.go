package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/term"
)

// table prints aligned columns under a heading.
type table struct{ w *tabwriter.Writer }

func newTable(out io.Writer, heading ...string) *table {
	t := &table{w: tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)}
	t.line(heading)
	return t
}

func (t *table) row(cells ...any) {
	texts := make([]string, len(cells))
	for i, cell := range cells {
		texts[i] = clean(fmt.Sprint(cell))
	}
	t.line(texts)
}

func (t *table) line(cells []string) {
	_, _ = fmt.Fprintln(t.w, strings.Join(cells, "\t")) // flush tells of faults
}

func (t *table) flush() error { return t.w.Flush() }

// clean keeps names and providers' words from moving the cursor or breaking
// the columns.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || (r >= 0x80 && r < 0xa0) {
			return ' '
		}
		return r
	}, text)
}

// printJSON prints a value for scripts.
func printJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// printRaw prints what the API answered, as it came.
func printRaw(out io.Writer, body []byte) error {
	_, err := fmt.Fprintf(out, "%s\n", bytes.TrimRight(body, "\n"))
	return err
}

// when shows an instant in the local time zone; empty for none.
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// terminal tells whether a stream is a person's screen or keyboard.
func terminal(stream any) bool {
	file, ok := stream.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(file.Fd()))
}
