package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"heraut/fault"
)

// maxDepth bounds nesting: the deepest body of the contract has 4 levels.
const maxDepth = 32

// decodeJSON reads the one JSON value of a body into maps, slices, strings,
// float64, bool and nil. It refuses as malformed what is not JSON (RFC 8259)
// and objects with the same key twice, and as invalid what is JSON and can not
// be meant: numbers out of range, NUL characters, deep nesting.
func decodeJSON(data []byte) (any, error) {
	data = bytes.TrimSpace(data)
	if len(data) == 0 {
		return nil, fault.New(fault.Malformed, "The body is empty. Send JSON.")
	}
	if !utf8.Valid(data) {
		return nil, fault.New(fault.Malformed, "The body is not valid UTF-8.")
	}
	if !json.Valid(data) {
		return nil, notJSON(data)
	}
	r := &jsonReader{dec: json.NewDecoder(bytes.NewReader(data)), surrogates: loneSurrogates(data)}
	r.dec.UseNumber()
	value, err := r.value()
	if err != nil {
		return nil, err
	}
	if len(r.fields) > 0 {
		return nil, fault.Invalid(r.fields...)
	}
	return value, nil
}

func notJSON(data []byte) error {
	var value any
	err := json.Unmarshal(data, &value)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fault.New(fault.Malformed, fmt.Sprintf("The body is not valid JSON, at byte %d.", syntax.Offset))
	}
	return fault.New(fault.Malformed, "The body is not valid JSON.")
}

// loneSurrogates tells whether a U+FFFD in a decoded string can only come from
// half a surrogate pair ("\ud800"), which no text can hold.
func loneSurrogates(data []byte) bool {
	return !bytes.ContainsRune(data, utf8.RuneError) && !bytes.Contains(bytes.ToLower(data), []byte(`\ufffd`))
}

// jsonReader walks through JSON that is known to be well formed.
type jsonReader struct {
	dec        *json.Decoder
	path       []string
	surrogates bool
	fields     []fault.Field
}

func (r *jsonReader) value() (any, error) {
	token, err := r.dec.Token()
	if err != nil {
		return nil, fault.New(fault.Malformed, "The body is not valid JSON.")
	}
	switch t := token.(type) {
	case json.Delim:
		return r.container(t)
	case string:
		r.checkText(t)
		return t, nil
	case json.Number:
		return r.number(t), nil
	default:
		return t, nil
	}
}

func (r *jsonReader) container(open json.Delim) (any, error) {
	if len(r.path) >= maxDepth {
		return nil, fault.Invalid(fault.Field{Pointer: "", Message: fmt.Sprintf("Nest at most %d levels.", maxDepth)})
	}
	if open == '[' {
		return r.array()
	}
	return r.object()
}

func (r *jsonReader) array() (any, error) {
	list := []any{}
	for r.dec.More() {
		item, err := r.at(strconv.Itoa(len(list)))
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, r.close()
}

func (r *jsonReader) object() (any, error) {
	object := map[string]any{}
	for r.dec.More() {
		token, err := r.dec.Token()
		key, isText := token.(string)
		if err != nil || !isText {
			return nil, fault.New(fault.Malformed, "The body is not valid JSON.")
		}
		if _, twice := object[key]; twice {
			f := fault.New(fault.Malformed, "An object has the same key twice.")
			f.Fields = []fault.Field{{Pointer: pointer(append(r.path, key)), Message: "Give this key once."}}
			return nil, f
		}
		if object[key], err = r.at(key); err != nil {
			return nil, err
		}
	}
	return object, r.close()
}

func (r *jsonReader) at(key string) (any, error) {
	r.path = append(r.path, key)
	value, err := r.value()
	r.path = r.path[:len(r.path)-1]
	return value, err
}

func (r *jsonReader) close() error {
	if _, err := r.dec.Token(); err != nil && !errors.Is(err, io.EOF) {
		return fault.New(fault.Malformed, "The body is not valid JSON.")
	}
	return nil
}

func (r *jsonReader) number(n json.Number) any {
	f, err := n.Float64()
	if err != nil {
		r.fields = append(r.fields, fault.Field{Pointer: pointer(r.path), Message: "This number is out of range."})
	}
	return f
}

func (r *jsonReader) checkText(s string) {
	switch {
	case strings.ContainsRune(s, 0):
		r.fields = append(r.fields, fault.Field{Pointer: pointer(r.path), Message: "Leave out NUL characters."})
	case r.surrogates && strings.ContainsRune(s, utf8.RuneError):
		r.fields = append(r.fields, fault.Field{Pointer: pointer(r.path), Message: "This holds half a surrogate pair, which is no character."})
	}
}

// pointer writes a path as an RFC 6901 JSON pointer.
func pointer(path []string) string {
	var b strings.Builder
	escape := strings.NewReplacer("~", "~0", "/", "~1")
	for _, key := range path {
		b.WriteByte('/')
		b.WriteString(escape.Replace(key))
	}
	return b.String()
}

// pointerAt points into a list of objects.
func pointerAt(list string, i int, field string) string {
	return pointer([]string{list, strconv.Itoa(i), field})
}
