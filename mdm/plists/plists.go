// Package plists reads property lists that come from devices. Anybody can
// send one, so the structure is looked at before a parser that recurses and
// allocates as the content says gets to see it.
package plists

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/micromdm/plist"
)

// Limits of a property list that a device sends.
const (
	// maxDepth bounds nesting; what devices send has up to 8 levels.
	maxDepth = 32
	// maxElements bounds elements: each costs memory many times its length.
	maxElements = 200_000
)

// ErrRefused is every fault of a property list. It never repeats the content.
var ErrRefused = errors.New("not a property list that a device sends")

// doctype is the only document type: Apple's, without a subset of its own, in
// which entities are declared.
var doctype = regexp.MustCompile(`^DOCTYPE plist PUBLIC "-//Apple( Computer)?//DTD PLIST 1\.0//EN" "https?://www\.apple\.com/DTDs/PropertyList-1\.0\.dtd"$`)

// Decode reads a property list into v, which is as github.com/micromdm/plist
// wants it. Fault: ErrRefused.
func Decode(raw []byte, v any) error {
	if err := Check(raw); err != nil {
		return err
	}
	if err := plist.NewXMLDecoder(bytes.NewReader(raw)).Decode(v); err != nil {
		return ErrRefused // the parser's words repeat the content
	}
	return nil
}

// Check tells whether a property list may be parsed; how long it may be is for
// the caller to say, before it is in memory. Binary ones may not: they
// can point at themselves, and devices send XML (NanoMDM's SQL schema has
// insisted on it from the start). Fault: ErrRefused.
func Check(raw []byte) error {
	c := checker{decoder: xml.NewDecoder(bytes.NewReader(raw))}
	for {
		token, err := c.decoder.Token()
		if errors.Is(err, io.EOF) && c.closed {
			return nil
		}
		if err != nil || !c.accepts(token) {
			return ErrRefused
		}
	}
}

// checker follows one document.
type checker struct {
	decoder         *xml.Decoder
	depth, elements int
	typed           bool // the document type has been there
	closed          bool // the root has ended
}

// accepts tells whether the token may stand where it stands.
func (c *checker) accepts(token xml.Token) bool {
	switch t := token.(type) {
	case xml.StartElement:
		c.depth++
		c.elements++
		return !c.closed && c.depth <= maxDepth && c.elements <= maxElements && (c.depth > 1 || t.Name.Local == "plist")
	case xml.EndElement:
		c.depth--
		c.closed = c.depth == 0
	case xml.CharData:
		return c.depth > 0 || strings.TrimSpace(string(t)) == ""
	case xml.Directive:
		ok := !c.typed && c.elements == 0 && doctype.Match(t)
		c.typed = true
		return ok
	case xml.ProcInst:
		return t.Target == "xml" && c.elements == 0
	}
	return true
}
