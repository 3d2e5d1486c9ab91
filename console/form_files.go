package console

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"heraut/fault"
)

// received is submitted for a form with small files: the content of a file is
// the value of its field. limit bounds all of it, in bytes.
func (v *visit) received(limit int64, names ...string) (form, error) {
	r := v.c.Request()
	r.Body = http.MaxBytesReader(v.c.Response(), r.Body, limit)
	if err := r.ParseMultipartForm(limit); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return form{}, err
		}
		return form{}, fault.New(fault.Malformed, "The form did not arrive in good order. Nothing has changed.")
	}
	f, err := v.submitted(names...)
	if err != nil || r.MultipartForm == nil {
		return f, err
	}
	for _, name := range names {
		for _, file := range r.MultipartForm.File[name] {
			opened, err := file.Open()
			if err != nil {
				return f, fmt.Errorf("opening a file that was sent: %w", err)
			}
			content, err := io.ReadAll(opened)
			if err := errors.Join(err, opened.Close()); err != nil {
				return f, fmt.Errorf("reading a file that was sent: %w", err)
			}
			f.Values[name] = string(content)
		}
	}
	return f, nil
}
