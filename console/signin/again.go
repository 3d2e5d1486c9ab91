package signin

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"heraut/fault"
)

// A form that was sent without a session comes back on a sign-in page and is
// sent once more, to where it was meant to go, with these fields added.
const (
	againLogin      = "signin.login"
	againPassphrase = "signin.passphrase"
)

// maxKept bounds a form that is kept, in bytes; a larger one is lost.
const maxKept = 256 << 10

// secretNames are parts of the names of fields whose value is not kept: the
// page would carry it in its source.
var secretNames = []string{"passphrase", "password", "secret", "token", "private_key", "api_key"}

// again answers a form that was sent without a session: with the sign-in page
// that keeps it, and, once it comes with a login, with what it was sent for.
func (s *SignIn) again(c echo.Context, next echo.HandlerFunc) error {
	r := c.Request()
	if err := s.origin.Check(r); err != nil {
		return fault.New(fault.Forbidden, "This form was sent from another site. Open the console and try it there.")
	}
	page := AgainPage{Action: r.URL.RequestURI(), Multipart: strings.HasPrefix(r.Header.Get(echo.HeaderContentType), echo.MIMEMultipartForm)}
	r.Body = http.MaxBytesReader(c.Response(), r.Body, maxKept)
	if err := parseAny(r); err != nil {
		page.Lost = true
		return s.showAgain(c, lostStatus(err), page)
	}
	login, passphrase := r.PostForm.Get(againLogin), r.PostForm.Get(againPassphrase)
	page.Login = login
	forget(r)
	page.Fields, page.LeftOut = kept(r)
	if login == "" && passphrase == "" {
		return s.showAgain(c, http.StatusUnauthorized, page)
	}
	problem, err := s.enter(c, login, passphrase)
	switch {
	case err != nil:
		return err
	case problem != nil:
		page.Errors, page.Wait = problem.errors, problem.wait
		return s.showAgain(c, problem.status, page)
	}
	return next(c)
}

func (s *SignIn) showAgain(c echo.Context, status int, page AgainPage) error {
	var err error
	if page.OIDC, err = s.button(c, accountPath); err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set(echo.HeaderCacheControl, "no-store")
	if c.Request().Header.Get("HX-Request") != "" {
		h.Set("HX-Retarget", "body") // the whole page, in place of a piece of it
		h.Set("HX-Reswap", "innerHTML")
		h.Set("HX-Reselect", "unset")
	}
	return s.Pages.Show(c, status, pageAgain, page)
}

// parseAny reads either kind of form. Handlers find it read.
func parseAny(r *http.Request) error {
	if err := r.ParseForm(); err != nil { // ParseMultipartForm would hide it
		return err
	}
	if err := r.ParseMultipartForm(maxKept); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return err
	}
	return nil
}

func lostStatus(err error) int {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusBadRequest
}

// forget takes our own fields out, so that no handler sees the passphrase.
func forget(r *http.Request) {
	values := []url.Values{r.PostForm, r.Form}
	if r.MultipartForm != nil {
		values = append(values, r.MultipartForm.Value)
	}
	for _, v := range values {
		v.Del(againLogin)
		v.Del(againPassphrase)
	}
}

// kept are the form's fields in the order of their names, without secrets and
// files.
func kept(r *http.Request) (fields []Field, leftOut bool) {
	names := make([]string, 0, len(r.PostForm))
	for name := range r.PostForm {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if isSecret(name) {
			leftOut = true
			continue
		}
		for _, value := range r.PostForm[name] {
			if holdsKey(value) {
				leftOut = true
				continue
			}
			fields = append(fields, Field{name, value})
		}
	}
	return fields, leftOut || r.MultipartForm != nil && len(r.MultipartForm.File) > 0
}

func isSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(secretNames, func(part string) bool { return strings.Contains(name, part) })
}

// holdsKey tells of a private key in PEM, whatever field it was pasted into: a
// certificate often comes in one file with its key.
func holdsKey(value string) bool { return strings.Contains(strings.ToUpper(value), "PRIVATE KEY") }
