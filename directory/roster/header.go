package roster

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

var byteOrderMark = []byte("\xef\xbb\xbf")

// openTable reads the header of a file. It returns nil, with the problem
// reported, when the file can not be read by it.
func openTable(file string, in io.Reader, s schema, log *log) *table {
	t := &table{file: file, log: log, lines: newLines(in)}
	first, ok := t.lines.next()
	switch {
	case t.lines.err != nil:
		log.problem(file, 0, 0, "The file can not be read: "+t.lines.err.Error())
		return nil
	case !ok:
		log.problem(file, 0, 0, "The file is empty; its first line names the columns.")
		return nil
	case first.tooLong:
		log.problem(file, 1, 1, fmt.Sprintf("The first line is longer than %d KB; it names the columns.", MaxLine>>10))
		return nil
	}
	text := bytes.TrimPrefix(first.text, byteOrderMark)
	if message := foreign(text, s); message != "" {
		log.problem(file, 1, 1, message)
		return nil
	}
	if t.split.split(text) != whole {
		log.problem(file, 1, column(text, t.split.at), t.split.message)
		return nil
	}
	if !t.setColumns(s, t.row(1)) {
		return nil
	}
	return t
}

// foreign recognizes the files that spreadsheets write when they are not asked
// for comma-separated UTF-8.
func foreign(header []byte, s schema) string {
	switch {
	case bytes.HasPrefix(header, []byte("\xff\xfe")), bytes.HasPrefix(header, []byte("\xfe\xff")), bytes.Count(header, []byte{0}) > len(header)/3:
		return "The file is UTF-16. Save it as \"CSV UTF-8\"."
	case bytes.HasPrefix(header, []byte("PK\x03\x04")):
		return "The file is a spreadsheet or a zip file. Save it as \"CSV UTF-8\"."
	case bytes.IndexByte(header, '\r') >= 0:
		return "The lines end in a carriage return alone, as on old Macs. Save the file with Unix or Windows line ends."
	}
	if separator := otherSeparator(string(header), s); separator != "" {
		return "The columns are separated by " + separator + ". Save the file separated by commas."
	}
	return ""
}

// otherSeparator names what separates the columns when it is not a comma.
func otherSeparator(header string, s schema) string {
	for _, other := range []struct{ mark, name string }{{";", "semicolons"}, {"\t", "tabs"}, {"|", "vertical bars"}} {
		parts := strings.Split(header, other.mark)
		if len(parts) > 1 && s.known(columnName(parts[0])) {
			return other.name
		}
	}
	return ""
}

// columnName makes a name of a header's value.
func columnName(text string) string {
	return strings.ToLower(strings.Trim(strings.TrimSpace(text), `"`))
}

// setColumns takes the names of the header; false when rows can not be read
// by it.
func (t *table) setColumns(s schema, header row) bool {
	t.columns, t.width = map[string]int{}, 0
	usable := true
	for i, v := range header.values {
		line, col := header.at(i)
		name := columnName(v.text)
		if name == "" {
			continue
		}
		t.width = i + 1
		if !s.known(name) {
			t.log.warning(t.file, line, col, fmt.Sprintf("The column %q is not known; it is left aside.", short(name)))
			continue
		}
		if _, twice := t.columns[name]; twice {
			t.log.problem(t.file, line, col, fmt.Sprintf("The column %q stands twice.", name))
			usable = false
			continue
		}
		t.columns[name] = i
	}
	for _, name := range s.missing(t.columns) {
		t.log.problem(t.file, 1, 1, fmt.Sprintf("The column %q is missing.", name))
		usable = false
	}
	t.numbered = s.positions(t.columns)
	return usable
}

// short bounds a text that is quoted in a message.
func short(text string) string {
	const limit = 40
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	return string(runes[:limit]) + "..."
}
