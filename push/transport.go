package push

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"
)

const (
	connectTimeout = 10 * time.Second
	// pingAfter is how long a connection may be silent before it is asked
	// whether it is still there; a dead one is dropped after pingTimeout.
	pingAfter   = 15 * time.Second
	pingTimeout = 10 * time.Second
	// maxAnswer bounds what is read of an answer's body, in bytes.
	maxAnswer = 4096
	// maxRetryAfter bounds the wait that a provider may ask for.
	maxRetryAfter = 24 * time.Hour
)

// answer is what APNs said to one push.
type answer struct {
	status     int
	reason     string
	timestamp  int64 // milliseconds since 1970; 0 when not given
	retryAfter time.Duration
}

// exchange collects what apns2 hides of one push: Retry-After, the timestamp's
// milliseconds, the status beside a body that is not JSON, the connection.
type exchange struct {
	answer answer
	conn   *conn
}

type exchangeKey struct{}

func withExchange(ctx context.Context, x *exchange) context.Context {
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		x.conn, _ = info.Conn.(*conn)
	}}
	return context.WithValue(httptrace.WithClientTrace(ctx, trace), exchangeKey{}, x)
}

// transport is HTTP/2 to APNs that writes down each answer.
type transport struct{ http2 *http2.Transport }

func newTransport(certificate tls.Certificate, roots *x509.CertPool) *transport {
	return &transport{http2: &http2.Transport{
		TLSClientConfig: &tls.Config{
			MinVersion:   tls.VersionTLS12,
			RootCAs:      roots,
			Certificates: []tls.Certificate{certificate},
		},
		DialTLSContext:  dial,
		ReadIdleTimeout: pingAfter,
		PingTimeout:     pingTimeout,
	}}
}

// RoundTrip implements http.RoundTripper. The response's body is read here, so
// that its caller can neither stumble over it nor wait for it.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.http2.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxAnswer)) // the status decides, the body explains
	_ = response.Body.Close()                                       // nothing more is read from it
	response.Body = http.NoBody
	if x, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
		x.answer = readAnswer(response, body, time.Now())
	}
	return response, nil
}

// CloseIdleConnections lets apns2 close what is idle.
func (t *transport) CloseIdleConnections() { t.http2.CloseIdleConnections() }

func readAnswer(response *http.Response, body []byte, now time.Time) answer {
	var said struct {
		Timestamp int64  `json:"timestamp"`
		Reason    string `json:"reason"`
	}
	_ = json.Unmarshal(body, &said) // what is not APNs' JSON stays empty and the status decides
	return answer{
		status:     response.StatusCode,
		reason:     said.Reason,
		timestamp:  said.Timestamp,
		retryAfter: retryAfter(response.Header.Get("Retry-After"), now),
	}
}

// retryAfter reads the header's two forms, seconds and a date (RFC 9110
// section 10.2.3); 0 when it says nothing usable.
func retryAfter(header string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseInt(header, 10, 64); err == nil {
		wait = time.Duration(min(seconds, int64(maxRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		wait = date.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}

// dialError is a connection that never came to be.
type dialError struct{ err error }

func (e *dialError) Error() string { return "connecting to APNs: " + e.err.Error() }
func (e *dialError) Unwrap() error { return e.err }

func dial(ctx context.Context, network, address string, config *tls.Config) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	dialer := tls.Dialer{NetDialer: &net.Dialer{KeepAlive: pingAfter}, Config: config}
	plain, err := dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, &dialError{err}
	}
	secured, _ := plain.(*tls.Conn) // what tls.Dialer promises to return
	return &conn{Conn: secured}, nil
}

// conn remembers whether the other side ever said anything. With TLS 1.3 a
// client's handshake ends before the server has looked at the client's
// certificate, so a refusal shows only as a connection that never speaks.
type conn struct {
	*tls.Conn

	heard atomic.Bool
	last  atomic.Pointer[error]
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.heard.Store(true)
	}
	if err != nil {
		c.last.CompareAndSwap(nil, &err)
	}
	return n, err
}

// refused tells that the connection ended before the other side said a word,
// and the error that ended it, if any is known.
func (c *conn) refused() (bool, error) {
	if c == nil || c.heard.Load() {
		return false, nil
	}
	if last := c.last.Load(); last != nil {
		return true, *last
	}
	return true, nil
}
