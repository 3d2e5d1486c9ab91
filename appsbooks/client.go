package appsbooks

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// AppleURL is the base of Apple's service.
const AppleURL = "https://vpp.itunes.apple.com/mdm/v2"

// Options of a Client.
type Options struct {
	// MDM is how this installation names itself to Apple. All three texts are
	// required; the id is unique to the installation and never changes.
	MDM MDMInfo
	// BaseURL is another service to talk to, "https://host[:port][/path]".
	BaseURL string
	// RootCAs are the authorities that may have signed the service's
	// certificate; nil means the system's.
	RootCAs *x509.CertPool
	// Timeout bounds one request; default 60 s.
	Timeout time.Duration
	// Patience is the longest wait before the client repeats a request by
	// itself, at most twice; default 10 s, negative for never. Longer waits
	// come back as Retry errors.
	Patience time.Duration
	// Turn, when set, is waited for before every request, beside the client's
	// own limit: for a limit that several processes share.
	Turn func(ctx context.Context, perSecond int) error
	// Logger is told of requests that were refused; default slog's.
	Logger *slog.Logger
}

const (
	defaultTimeout  = time.Minute
	defaultPatience = 10 * time.Second
	connectTimeout  = 10 * time.Second
)

// Client talks for one content token. It is safe for concurrent use; make one
// per location and keep it, since it holds the limit of requests a second.
type Client struct {
	token      Secret
	mdm        MDMInfo
	base       string
	http       *http.Client
	patience   time.Duration
	serviceAge time.Duration
	shared     func(context.Context, int) error
	log        *slog.Logger

	turn  *turn
	read  reading
	pause pause
	owner owner
}

// NewClient makes a client; it does not connect before the first request. The
// only errors are those of the options.
func NewClient(t Token, o Options) (*Client, error) {
	if t.Raw == "" || o.MDM.ID == "" || o.MDM.Name == "" || o.MDM.Metadata == "" {
		return nil, fmt.Errorf("making a client for Apps and Books: give a token, and the id, name and metadata of this installation")
	}
	base, err := baseURL(cmp.Or(o.BaseURL, AppleURL))
	if err != nil {
		return nil, err
	}
	return &Client{
		token: t.Raw,
		mdm:   o.MDM,
		base:  base,
		http: &http.Client{
			Transport: newTransport(o.RootCAs),
			Timeout:   cmp.Or(max(o.Timeout, 0), defaultTimeout),
			// The token must not follow a redirect to who knows where.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		patience:   cmp.Or(o.Patience, defaultPatience),
		serviceAge: serviceAge,
		shared:     o.Turn,
		log:        cmp.Or(o.Logger, slog.Default()),
		turn:       newTurn(),
	}, nil
}

func newTransport(roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout: connectTimeout,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConnsPerHost: pagesAtOnce,
		ForceAttemptHTTP2:   true,
	}
}

// baseURL checks the address of the service and drops a trailing slash.
func baseURL(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil || u.Fragment != "" {
		return "", fmt.Errorf("reading the address of Apps and Books: %q is not of the form https://host:port/path", raw)
	}
	return strings.TrimRight(raw, "/"), nil
}

// Close closes the connections that carry nothing at the moment.
func (c *Client) Close() { c.http.CloseIdleConnections() }
