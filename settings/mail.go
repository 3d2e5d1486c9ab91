// Package settings holds what an administrator sets: values, defaults and
// their checks. It knows neither where settings are kept nor who uses them.
package settings

import (
	"fmt"
	"net"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"heraut/fault"
)

// MailMode is the way mail leaves.
type MailMode string

// The ways mail leaves.
const (
	// MailDirect looks up the recipient domain's MX and delivers on port 25.
	MailDirect MailMode = "direct"
	// MailRelay hands every mail to one outgoing server.
	MailRelay MailMode = "relay"
)

// TLSMode says how the connection to a relay is secured.
type TLSMode string

// The ways a relay connection is secured. STARTTLS is required when chosen,
// never silently dropped.
const (
	TLSStartTLS TLSMode = "starttls"
	TLSImplicit TLSMode = "implicit"
	TLSNone     TLSMode = "none"
)

// Mail is how invitation mail leaves.
type Mail struct {
	Mode  MailMode `json:"mode"`
	From  string   `json:"from"`
	Relay Relay    `json:"relay"`
	// PerMinute limits messages a minute over all workers; 0 means no limit.
	PerMinute int     `json:"per_minute"`
	Bounces   Bounces `json:"bounces"`
}

// Relay is the outgoing server of MailRelay.
type Relay struct {
	Host     string  `json:"host"`
	Port     int     `json:"port"`
	TLS      TLSMode `json:"tls"`
	Username string  `json:"username"`
	// Password is write only: the store seals it, no API shows it.
	Password string `json:"-"`
}

// Bounces says where delivery status notifications come back to.
type Bounces struct {
	// Domain is the domain of the VERP return path; empty: the From address
	// is the return path and bounces are not matched.
	Domain string `json:"domain"`
	// Listen is the address ("127.0.0.1:2525") on which the worker takes
	// DSNs by SMTP; empty: no intake.
	Listen string `json:"listen"`
}

// DefaultMail is what counts until an administrator sets something else: mail
// leaves directly, and nothing leaves without a From address.
func DefaultMail() Mail { return Mail{Mode: MailDirect, Relay: Relay{Port: 587, TLS: TLSStartTLS}} }

// Check tells what is wrong, with a JSON pointer for each field.
func (m Mail) Check() error {
	var fields []fault.Field
	add := func(pointer, message string) {
		fields = append(fields, fault.Field{Pointer: pointer, Message: message})
	}
	if m.Mode != MailDirect && m.Mode != MailRelay {
		add("/mode", "Use direct or relay.")
	}
	checkAddress(add, "/from", m.From)
	if m.PerMinute < 0 || m.PerMinute > 1_000_000 {
		add("/per_minute", "Give a number between 0 (no limit) and 1000000.")
	}
	if m.Mode == MailRelay {
		m.Relay.check(add)
	}
	m.Bounces.check(add)
	if len(fields) > 0 {
		return fault.Invalid(fields...)
	}
	return nil
}

func (r Relay) check(add func(pointer, message string)) {
	if r.Host == "" || strings.ContainsAny(r.Host, " /:@\t\r\n") && net.ParseIP(r.Host) == nil {
		add("/relay/host", "Give the name or address of the outgoing mail server, without port.")
	}
	if r.Port < 1 || r.Port > 65535 {
		add("/relay/port", "Give a port between 1 and 65535; 587 is usual.")
	}
	if r.TLS != TLSStartTLS && r.TLS != TLSImplicit && r.TLS != TLSNone {
		add("/relay/tls", "Use starttls, implicit or none.")
	}
	checkLine(add, "/relay/username", r.Username, 320)
	if r.Username == "" && r.Password != "" {
		add("/relay/username", "A password needs a username.")
	}
}

func (b Bounces) check(add func(pointer, message string)) {
	if strings.ContainsAny(b.Domain, " @/:\t\r\n<>") {
		add("/bounces/domain", "Give a domain such as bounces.example.org.")
	}
	if b.Listen == "" {
		return
	}
	if _, port, err := net.SplitHostPort(b.Listen); err != nil || port == "" {
		add("/bounces/listen", "Give an address with a port, such as 0.0.0.0:25.")
	}
	if b.Domain == "" {
		add("/bounces/domain", "An intake for bounces needs the domain they are sent to.")
	}
}

func checkAddress(add func(pointer, message string), pointer, value string) {
	if len(value) > 320 {
		add(pointer, "Use at most 320 characters.")
		return
	}
	if parsed, err := mail.ParseAddress(value); err != nil || parsed.Address != value {
		add(pointer, "Give an e-mail address such as invitations@example.org.")
	}
}

func checkLine(add func(pointer, message string), pointer, value string, limit int) {
	switch {
	case utf8.RuneCountInString(value) > limit:
		add(pointer, fmt.Sprintf("Use at most %d characters.", limit))
	case !utf8.ValidString(value) || strings.ContainsFunc(value, notInLine):
		add(pointer, "Leave out line breaks and control characters.")
	}
}

func notInLine(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }
