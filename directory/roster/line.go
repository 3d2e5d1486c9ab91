package roster

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// line is one line of a file, without its end.
type line struct {
	number  int
	text    []byte
	tooLong bool // text is then empty
}

// lines reads a file line by line in bounded memory, and can look ahead.
type lines struct {
	in     *bufio.Reader
	number int
	ahead  []line
	err    error
}

func newLines(r io.Reader) *lines {
	return &lines{in: bufio.NewReaderSize(r, MaxLine)}
}

// next returns the next line; false at the end, or when reading failed (err).
func (l *lines) next() (line, bool) {
	if len(l.ahead) > 0 {
		first := l.ahead[0]
		l.ahead = l.ahead[1:]
		return first, true
	}
	return l.read()
}

// peek returns the line that comes n lines after the next one.
func (l *lines) peek(n int) (line, bool) {
	for len(l.ahead) <= n {
		more, ok := l.read()
		if !ok {
			return line{}, false
		}
		// The reader's buffer is used again by the next read.
		more.text = bytes.Clone(more.text)
		l.ahead = append(l.ahead, more)
	}
	return l.ahead[n], true
}

// skip drops n lines that were looked at.
func (l *lines) skip(n int) { l.ahead = l.ahead[n:] }

// read takes a line from the file. Its text holds until the next read.
func (l *lines) read() (line, bool) {
	text, err := l.in.ReadSlice('\n')
	if len(text) == 0 && err != nil {
		l.fail(err)
		return line{}, false
	}
	if errors.Is(err, bufio.ErrBufferFull) {
		l.number++
		l.discard()
		return line{number: l.number, tooLong: true}, true
	}
	if err != nil && !errors.Is(err, io.EOF) {
		// Half a line must not pass for a whole one.
		l.fail(err)
		return line{}, false
	}
	l.number++
	text = bytes.TrimSuffix(text, []byte("\n"))
	return line{number: l.number, text: bytes.TrimSuffix(text, []byte("\r"))}, true
}

// discard reads to the end of a line without keeping it.
func (l *lines) discard() {
	for {
		_, err := l.in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		l.fail(err)
		return
	}
}

// fail notes an error other than the end of the file.
func (l *lines) fail(err error) {
	if err != nil && !errors.Is(err, io.EOF) {
		l.err = err
	}
}
