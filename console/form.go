package console

import (
	"errors"
	"net/http"
	"strings"

	"heraut/fault"
)

// form is a form as it was filled in, with what is wrong with it.
type form struct {
	// Values and Errors are by the name of the field.
	Values, Errors map[string]string
	// Error is what is wrong with it as a whole.
	Error string
	// Now is what is true of fields that somebody else has changed since.
	Now map[string]string
	// given are the fields that were in what the browser sent.
	given map[string]bool
}

// sent tells that the form had a field: one that a page did not show is left
// as it is.
func (f form) sent(name string) bool { return f.given[name] }

func newForm(values map[string]string) form { return form{Values: values, Errors: map[string]string{}} }

// submitted reads the named fields of the request.
func (v *visit) submitted(names ...string) (form, error) {
	r := v.c.Request()
	r.Body = http.MaxBytesReader(v.c.Response(), r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return form{}, err
		}
		return form{}, fault.New(fault.Malformed, "The form did not arrive in good order. Nothing has changed.")
	}
	f := newForm(map[string]string{})
	f.given = map[string]bool{}
	for _, name := range names {
		f.given[name] = r.PostForm.Has(name)
		f.Values[name] = strings.TrimSpace(r.PostForm.Get(name))
	}
	return f, nil
}

// overtaken tells, of a form that was refused because somebody else was faster,
// what is true of each field now, and gives it the version of that: whoever saves
// it once more has seen what they replace. What is decided elsewhere is as it is.
func (v *visit) overtaken(f *form, err error, now map[string]string, from source) {
	if !fault.Is(err, fault.PreconditionFailed) {
		return
	}
	f.Error, f.Now = v.t("form.overtaken"), map[string]string{}
	for field, value := range now {
		switch {
		case field == "version" || from.Has(field):
			f.Values[field] = value
		case !f.sent(field) || unbroken(f.Values[field]) == unbroken(value):
		case value == "":
			f.Now[field] = v.t("form.now.empty")
		default:
			f.Now[field] = v.sayField(field, value)
		}
	}
}

// unbroken is a text without what browsers do to the ends of its lines.
func unbroken(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }

// refuse puts what is wrong beside the fields, in the visitor's language. What
// is no fault of the form is returned.
func (v *visit) refuse(f *form, err error) error {
	found, ok := errors.AsType[*fault.Error](err)
	if !ok || statuses[found.Code] >= http.StatusInternalServerError || found.Code == fault.Forbidden || found.Code == fault.NotFound {
		return err
	}
	f.Error = v.words.Fault(found.Message)
	for _, field := range found.Fields {
		name := strings.ReplaceAll(strings.TrimPrefix(field.Pointer, "/"), "/", ".")
		message := v.words.Fault(field.Message)
		if _, known := f.Values[name]; known {
			f.Errors[name] = message
			continue
		}
		if message != f.Error { // some faults say one thing of the whole and of a field
			f.Error += " " + message
		}
	}
	return nil
}

// sayField puts the value of a field in words.
func (v *visit) sayField(field, value string) string {
	switch field {
	case "language":
		return v.t("language." + value)
	case "platform":
		return v.t("platform." + value)
	case "security", "kind":
		return v.t("directories." + field + "." + value)
	case "sync_every":
		return v.every(numberOf(value))
	case "content_location":
		return v.locationName(value)
	}
	return value
}
