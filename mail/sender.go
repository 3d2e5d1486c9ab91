package mail

import (
	"context"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"time"

	"heraut/fault"
	"heraut/invitation"
	"heraut/settings"
)

// Options are what a Sender needs besides the settings. The zero value works.
type Options struct {
	// HELO is the name with which Heraut greets; empty: the machine's own.
	HELO string
	// DNSServer is the "host:port" of the name server to ask; empty: the system's.
	DNSServer string
	// MXPort is the port of direct mail; 0: 25.
	MXPort int
	// RootCAs are trusted for a relay's certificate; nil: the system's.
	RootCAs  *x509.CertPool
	Timeouts Timeouts
	// MaxConns is the number of connections to the relay; 0: 10.
	MaxConns int
	// PerDomain is the number of connections to one set of mail servers in
	// direct mode; 0: 2.
	PerDomain int
	// Logger gets what goes wrong with connections, never addresses; nil: none.
	Logger *slog.Logger
}

// Timeouts limit how long a mail server may take. A zero field has its default.
type Timeouts struct {
	Connect time.Duration // to one address: 15 s
	Banner  time.Duration // until the greeting: 30 s
	Command time.Duration // until each reply, TLS and login included: 60 s
	// Data is for the message and the reply to it: 5 min. A server that
	// answers later may have taken the mail: outcome Unknown.
	Data time.Duration
	// Idle is how long an unused connection is kept: 20 s.
	Idle time.Duration
	// Grace is what a cancelled Send still gets to hear the answer to a
	// message that is on the wire: 10 s.
	Grace time.Duration
}

// Sender hands mails to servers over kept connections. It is safe for
// concurrent use.
type Sender struct {
	mail    settings.Mail
	options Options
	relay   *pool // nil in direct mode
	direct  *direct
}

// NewSender makes a sender for the settings; it opens no connection. Settings
// that can not work are a fault.InvalidRequest.
func NewSender(m settings.Mail, o Options) (*Sender, error) {
	if m.From == "" {
		return nil, fault.Invalid(fault.Field{Pointer: "/from", Message: "Set its From address and how it leaves (PUT /v1/settings/mail)."})
	}
	if _, problem := normalizeAddress(m.From); problem != "" {
		return nil, fault.Invalid(fault.Field{Pointer: "/from", Message: problem})
	}
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Sender{mail: m, options: o}
	switch m.Mode {
	case settings.MailDirect:
		s.direct = newDirect(o)
	case settings.MailRelay:
		target, err := relayTarget(m.Relay)
		if err != nil {
			return nil, err
		}
		s.relay = newPool(o.MaxConns, o.Timeouts.Idle, func(ctx context.Context) (*conn, error) {
			return o.open(ctx, target)
		})
	default:
		return nil, fault.Invalid(fault.Field{Pointer: "/mode", Message: "The mode is neither direct nor relay."})
	}
	return s, nil
}

// Send hands one mail to its server and says what became of it. It calls
// beforeData once, after the server agreed to the recipient and just before
// DATA goes on the wire; if that fails, the mail is withdrawn and the outcome
// is Later. From then on a cancelled ctx ends the dialogue only after
// Timeouts.Grace, so that the server's answer is not lost.
func (s *Sender) Send(ctx context.Context, e Envelope, beforeData func(context.Context) error) invitation.Outcome {
	d := delivery{envelope: &e, beforeData: beforeData, timeouts: s.options.Timeouts, relay: s.relay != nil}
	outcome := s.send(ctx, &d)
	outcome.Answer = answer(outcome.Answer, e.private)
	return outcome
}

func (s *Sender) send(ctx context.Context, d *delivery) invitation.Outcome {
	if s.relay != nil {
		return d.through(ctx, s.relay)
	}
	hosts, outcome := s.direct.hosts(ctx, domainOf(d.envelope.To))
	if hosts == nil {
		return outcome
	}
	destination := s.direct.take(hosts)
	defer s.direct.release(destination)
	return d.through(ctx, destination.pool)
}

// Close closes the kept connections; mails under way end first.
func (s *Sender) Close() {
	if s.relay != nil {
		s.relay.close()
		return
	}
	s.direct.close()
}

func (o Options) withDefaults() (Options, error) {
	if o.HELO == "" {
		name, err := os.Hostname()
		if err != nil {
			return o, fmt.Errorf("asking for the machine's name: %w", err)
		}
		o.HELO = name
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	orDefault(&o.MXPort, 25)
	orDefault(&o.MaxConns, 10)
	orDefault(&o.PerDomain, 2)
	orDefault(&o.Timeouts.Connect, 15*time.Second)
	orDefault(&o.Timeouts.Banner, 30*time.Second)
	orDefault(&o.Timeouts.Command, time.Minute)
	orDefault(&o.Timeouts.Data, 5*time.Minute)
	orDefault(&o.Timeouts.Idle, 20*time.Second)
	orDefault(&o.Timeouts.Grace, 10*time.Second)
	return o, nil
}

func orDefault[T comparable](value *T, otherwise T) {
	var zero T
	if *value == zero {
		*value = otherwise
	}
}
