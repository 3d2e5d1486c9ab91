package person

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
)

const (
	// visitWithin bounds one request.
	visitWithin = 20 * time.Second
	// maxPage bounds what is read of a page, in bytes.
	maxPage = 1 << 20
)

// browser opens pages as people's browsers do.
type browser struct{ client *http.Client }

// newBrowser trusts roots beside the system's certificates; nil: those alone.
func newBrowser(roots *x509.CertPool) browser {
	return browser{&http.Client{Timeout: visitWithin, Transport: &http.Transport{
		MaxIdleConnsPerHost: maxVisits, IdleConnTimeout: 30 * time.Second,
		TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
	}}}
}

func (b browser) close() { b.client.CloseIdleConnections() }

// answer opens a page and does what a person of that intent does there. A
// page that has no such button has been answered before: answered is false
// then. Who accepts and is led on to Apple signs in there with the account.
func (b browser) answer(ctx context.Context, link string, intent Intent, account string) (answered bool, err error) {
	page, err := b.open(ctx, link)
	if err != nil {
		return false, fmt.Errorf("opening the page: %w", err)
	}
	if f, found := findForm(page.tree, intent); found {
		if page, err = b.press(ctx, page, f); err != nil {
			return false, fmt.Errorf("pressing the button: %w", err)
		}
		answered = true
	}
	if intent != Accept {
		return answered, nil
	}
	signedIn, err := b.signIn(ctx, page, account)
	return answered || signedIn, err
}

// signIn accepts at Apple, when the page is Apple's or links to it.
func (b browser) signIn(ctx context.Context, page page, account string) (bool, error) {
	f, found := findSignIn(page.tree, account)
	if link := findAppleLink(page.tree); !found && link != "" {
		var err error
		if page, err = b.open(ctx, link); err != nil {
			return false, fmt.Errorf("opening Apple's page: %w", err)
		}
		f, found = findSignIn(page.tree, account)
	}
	if !found {
		return false, nil
	}
	if _, err := b.press(ctx, page, f); err != nil {
		return false, fmt.Errorf("signing in at Apple: %w", err)
	}
	return true, nil
}

// page is an opened page.
type page struct {
	address    *url.URL
	tree       *html.Node
	noReferrer bool
}

func (b browser) open(ctx context.Context, link string) (page, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, link, http.NoBody)
	if err != nil {
		return page{}, status(http.StatusBadRequest) // no address: never to be opened
	}
	return b.navigate(r, "none")
}

// press sends a form of a page.
func (b browser) press(ctx context.Context, from page, f form) (page, error) {
	action, err := from.address.Parse(f.action)
	if err != nil {
		return page{}, fmt.Errorf("reading the form's address: %w", withoutLink(err))
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, action.String(), strings.NewReader(f.fields.Encode()))
	if err != nil {
		return page{}, withoutLink(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "null") // what no-referrer makes of it (Fetch, "append a request Origin header")
	if !from.noReferrer {
		r.Header.Set("Origin", from.address.Scheme+"://"+from.address.Host)
		r.Header.Set("Referer", from.address.String())
	}
	site := "same-origin"
	if action.Host != from.address.Host || action.Scheme != from.address.Scheme {
		site = "cross-site"
	}
	return b.navigate(r, site)
}

// navigate makes the request of a person's click; site is where the click was.
func (b browser) navigate(r *http.Request, site string) (page, error) {
	r.Header.Set("User-Agent", "Mozilla/5.0 (simulated person)")
	r.Header.Set("Accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8")
	r.Header.Set("Accept-Language", "nl,en;q=0.8")
	if trustworthy(r.URL) {
		r.Header.Set("Sec-Fetch-Site", site)
		r.Header.Set("Sec-Fetch-Mode", "navigate")
		r.Header.Set("Sec-Fetch-Dest", "document")
		r.Header.Set("Sec-Fetch-User", "?1")
	}
	response, err := b.client.Do(r)
	if err != nil {
		return page{}, withoutLink(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, maxPage))
	if err != nil {
		return page{}, fmt.Errorf("reading the page: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return page{}, status(response.StatusCode)
	}
	tree, err := html.Parse(bytes.NewReader(content))
	if err != nil {
		return page{}, fmt.Errorf("reading the page: %w", err)
	}
	noReferrer := response.Header.Get("Referrer-Policy") == "no-referrer"
	return page{address: response.Request.URL, tree: tree, noReferrer: noReferrer}, nil
}

// trustworthy tells the addresses for which browsers send Sec-Fetch headers.
// Source: Secure Contexts, "Is origin potentially trustworthy?".
func trustworthy(u *url.URL) bool {
	if u.Scheme == "https" || u.Hostname() == "localhost" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return ip != nil && ip.IsLoopback()
}
