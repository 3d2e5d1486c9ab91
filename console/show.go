package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"heraut/console/page"
	"heraut/people"
)

// View is what every template sees.
type View struct {
	// Page is the name of the template.
	Page string
	// Section is the entry of the sidebar that is marked.
	Section string
	Me      people.Administrator
	// Operator and Admin tell whether what needs the role is shown.
	Operator, Admin bool
	Organization    string
	Demo            bool
	Theme           people.Theme
	// Path is the address without its query, and Here with it.
	Path, Here string
	Counts     Counts
	// Stream is the address of the page's events; empty: nothing on it follows.
	Stream string
	// Said is the sentence about what was just done; empty: nothing was.
	Said string
	// Trouble tells that preflight finds something wrong.
	Trouble []Trouble
	// List and Data are the page's own: the middle pane, and the rest.
	List, Data any
}

// Trouble is one thing that is wrong or about to be.
type Trouble struct{ Text, Link string }

// show writes a whole page, or with htmx the block that it asks for.
func (v *visit) show(status int, name string, list, data any) error {
	view, err := v.view(name, list, data)
	if err != nil {
		return err
	}
	return v.write(status, name, "frame", view)
}

// part writes one block of a page, for htmx; dot is what the block sees.
func (v *visit) part(name, block string, dot any) error {
	return v.write(http.StatusOK, name, block, dot)
}

func (v *visit) view(name string, list, data any) (View, error) {
	view := View{
		Page: name, Section: v.section, Me: v.me, Operator: v.can(operator), Admin: v.can(admin), Organization: v.org.Name, Demo: v.Demo,
		Theme: v.me.Theme, Path: v.c.Request().URL.Path, Here: v.here(), Said: v.said(), Stream: v.stream, List: list, Data: data,
	}
	if v.me.ID == "" {
		return view, nil
	}
	counts, err := v.counts.get(v.ctx())
	view.Counts, view.Trouble = counts, v.trouble()
	return view, err
}

func (v *visit) write(status int, name, block string, view any) error {
	body, err := v.templates.Render(v.words.Lang, name, block, view)
	if err != nil {
		return err
	}
	h := v.c.Response().Header()
	h.Set("Content-Language", v.words.Lang)
	h.Add("Vary", "HX-Request")
	h.Add("Vary", echo.HeaderAcceptEncoding)
	if len(body) > minCompressed && strings.Contains(v.c.Request().Header.Get(echo.HeaderAcceptEncoding), "gzip") {
		if body, err = page.Compress(body); err != nil {
			return err
		}
		h.Set(echo.HeaderContentEncoding, "gzip")
	}
	return v.c.HTMLBlob(status, body)
}

// minCompressed is the size from which a page is sent compressed, in bytes. Our
// pages hold no secret beside what a stranger could write into them: no token
// guards the forms.
const minCompressed = 1 << 10

// said is the sentence that the address asks for: what was done before the
// browser was led here.
func (v *visit) said() string {
	key := "said." + v.query("said")
	if !v.words.Has(key) {
		return ""
	}
	n, err := strconv.Atoi(v.query("n"))
	if err != nil {
		n = 0
	}
	return v.words.Must(key, "n", n)
}

// here is the page's own address, without what was said on it.
func (v *visit) here() string {
	q := v.c.Request().URL.Query()
	q.Del("said")
	q.Del("n")
	return with(v.c.Request().URL.Path, q)
}

// done leads the browser on after a change, where the page says so; n counts
// what was changed.
func (v *visit) done(to, said string, n int) error {
	at, err := url.Parse(to)
	if err != nil {
		return err
	}
	q := at.Query()
	q.Set("said", said)
	if n > 0 {
		q.Set("n", strconv.Itoa(n))
	}
	at.RawQuery = q.Encode()
	return v.lead(at.String())
}

// lead sends the browser to another page; htmx must load the whole of it.
func (v *visit) lead(to string) error {
	if v.live() {
		v.c.Response().Header().Set("HX-Redirect", to)
		return v.c.NoContent(http.StatusNoContent)
	}
	return v.c.Redirect(http.StatusSeeOther, to)
}
