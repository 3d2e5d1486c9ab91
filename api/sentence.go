package api

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"heraut/fault"
)

func compareText(a, b string) int { return cmp.Compare(a, b) }

// fieldOf names the place of an error and what to do about it. A pointer to
// what is missing or unknown names that, not the object around it.
func fieldOf(e *openapi3.SchemaError) fault.Field {
	path := e.JSONPointer()
	if e.SchemaField == "properties" {
		var name string
		if _, err := fmt.Sscanf(e.Reason, "property %q is unsupported", &name); err == nil {
			path = append(path, name)
		}
	}
	return fault.Field{Pointer: pointer(path), Message: sentence(e)}
}

// sentence tells a person what to do about an error.
func sentence(e *openapi3.SchemaError) string {
	s := e.Schema
	switch e.SchemaField {
	case "required":
		return "Give a value."
	case "properties":
		return "There is no such field."
	case "readOnly":
		return "This can not be changed."
	case "nullable":
		return "Give a value, not null."
	case "type":
		return "Use " + kind(s) + "."
	case "enum":
		return "Use " + choices(s.Enum) + "."
	case "minLength":
		if s.MinLength == 1 {
			return "Give a value."
		}
		return fmt.Sprintf("Use at least %d characters.", s.MinLength)
	case "maxLength":
		return fmt.Sprintf("Use at most %d characters.", *s.MaxLength)
	case "minimum":
		return fmt.Sprintf("Use at least %g.", *s.Min)
	case "maximum":
		return fmt.Sprintf("Use at most %g.", *s.Max)
	case "minItems":
		return fmt.Sprintf("Give at least %d.", s.MinItems)
	case "maxItems":
		return fmt.Sprintf("Give at most %d.", *s.MaxItems)
	case "pattern", "format":
		return form(s)
	}
	return "This has a wrong form."
}

func kind(s *openapi3.Schema) string {
	words := map[string]string{
		"string": "text", "integer": "a whole number", "number": "a number",
		"boolean": "true or false", "array": "a list", "object": "an object",
	}
	var names []string
	for _, t := range s.Type.Slice() {
		names = append(names, words[t])
	}
	if s.Nullable {
		names = append(names, "null")
	}
	return oneOf(names)
}

func choices(values []any) string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = "null"
		if v != nil {
			names[i] = fmt.Sprint(v)
		}
	}
	return oneOf(names)
}

func oneOf(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// form names what a text should look like, by what the schema calls it.
func form(s *openapi3.Schema) string {
	switch {
	case s.Format == "uuid":
		return "Use a UUID in lower case."
	case s.Format == formatWords:
		return "Give letters, digits or signs to look for, without control characters."
	case s.Format == formatTime:
		return "Use an RFC 3339 time such as 2026-03-01T12:00:00Z."
	case strings.HasPrefix(s.Pattern, "^P("):
		return "Use an ISO 8601 duration such as P30D, PT48H or PT5S."
	case strings.Contains(s.Pattern, "0-9a-fA-F"):
		return "Use pairs of hexadecimal digits."
	}
	return "This has a wrong form."
}
