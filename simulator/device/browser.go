package devicesim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// visit is a way through pages to a profile.
type visit struct {
	client *http.Client
	code   string // typed where a page asks for one
}

// maxPages bounds that way.
const maxPages = 5

// profile opens a link, presses the buttons of what pages come, and returns
// the profile that is downloaded in the end.
func (v visit) profile(ctx context.Context, link string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, link, http.NoBody)
	if err != nil {
		return nil, withoutURL(err)
	}
	for range maxPages {
		r.Header.Set("Accept", typeProfile+",text/html;q=0.9")
		body, kind, err := exchange(v.client, r)
		if err != nil {
			return nil, err
		}
		media, _, _ := mime.ParseMediaType(kind) // what has no type is no page
		if media != "text/html" {
			return body, nil
		}
		if r, err = v.press(r, body); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("there are pages without an end")
}

// press makes the request of a page's button.
func (v visit) press(page *http.Request, body []byte) (*http.Request, error) {
	tree, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("reading a page: %w", err)
	}
	for n := range tree.Descendants() {
		if n.DataAtom != atom.Form || attribute(n, "method") != "post" {
			continue
		}
		action, err := page.URL.Parse(attribute(n, "action"))
		if err != nil {
			return nil, errors.New("the form of a page leads nowhere")
		}
		return v.submit(page, action, v.fields(n))
	}
	return nil, errors.New("a page offers no profile")
}

func (v visit) fields(form *html.Node) url.Values {
	fields := url.Values{}
	for n := range form.Descendants() {
		switch name := attribute(n, "name"); {
		case n.DataAtom == atom.Input && attribute(n, "type") == "hidden":
			fields.Add(name, attribute(n, "value"))
		case n.DataAtom == atom.Input && name == "code":
			fields.Add(name, v.code)
		}
	}
	return fields
}

func (v visit) submit(page *http.Request, action *url.URL, fields url.Values) (*http.Request, error) {
	r, err := http.NewRequestWithContext(page.Context(), http.MethodPost, action.String(), strings.NewReader(fields.Encode()))
	if err != nil {
		return nil, withoutURL(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", page.URL.Scheme+"://"+page.URL.Host)
	return r, nil
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
