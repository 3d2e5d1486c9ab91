package mail

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"unicode/utf8"
)

// maxAnswer is the longest Outcome.Answer in bytes.
const maxAnswer = 500

// answer makes a server's words fit to be kept: one line, valid UTF-8, at most
// maxAnswer bytes, without what is private.
func answer(text string, private []string) string {
	// A reply may be long; what is cut away here can only be past the limit,
	// even after private texts have shrunk.
	const enough = 64 * maxAnswer
	if len(text) > enough {
		text = text[:enough]
	}
	for _, p := range private {
		text = strings.ReplaceAll(text, p, "...")
	}
	text = strings.Map(func(r rune) rune {
		if breaksLine(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxAnswer {
		return text
	}
	cut := maxAnswer
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}

// networkWords says what happened to a connection, without addresses.
func networkWords(err error) string {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the server closed the connection"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was reset"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return "no route to the host"
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return "this machine does not allow it"
	case errors.Is(err, errReplyTooLong):
		return errReplyTooLong.Error()
	}
	if netErr, ok := errors.AsType[net.Error](err); ok && netErr.Timeout() {
		return "no answer in time"
	}
	return err.Error()
}

func dialSentence(t target, err error) string {
	text := fmt.Sprintf("Connecting to %s on port %d did not work: %s.", t.host, t.port, networkWords(err))
	switch {
	case t.port == smtpPort && !t.opportunistic:
		return text + " Port 25 seems to be blocked by a firewall or the internet provider; a relay is often reached on port 587."
	case t.opportunistic:
		return text
	default:
		return text + " Check the relay's name and port, and any firewall in between."
	}
}

const smtpPort = 25

func dnsSentence(host string, err *net.DNSError) string {
	switch {
	case err.IsNotFound:
		return "The name " + host + " does not exist in DNS. Check its spelling."
	case err.IsTimeout:
		return "The name servers did not answer when asked for " + host + "."
	default:
		return "The name servers could not answer when asked for " + host + "."
	}
}

func tlsSentence(t target, err error) string {
	verification, isVerification := errors.AsType[*tls.CertificateVerificationError](err)
	switch {
	case isVerification:
		return "The certificate of " + t.host + " is not trusted: " + certificateWords(verification.Err) + ". Nothing was sent."
	case replyCode(err) != 0:
		return t.host + " refused to start TLS: " + words(err)
	default:
		return "Encrypting the connection to " + t.host + " did not work: " + networkWords(err) + ". Check the port and the kind of TLS."
	}
}

func certificateWords(err error) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "it is signed by an unknown authority"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "it is for another name"
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "it has expired or is not valid yet"
	}
	return strings.TrimPrefix(err.Error(), "x509: ")
}
