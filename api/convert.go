package api

import (
	"encoding/json"
	"time"

	"github.com/oapi-codegen/nullable"
)

// orNull shows an empty text as null.
func orNull[T, F ~string](value F) nullable.Nullable[T] {
	if value == "" {
		return nullable.NewNullNullable[T]()
	}
	return nullable.NewNullableWithValue(T(value))
}

// timeOrNull shows the zero time as null, others in UTC.
func timeOrNull(t time.Time) nullable.Nullable[time.Time] {
	if t.IsZero() {
		return nullable.NewNullNullable[time.Time]()
	}
	return nullable.NewNullableWithValue(t.UTC())
}

// textOf reads a text that may be null or absent.
func textOf[T ~string](value nullable.Nullable[T]) string {
	if !value.IsSpecified() || value.IsNull() {
		return ""
	}
	return string(value.MustGet())
}

// given is a text that may be left out; nil: it was, and null is empty.
func given[T ~string](value nullable.Nullable[T]) *string {
	if !value.IsSpecified() {
		return nil
	}
	text := textOf(value)
	return &text
}

// patchText applies a member of a merge patch: absent leaves, null empties.
func patchText[T ~string](field *string, member nullable.Nullable[T]) {
	if member.IsSpecified() {
		*field = textOf(member)
	}
}

// patch applies a member that can not be null.
func patch[T any](field, member *T) {
	if member != nil {
		*field = *member
	}
}

// valueOf reads an optional value; absent is the zero value.
func valueOf[T any](value *T) T {
	if value == nil {
		var zero T
		return zero
	}
	return *value
}

// shown converts each item of a list.
func shown[T, S any](items []T, show func(T) S) []S {
	list := make([]S, 0, len(items))
	for _, item := range items {
		list = append(list, show(item))
	}
	return list
}

// document is a stored JSON document, or null where there is none. What is no
// object is shown as the value of one.
func document(doc string) (nullable.Nullable[map[string]any], error) {
	if doc == "" {
		return nullable.NewNullNullable[map[string]any](), nil
	}
	var value any
	if err := json.Unmarshal([]byte(doc), &value); err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		object = map[string]any{"value": value}
	}
	return nullable.NewNullableWithValue(object), nil
}
