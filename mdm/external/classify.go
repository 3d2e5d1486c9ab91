package external

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"heraut/invitation"
)

const (
	// soon is the wait after a connection that broke under way.
	soon = 5 * time.Second
	// maxRetryAfter bounds what an answer may ask for.
	maxRetryAfter = 24 * time.Hour

	notNanoMDM = "What answers at the MDM server's address is not NanoMDM."
)

// apnsError is how NanoMDM tells an error of APNs (source: its push/nanopush).
var apnsError = regexp.MustCompile(`push HTTP status: (\d{3})(?:: APNs push error(?:: ([A-Za-z]+))?(?:: timestamp (\d{1,15}))?)?`)

// alreadyThere tells the errors by which NanoMDM's storages refuse a second
// command of the same CommandUUID: filekv and inmem, PostgreSQL, MySQL.
func alreadyThere(problem string) bool {
	problem = strings.ToLower(problem)
	return strings.Contains(problem, "command already exists") ||
		strings.Contains(problem, "duplicate key") || strings.Contains(problem, "duplicate entry")
}

// notQueued tells what an error of the queue means. An enrollment that the
// server does not know is a dead channel: a new TokenUpdate revives it.
func notQueued(got answer, problem string) invitation.Outcome {
	switch text := strings.ToLower(problem); {
	case strings.Contains(text, "foreign key constraint"):
		return unknownEnrollment(got.status)
	case strings.Contains(text, "decoding command"), strings.Contains(text, "invalid command"):
		o := refused("The MDM server can not read the command: " + words(problem))
		o.Code = got.status
		return o
	default:
		return later(got, "The MDM server did not queue the command: "+words(problem))
	}
}

// pushed tells what became of the push in an answer about a command that is
// queued.
func pushed(got answer, r apiResult) invitation.Outcome {
	problem := r.pushError()
	if problem == "" {
		return invitation.Outcome{Class: invitation.Taken, Code: got.status, Answer: "The MDM server queued the command and woke the device."}
	}
	if found := apnsError.FindStringSubmatch(problem); found != nil {
		return byAPNs(got, problem, found)
	}
	text := strings.ToLower(problem)
	switch {
	case strings.Contains(text, "push data missing"):
		return unknownEnrollment(got.status)
	case containsAny(text, "push cert", "push provider"):
		return routeDown(got.status, "The MDM server has no push certificate for the device's topic: "+words(problem))
	case containsAny(text, "dial ", "no such host", "proxyconnect", "tls:", "x509:"):
		return routeDown(got.status, "The MDM server does not reach APNs: "+words(problem))
	default:
		return later(got, "The MDM server could not wake the device: "+words(problem))
	}
}

func containsAny(text string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// byAPNs reads an error of APNs; found are its status, reason and timestamp.
// The classes are those of the push room (source: "Handling notification
// responses from APNs").
func byAPNs(got answer, problem string, found []string) invitation.Outcome {
	status, _ := strconv.Atoi(found[1]) // the pattern admits digits only
	o := invitation.Outcome{Class: classOf(status, found[2]), Code: status, Answer: words(problem)}
	switch o.Class {
	case invitation.TokenDead:
		o.DeadSince = deadSince(found[3], time.Now())
	case invitation.Later, invitation.RouteDown:
		o.RetryAfter = got.retryAfter
	default:
	}
	return o
}

func classOf(status int, reason string) invitation.Class {
	switch reason {
	case "Unregistered", "ExpiredToken", "BadDeviceToken", "DeviceTokenNotForTopic":
		return invitation.TokenDead
	case "BadCertificate", "BadCertificateEnvironment", "TopicDisallowed", "BadTopic", "MissingTopic", "BadPath", "MethodNotAllowed":
		return invitation.RouteDown
	case "IdleTimeout", "TooManyRequests", "InternalServerError", "ServiceUnavailable", "Shutdown":
		return invitation.Later
	}
	switch {
	case status == http.StatusGone:
		return invitation.TokenDead
	case status == http.StatusTooManyRequests, status >= 500:
		return invitation.Later
	case status == http.StatusBadRequest, status == http.StatusRequestEntityTooLarge:
		return invitation.Refused
	default:
		return invitation.RouteDown
	}
}

// deadSince is APNs' time in milliseconds, or now when it gave none that can
// be true.
func deadSince(text string, now time.Time) time.Time {
	ms, _ := strconv.ParseInt(text, 10, 64) // none gives 0
	at := time.UnixMilli(ms).UTC()
	if ms <= 0 || at.After(now.Add(24*time.Hour)) {
		return now.UTC()
	}
	return at
}

// broken tells what a request without an answer means.
func (c *Client) broken(ctx context.Context, err error) invitation.Outcome {
	switch {
	case ctx.Err() != nil:
		return later(answer{retryAfter: soon}, "Stopped before the MDM server answered.")
	case untrusted(err):
		return routeDown(0, "The certificate of the MDM server is not trusted: "+words(err.Error()))
	case unreached(err):
		return routeDown(0, "The MDM server can not be reached: "+words(err.Error()))
	case timedOut(err):
		return later(answer{retryAfter: soon}, "The MDM server did not answer within "+c.timeout.String()+".")
	default:
		return later(answer{retryAfter: soon}, "The connection to the MDM server broke: "+words(err.Error()))
	}
}

func timedOut(err error) bool {
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded)
}

func refused(words string) invitation.Outcome {
	return invitation.Outcome{Class: invitation.Refused, Answer: cut(words)}
}

func routeDown(status int, words string) invitation.Outcome {
	return invitation.Outcome{Class: invitation.RouteDown, Code: status, Answer: cut(words)}
}

func later(got answer, words string) invitation.Outcome {
	return invitation.Outcome{Class: invitation.Later, Code: got.status, Answer: cut(words), RetryAfter: got.retryAfter}
}

func unknownEnrollment(status int) invitation.Outcome {
	return invitation.Outcome{
		Class: invitation.TokenDead, Code: status, DeadSince: time.Now().UTC(),
		Answer: "The MDM server does not know this enrollment, or the device has not finished enrolling.",
	}
}
