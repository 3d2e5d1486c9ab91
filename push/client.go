package push

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sideshow/apns2"

	"heraut/invitation"
)

// Options of a Client. The zero value is for Apple's production service.
type Options struct {
	// BaseURL is another service to talk to, "https://host:port".
	BaseURL string
	// RootCAs are the authorities that may have signed the service's
	// certificate; nil means the system's.
	RootCAs *x509.CertPool
	// MaxConcurrent is how many pushes may be under way at once; default 200.
	MaxConcurrent int
	// Timeout bounds one push, from the moment it has a place; default 20 s.
	Timeout time.Duration
	// Logger is told when APNs refuses the certificate; default slog's.
	Logger *slog.Logger
}

// Client pushes with one certificate over kept HTTP/2 connections. It is safe
// for concurrent use; make one per kind of push and keep it.
type Client struct {
	certificate Certificate
	apns        *apns2.Client
	places      chan struct{}
	timeout     time.Duration
	log         *slog.Logger
}

// NewClient makes a client; it does not connect before the first push. The
// only error is a BaseURL that is not "https://host[:port]".
func NewClient(c Certificate, o Options) (*Client, error) {
	base, err := baseURL(cmp.Or(o.BaseURL, apns2.HostProduction))
	if err != nil {
		return nil, err
	}
	return &Client{
		certificate: c,
		apns: &apns2.Client{
			Host:        base,
			Certificate: c.TLS,
			HTTPClient: &http.Client{
				Transport: newTransport(c.TLS, o.RootCAs),
				// APNs never redirects: what does is not APNs.
				CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			},
		},
		places:  make(chan struct{}, cmp.Or(max(o.MaxConcurrent, 0), 200)),
		timeout: cmp.Or(max(o.Timeout, 0), 20*time.Second),
		log:     cmp.Or(o.Logger, slog.Default()),
	}, nil
}

// baseURL checks the address of the service and drops a trailing slash.
func baseURL(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return "", fmt.Errorf("reading the address of APNs: %q is not of the form https://host:port", raw)
	}
	return "https://" + u.Host, nil
}

// Topic is the topic that the client's certificate pushes to.
func (c *Client) Topic() string { return c.certificate.Topic }

// Close closes the connections that carry nothing at the moment.
func (c *Client) Close() { c.apns.CloseIdleConnections() }

// Push sends one notification and tells what APNs made of it. Every push may
// be repeated: APNs merges what has the same collapse id. So a connection that
// breaks under way is Later, never Unknown. A canceled ctx is Later too, with
// nothing decided.
func (c *Client) Push(ctx context.Context, n Notification) invitation.Outcome {
	now := time.Now()
	if now.After(c.certificate.NotAfter) {
		return routeDown("The push certificate expired on " + day(c.certificate.NotAfter) + ". Renew it and install it again.")
	}
	if n.Topic != "" && n.Topic != c.certificate.Topic {
		return otherTopic()
	}
	r, problem := request(n, c.certificate.Topic, now)
	if problem != "" {
		return invitation.Outcome{Class: invitation.Refused, Answer: problem}
	}
	select {
	case c.places <- struct{}{}:
		defer func() { <-c.places }()
	case <-ctx.Done():
		return later("Stopped before the push was sent.")
	}
	outcome := c.send(ctx, r)
	if outcome.Class == invitation.RouteDown {
		c.log.WarnContext(ctx, "push route down", "invitation", n.ID, "kind", n.Kind, "topic", c.certificate.Topic, "answer", outcome.Answer)
		// A certificate that was refused is refused for the life of the
		// connection, also after Apple has mended it.
		c.Close()
	}
	return outcome
}

func (c *Client) send(ctx context.Context, r *apns2.Notification) invitation.Outcome {
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var x exchange
	_, err := c.apns.PushWithContext(withExchange(limited, &x), r)
	switch {
	case x.answer.status != 0:
		return x.answer.outcome(time.Now())
	case ctx.Err() != nil:
		return later("Stopped before APNs answered.")
	default:
		return broken(err, &x, c.timeout)
	}
}
