package devicesim

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// deskShows is how many devices the page lists.
const deskShows = 200

var (
	//go:embed desk.html
	deskHTML string
	deskPage = template.Must(template.New("desk").Parse(deskHTML))
)

// DeskLinks are what stands beside the page of devices; what is empty is not
// linked.
type DeskLinks struct{ Style, Mails, Pushes string }

// Desk serves a page on which a person plays the owner of a device: it enrolls
// one by a link, as the device's browser would, and opens what devices show.
// Mount it with http.StripPrefix on a path that ends in a slash.
func (f *Fleet) Desk(links DeskLinks) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		f.showDesk(w, http.StatusOK, desk{Links: links})
	})
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) {
		form := deskForm{Link: strings.TrimSpace(r.PostFormValue("link")), Code: r.PostFormValue("code"), Name: r.PostFormValue("name"), Platform: Platform(r.PostFormValue("platform"))}
		if err := f.enrollHere(r, form); err != nil {
			f.showDesk(w, http.StatusUnprocessableEntity, desk{Links: links, Form: form, Problem: err.Error()})
			return
		}
		w.Header().Set("Location", "./") // the page itself, wherever it is mounted
		w.WriteHeader(http.StatusSeeOther)
	})
	return http.NewCrossOriginProtection().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "same-origin") // the form needs its origin
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	}))
}

// deskForm is what a person types to enroll a device.
type deskForm struct {
	Link, Code, Name string
	Platform         Platform
}

// desk is what the page shows.
type desk struct {
	Links   DeskLinks
	Form    deskForm
	Problem string
	Total   int
	Devices []*Device
}

// Platforms are the choices of the form.
func (desk) Platforms() []Platform { return []Platform{IPad, IPhone, Mac} }

// Kind is what a platform's device is called.
func (p Platform) Kind() string { return hardware[p].name }

func (f *Fleet) showDesk(w http.ResponseWriter, status int, page desk) {
	all := f.Devices()
	page.Total = len(all)
	slices.Reverse(all)
	page.Devices = all[:min(len(all), deskShows)]
	var body bytes.Buffer
	if err := deskPage.Execute(&body, page); err != nil {
		f.log.Error("rendering the page of devices", "error", err)
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // the browser may be gone
}

// enrollHere makes a device that enrolls by a link.
func (f *Fleet) enrollHere(r *http.Request, form deskForm) error {
	if link, err := url.Parse(form.Link); err != nil || link.Host == "" {
		return errors.New("this is no link: paste the whole enrollment link, with http:// or https://")
	}
	o := Options{Name: strings.TrimSpace(form.Name), Platform: form.Platform}
	if o.Platform == Mac {
		o.User = User{ShortName: "owner"}
	}
	d, err := f.Add(o)
	if err != nil {
		return err
	}
	if err := d.EnrollWith(r.Context(), form.Link, form.Code); err != nil {
		f.drop(d)
		return fmt.Errorf("the device could not enroll: %w", err)
	}
	return nil
}
