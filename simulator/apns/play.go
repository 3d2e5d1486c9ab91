package apnssim

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"math"
	"net"
	"net/http"

	"golang.org/x/net/http2"
)

// play does what a rule says.
func (s *Server) play(w http.ResponseWriter, r *http.Request, n Notification, rule Rule) {
	if rule.Taken {
		s.take(n)
	}
	conn, _ := r.Context().Value(connKey{}).(*tls.Conn) // every connection is TLS
	switch rule.Break {
	case Hang:
		select {
		case <-r.Context().Done():
		case <-s.done:
		}
		panic(http.ErrAbortHandler)
	case GoAway:
		goAway(conn, rule.Reason)
		panic(http.ErrAbortHandler)
	case Reset:
		reset(conn)
		panic(http.ErrAbortHandler)
	case ResetStream:
		panic(http.ErrAbortHandler)
	default:
		s.answer(w, n, rule)
	}
}

func (s *Server) answer(w http.ResponseWriter, n Notification, rule Rule) {
	if rule.Body != "" {
		w.WriteHeader(rule.Status)
		_, _ = w.Write([]byte(rule.Body)) // the client may be gone
		return
	}
	if rule.Status == http.StatusOK {
		w.WriteHeader(http.StatusOK)
		return
	}
	s.refuse(w, n, &refusal{status: rule.Status, reason: rule.Reason, timestamp: rule.Timestamp, retry: rule.RetryAfter})
}

// goAway closes a connection as APNs does: with a reason, and with every
// stream counted as perhaps processed.
func goAway(c *tls.Conn, reason string) {
	var frame bytes.Buffer
	debug, _ := json.Marshal(map[string]string{"reason": reason})                       // a map of strings always encodes
	_ = http2.NewFramer(&frame, nil).WriteGoAway(math.MaxInt32, http2.ErrCodeNo, debug) // into memory
	_, _ = c.Write(frame.Bytes())                                                       // the client may be gone
	_ = c.Close()                                                                       // as intended
}

// reset cuts a connection without a goodbye.
func reset(c *tls.Conn) {
	if tcp, ok := c.NetConn().(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it the cut is a polite one
	}
	_ = c.NetConn().Close() // as intended
}
