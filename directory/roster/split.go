package roster

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// value is one value of a record, and where it begins in the record's text.
type value struct {
	text string
	at   int
}

// verdict tells whether a text is a record.
type verdict int

const (
	whole verdict = iota
	// open: the text ends inside quotes or after a backslash; the record may
	// go on with the next line.
	open
	broken
)

// splitter splits records into values. Values may stand in straight quotes; in
// and out of quotes a backslash makes a quotation mark, a line break or a
// backslash stand for itself, and in quotes two quotation marks are one.
// The zero value is ready; its values hold until the next split.
type splitter struct {
	values []value
	text   string
	pos    int
	// at and message say where and why a text is open or broken.
	at      int
	message string
}

const (
	notClosed   = "This quotation mark is not closed on its line. A line break inside a value needs a backslash before it."
	strayQuote  = "A quotation mark inside a value needs a backslash before it."
	afterQuote  = "Only a comma may follow the closing quotation mark."
	notUTF8     = "This is not valid UTF-8. Save the file as \"CSV UTF-8\"."
	holdsNUL    = "The line holds a NUL character."
	danglingEsc = "The line ends in a backslash."
)

func (s *splitter) split(text []byte) verdict {
	s.values, s.pos, s.at, s.text = s.values[:0], 0, 0, string(text)
	if !utf8.Valid(text) {
		return s.stop(broken, invalidAt(text), notUTF8)
	}
	if at := bytes.IndexByte(text, 0); at >= 0 {
		return s.stop(broken, at, holdsNUL)
	}
	if bytes.IndexByte(text, '"') < 0 && bytes.IndexByte(text, '\\') < 0 {
		s.splitPlain()
		return whole
	}
	for {
		if v := s.value(); v != whole {
			return v
		}
		if s.pos >= len(s.text) {
			return whole
		}
		s.pos++ // the comma
	}
}

func (s *splitter) stop(v verdict, at int, message string) verdict {
	s.at, s.message = at, message
	return v
}

// splitPlain is for records without quotes and backslashes: nearly all.
func (s *splitter) splitPlain() {
	at := 0
	for part := range strings.SplitSeq(s.text, ",") {
		s.values = append(s.values, value{text: part, at: at})
		at += len(part) + 1
	}
}

// value reads one value and leaves pos at the comma or the end.
func (s *splitter) value() verdict {
	start := s.pos
	for s.pos < len(s.text) && s.text[s.pos] == ' ' {
		s.pos++
	}
	if s.pos < len(s.text) && s.text[s.pos] == '"' {
		return s.quoted(s.pos)
	}
	s.pos = start
	return s.bare(start)
}

func (s *splitter) bare(start int) verdict {
	var b strings.Builder
	for s.pos < len(s.text) && s.text[s.pos] != ',' {
		switch c := s.text[s.pos]; c {
		case '"':
			return s.stop(broken, s.pos, strayQuote)
		case '\\':
			if !s.escape(&b) {
				return s.stop(open, s.pos, danglingEsc)
			}
		default:
			b.WriteByte(c)
			s.pos++
		}
	}
	s.values = append(s.values, value{text: b.String(), at: start})
	return whole
}

func (s *splitter) quoted(start int) verdict {
	var b strings.Builder
	s.pos++
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == '\\':
			if !s.escape(&b) {
				return s.stop(open, start, notClosed)
			}
		case c != '"':
			b.WriteByte(c)
			s.pos++
		case strings.HasPrefix(s.text[s.pos:], `""`):
			b.WriteByte('"')
			s.pos += 2
		default:
			s.pos++
			return s.closed(value{text: b.String(), at: start})
		}
	}
	return s.stop(open, start, notClosed)
}

// closed reads what follows a closing quotation mark.
func (s *splitter) closed(v value) verdict {
	for s.pos < len(s.text) && s.text[s.pos] == ' ' {
		s.pos++
	}
	if s.pos < len(s.text) && s.text[s.pos] != ',' {
		return s.stop(broken, s.pos, afterQuote)
	}
	s.values = append(s.values, v)
	return whole
}

// escape reads a backslash and what it stands before; false when the text ends
// with it. Before anything but the three it is meant for it is a backslash.
func (s *splitter) escape(b *strings.Builder) bool {
	if s.pos+1 == len(s.text) {
		return false
	}
	switch next := s.text[s.pos+1]; next {
	case '"', '\\', '\n':
		b.WriteByte(next)
		s.pos += 2
	case 'n', 'r':
		b.WriteByte('\n')
		s.pos += 2
	default:
		b.WriteByte('\\')
		s.pos++
	}
	return true
}

// invalidAt returns where text stops being UTF-8.
func invalidAt(text []byte) int {
	at := 0
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}
