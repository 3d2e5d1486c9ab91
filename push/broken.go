package push

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"os"
	"time"

	"golang.org/x/net/http2"

	"heraut/invitation"
)

// soon is the wait after a connection that broke under way: long enough for a
// restart on the other side, short enough that nobody notices.
const soon = 5 * time.Second

func later(words string) invitation.Outcome {
	return invitation.Outcome{Class: invitation.Later, Answer: words, RetryAfter: soon}
}

func routeDown(words string) invitation.Outcome {
	return invitation.Outcome{Class: invitation.RouteDown, Answer: cut(oneLine(words), maxAnswerText)}
}

// broken tells what a push without an answer means.
func broken(err error, x *exchange, timeout time.Duration) invitation.Outcome {
	if _, ok := errors.AsType[*dialError](err); ok {
		return routeDown(dialWords(err))
	}
	if refused, last := x.conn.refused(); refused {
		return routeDown(refusedWords(last))
	}
	if away, ok := errors.AsType[http2.GoAwayError](err); ok {
		return goneAway(away)
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return later("APNs did not answer within " + timeout.String() + ".")
	}
	return later(cut(oneLine("The connection to APNs broke: "+withoutURL(err).Error()), maxAnswerText))
}

// goneAway reads the reason that APNs gives when it closes a connection.
func goneAway(away http2.GoAwayError) invitation.Outcome {
	var said struct {
		Reason string `json:"reason"`
	}
	_ = json.Unmarshal([]byte(away.DebugData), &said) // often empty
	if said.Reason != "" && classOf(0, said.Reason) == invitation.RouteDown {
		return routeDown("APNs closed the connection: " + said.Reason + ": " + meaningOf(said.Reason))
	}
	return later(cut(oneLine("APNs closed the connection: "+cmp.Or(said.Reason, away.ErrCode.String())), maxAnswerText))
}

// dialWords says which step of connecting went wrong.
func dialWords(err error) string {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return "APNs' address is not found: " + withoutURL(err).Error()
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "The certificate that answers for APNs is not trusted: " + withoutURL(err).Error()
	}
	if tlsRefused(err) {
		return refusedWords(err)
	}
	return "APNs can not be reached: " + withoutURL(err).Error()
}

// refusedWords is for a connection that ended before APNs said a word.
func refusedWords(last error) string {
	words := "APNs closed the connection without an answer; it may not accept the push certificate"
	if last != nil && tlsRefused(last) {
		words = "APNs does not accept the push certificate"
	}
	if last != nil {
		words += ": " + withoutURL(last).Error()
	}
	return words
}

// tlsRefused tells whether the other side ended TLS with an alert.
func tlsRefused(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "remote error"
}

// withoutURL drops what net/http puts around an error: the address of a
// request to APNs holds the device token.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}
