package external

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxAnswer bounds what is read of an answer, in bytes; one id has some 300.
const maxAnswer = 1 << 20

// maxID bounds an enrollment id, in bytes: a UDID and a user's id or short name.
const maxID = 400

// answer is what came back for one request.
type answer struct {
	status     int
	retryAfter time.Duration
	body       []byte
}

// request is one call below the server's address.
type request struct {
	method string
	path   string
	body   []byte
}

// do sends a request. The error tells that no answer came, and why.
func (c *Client) do(ctx context.Context, r request) (answer, error) {
	h, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, bytes.NewReader(r.body))
	if err != nil {
		return answer{}, fmt.Errorf("writing the request: %w", bare(err))
	}
	h.SetBasicAuth(apiUser, string(c.key))
	h.Header.Set("Accept", "application/json")
	response, err := c.http.Do(h)
	if err != nil {
		return answer{}, bare(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return answer{}, bare(err)
	}
	return answer{response.StatusCode, retryAfter(response.Header.Get("Retry-After"), time.Now()), body}, nil
}

// idPath escapes an enrollment id for the path of a call. What NanoMDM would
// take for several ids, or its router for another path, is no id.
func idPath(call, id string) (string, bool) {
	if id == "" || len(id) > maxID || id == "." || id == ".." || strings.ContainsAny(id, ",/\\") || strings.ContainsFunc(id, notInID) {
		return "", false
	}
	return call + url.PathEscape(id), true
}

func notInID(r rune) bool { return r <= ' ' || r == 0x7f || r == '\ufffd' }

// unreached tells whether an error came before anything could reach the
// server: then the whole route is down.
func unreached(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && (op.Op == "dial" || op.Op == "proxyconnect" || op.Op == "remote error") {
		return true
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	return untrusted(err) || noTLS(err)
}

func untrusted(err error) bool {
	_, verification := errors.AsType[*tls.CertificateVerificationError](err)
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, name := errors.AsType[x509.HostnameError](err)
	return verification || authority || name
}

// noTLS tells that the other side did not speak TLS, or ended it at once.
func noTLS(err error) bool {
	_, header := errors.AsType[tls.RecordHeaderError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	return header || alert || strings.Contains(err.Error(), "TLS handshake") || strings.Contains(err.Error(), "HTTP response to HTTPS client")
}

// bare drops what net/http puts around an error: the address of a request
// holds the id of a device.
func bare(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
