package roster

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// table reads the rows of one file.
type table struct {
	file    string
	log     *log
	lines   *lines
	split   splitter
	columns map[string]int
	width   int
	// numbered are the positions of the schema's numbered column.
	numbered []int
}

// row is one record. Its values hold until the next row.
type row struct {
	table  *table
	number int // line
	text   string
	values []value
}

// A record of several lines has at most maxJoined of them and maxJoinedBytes:
// long enough for an address block, short enough that quotation marks that
// someone forgot to close cost little more than their own lines.
const (
	maxJoined      = 10
	maxJoinedBytes = 8 << 10
)

// next returns the next good row, reporting the bad ones on the way.
func (t *table) next() (row, bool) {
	for {
		l, ok := t.lines.next()
		if !ok || l.number > MaxLines || t.log.full(t.file) {
			t.ended(l)
			return row{}, false
		}
		if l.tooLong {
			t.log.problem(t.file, l.number, 1, fmt.Sprintf("This line is longer than %d KB.", MaxLine>>10))
			continue
		}
		if len(bytes.TrimSpace(l.text)) == 0 {
			continue
		}
		if r, ok := t.record(l); ok {
			return r, true
		}
	}
}

// ended says why reading stopped, if not at the end of the file.
func (t *table) ended(last line) {
	switch {
	case t.lines.err != nil:
		t.log.problem(t.file, t.lines.number+1, 1, "The file can not be read on: "+t.lines.err.Error())
	case last.number > MaxLines:
		t.log.problem(t.file, last.number, 1, fmt.Sprintf("The file has more than %d lines; the rest was not read.", MaxLines))
	}
}

// record makes a row of a line and, where a value goes on, of the lines after.
func (t *table) record(l line) (row, bool) {
	verdict := t.split.split(l.text)
	col, message := column(l.text, t.split.at), t.split.message
	switch {
	case verdict == open && t.join(l.text):
		return t.row(l.number), true
	case verdict != whole:
		t.log.problem(t.file, l.number, col, message)
		return row{}, false
	case !t.fits():
		t.log.problem(t.file, l.number, 1, t.misfit())
		return row{}, false
	}
	return t.row(l.number), true
}

// join looks whether an open record is whole with some of the next lines, and
// takes these only then: else each of them is a record of its own.
func (t *table) join(first []byte) bool {
	text := bytes.Clone(first)
	for n := range maxJoined - 1 {
		more, ok := t.lines.peek(n)
		if !ok || more.tooLong || len(text)+len(more.text) > maxJoinedBytes {
			return false
		}
		text = append(append(text, '\n'), more.text...)
		switch t.split.split(text) {
		case open:
			continue
		case whole:
			if t.fits() {
				t.lines.skip(n + 1)
				return true
			}
		}
		return false
	}
	return false
}

func (t *table) row(number int) row {
	return row{table: t, number: number, text: t.split.text, values: t.split.values}
}

// fits tells whether the record has a value for each column. Empty values
// beyond the last column, as spreadsheets write them, do no harm.
func (t *table) fits() bool {
	values := t.split.values
	if len(values) < t.width {
		return false
	}
	return !slices.ContainsFunc(values[t.width:], func(v value) bool { return strings.TrimSpace(v.text) != "" })
}

func (t *table) misfit() string {
	message := fmt.Sprintf("The line has %d values, the header has %d columns.", len(t.split.values), t.width)
	if len(t.split.values) > t.width {
		message += " A value with a comma in it stands in quotation marks."
	}
	return message
}

// get returns the value of a column without blanks around it, empty for a
// column that the file does not have.
func (r row) get(name string) string {
	i, ok := r.table.columns[name]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.values[i].text)
}

// each yields the position and value of the numbered columns that are filled.
func (r row) each() func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		for _, i := range r.table.numbered {
			if text := strings.TrimSpace(r.values[i].text); text != "" && !yield(i, text) {
				return
			}
		}
	}
}

// at returns the line and column where a value begins; -1 is the whole row.
func (r row) at(i int) (line, col int) {
	if i < 0 {
		return r.number, 1
	}
	before := r.text[:r.values[i].at]
	start := strings.LastIndexByte(before, '\n') + 1
	return r.number + strings.Count(before, "\n"), utf8.RuneCountInString(before[start:]) + 1
}

// problem reports a row for what stands in a column.
func (r row) problem(name, message string) {
	i, ok := r.table.columns[name]
	if !ok {
		i = -1
	}
	line, col := r.at(i)
	r.table.log.problem(r.table.file, line, col, name+": "+message)
}

// column turns an offset in bytes into a column in characters.
func column(text []byte, at int) int {
	return utf8.RuneCount(text[:at]) + 1
}
