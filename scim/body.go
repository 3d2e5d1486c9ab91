package scim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"heraut/fault"
)

// The largest bodies. That of a group holds 100,000 members as Okta writes
// them.
const (
	maxUserBody  = 1 << 20
	maxGroupBody = 16 << 20
)

// read decodes a JSON body; names of attributes count in any case (RFC 7643
// section 2.1), and unknown ones are left out.
func read(c call, limit int64, into any) error {
	if kind := c.Header.Get("Content-Type"); kind != "" {
		media, _, err := mime.ParseMediaType(kind)
		if err != nil || media != contentType && media != "application/json" {
			return &refused{status: http.StatusUnsupportedMediaType, detail: "Send " + contentType + "."}
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, c.Body, limit))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return fault.New(fault.TooLarge, fmt.Sprintf("Send at most %d MiB.", tooLarge.Limit>>20))
	}
	if err != nil {
		return bad(invalidSyntax, "The body broke off.")
	}
	return decode(body, into)
}

// decode tells a body that is no JSON from one whose values are of a wrong type.
func decode(body []byte, into any) error {
	err := json.Unmarshal(body, into)
	if err == nil {
		return nil
	}
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return bad(invalidValue, fmt.Sprintf("%s can not be a %s.", wrong.Field, wrong.Value))
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return bad(invalidSyntax, "The body is not JSON.")
	}
	return err
}

// flag is a truth value that may come as a text: Entra ID sends "False".
type flag bool

// UnmarshalJSON implements json.Unmarshaler.
func (f *flag) UnmarshalJSON(data []byte) error {
	switch text := strings.ToLower(string(bytes.Trim(data, `"`))); text {
	case "true", "false":
		*f = text == "true"
	case "null":
	default:
		return bad(invalidValue, "A truth value must be true or false.")
	}
	return nil
}
