package external

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/micromdm/plist"
)

const (
	// maxDepth bounds how deep a message of a device is nested; what devices
	// send to be read here has 6 levels.
	maxDepth = 64
	// maxElements bounds how many elements it has; each costs memory many
	// times its length.
	maxElements = 200_000
)

var errPlist = errors.New("reading a property list: it is not one that a device sends")

// readPlist reads a device's message. It looks at the structure first: the
// parser behind it recurses as deep as the message says. Binary property
// lists, which can point at themselves, and declarations of entities are
// refused; devices send neither. The error does not repeat the content.
func readPlist(raw []byte, v any) error {
	if err := checkPlist(raw); err != nil {
		return err
	}
	if err := plist.NewXMLDecoder(bytes.NewReader(raw)).Decode(v); err != nil {
		return errPlist
	}
	return nil
}

func checkPlist(raw []byte) error {
	decoder := xml.NewDecoder(bytes.NewReader(raw))
	depth, elements := 0, 0
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) && elements > 0 {
			return nil
		}
		if err != nil {
			return errPlist
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			elements++
		case xml.EndElement:
			depth--
		case xml.Directive:
			if text := string(t); strings.Contains(text, "[") || !strings.HasPrefix(text, "DOCTYPE plist") {
				return errPlist
			}
		}
		if depth > maxDepth || elements > maxElements {
			return errPlist
		}
	}
}
