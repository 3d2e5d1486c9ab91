package external

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"heraut/content"
)

// Options of a Client. URL and APIKey are required.
type Options struct {
	// URL is where the server answers, "https://host[:port][/path]"; its /v1
	// and /version are below it.
	URL string
	// APIKey is the server's -api flag.
	APIKey content.Secret
	// RootCAs are the authorities that may have signed the server's
	// certificate; nil means the system's.
	RootCAs *x509.CertPool
	// Timeout bounds one request; default 45 s, which is more than NanoMDM
	// itself waits for a connection to APNs before it answers.
	Timeout time.Duration
}

const (
	defaultTimeout = 45 * time.Second
	connectTimeout = 10 * time.Second
	// connections is how many are kept to the server. NanoMDM takes one id a
	// call from us, so calls are many and small.
	connections = 32
	// apiUser is the name that goes with the API key (source: NanoMDM's
	// operations guide, "-api").
	apiUser = "nanomdm"
)

// Client queues commands at a NanoMDM server. It is safe for concurrent use;
// make one and keep it.
type Client struct {
	base    string
	key     content.Secret
	http    *http.Client
	timeout time.Duration
}

// NewClient makes a client; it does not connect before the first request. The
// only errors are those of the options.
func NewClient(o Options) (*Client, error) {
	base, err := baseURL(o.URL)
	if err != nil {
		return nil, err
	}
	if o.APIKey == "" {
		return nil, errors.New("making a client for the MDM server: give its API key")
	}
	timeout := cmp.Or(max(o.Timeout, 0), defaultTimeout)
	return &Client{
		base: base,
		key:  o.APIKey,
		http: &http.Client{
			Transport: newTransport(o.RootCAs),
			Timeout:   timeout,
			// The key must not follow a redirect to who knows where.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		timeout: timeout,
	}, nil
}

func newTransport(roots *x509.CertPool) *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout: connectTimeout,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConnsPerHost: connections,
		MaxConnsPerHost:     connections,
		ForceAttemptHTTP2:   true,
	}
}

// baseURL checks the address of the server and drops a trailing slash. The
// error does not repeat the address, which may hold a password.
func baseURL(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("reading the address of the MDM server: it is not of the form https://host:port/path")
	}
	return strings.TrimRight(raw, "/"), nil
}

// Close closes the connections that carry nothing at the moment.
func (c *Client) Close() { c.http.CloseIdleConnections() }
