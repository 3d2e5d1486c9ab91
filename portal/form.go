package portal

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"
)

// maxBody bounds a form, in bytes; ours take some thirty.
const maxBody = 4 << 10

// submitted reads the form before anything is looked up.
func (p *Portal) submitted(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxBody)
		err := readForm(r)
		if err == nil {
			return next(c)
		}
		status := http.StatusBadRequest
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			status = http.StatusRequestEntityTooLarge
		}
		v := &visit{portal: p, c: c}
		return v.show(status, pageRefused)
	}
}

// sameOrigin refuses forms that another site made a browser send.
func (p *Portal) sameOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		// Under our Referrer-Policy browsers send "null" even for our own form;
		// those without Sec-Fetch-Site (old, or on plain http) say no more than that.
		silent := r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get(echo.HeaderOrigin) == "null"
		if err := p.origin.Check(r); err != nil && !silent {
			v := &visit{portal: p, c: c}
			return v.show(http.StatusForbidden, pageRefused)
		}
		return next(c)
	}
}

// readForm reads either kind of form; mail providers may use both (RFC 8058).
func readForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return fmt.Errorf("reading a form: %w", err)
	}
	err := r.ParseMultipartForm(maxBody)
	if err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return fmt.Errorf("reading a form in parts: %w", err)
	}
	return nil
}
