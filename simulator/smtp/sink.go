// Package smtpsim is a mail server for tests and demos: it keeps what it is
// given, shows it in a small web inbox, and plays faults by a script.
package smtpsim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// TLSMode says how the sink speaks TLS.
type TLSMode string

// The ways to speak TLS.
const (
	TLSNone     TLSMode = ""
	TLSStartTLS TLSMode = "starttls"
	TLSImplicit TLSMode = "implicit"
)

// Options make a Sink. The zero value listens on a free port of 127.0.0.1,
// without TLS and login, and keeps everything.
type Options struct {
	// Listen is an address such as "127.0.0.1:2525".
	Listen string
	TLS    TLSMode
	// CertificateName is what the certificate is for; empty: localhost,
	// 127.0.0.1 and ::1.
	CertificateName string
	// CertificateExpired makes the certificate one of yesterday.
	CertificateExpired bool
	// Username and Password make the sink ask for a login (PLAIN, LOGIN).
	Username, Password string
	// NoPipelining and NoSMTPUTF8 leave these extensions out.
	NoPipelining, NoSMTPUTF8 bool
	// Rules are the fault script.
	Rules []Rule
	// Seed makes rules with a probability repeatable.
	Seed uint64
	// HeadersOnly drops the messages' bytes and keeps their hash.
	HeadersOnly bool
	// Limit is how many messages are kept, the newest; 0: all. Counters by
	// Message-ID go on.
	Limit int
	// OnMessage is called for each message that was taken, before the client
	// hears of it, from many goroutines. It must not block.
	OnMessage func(Message)
	// Pushes is the path at which an inbox for pushes stands beside this one;
	// empty: there is none.
	Pushes string
	// Devices is the path at which a page of devices stands beside this one;
	// empty: none does.
	Devices string
}

// Sink is a running mail server.
type Sink struct {
	options  Options
	server   *smtp.Server
	listener net.Listener
	tls      *tls.Config
	authority
	script
	mailbox
	done        chan struct{}
	connections atomic.Int64
}

// New starts a sink. Close ends it.
func New(o Options) (*Sink, error) {
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	s := &Sink{options: o, done: make(chan struct{})}
	s.mailbox = newMailbox(o)
	s.script.random = rand.New(rand.NewPCG(o.Seed, o.Seed))
	s.SetRules(o.Rules)
	if o.TLS != TLSNone {
		if err := s.authority.make(o.CertificateName, o.CertificateExpired); err != nil {
			return nil, err
		}
		s.tls = &tls.Config{Certificates: []tls.Certificate{s.authority.certificate}, MinVersion: tls.VersionTLS12}
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listening for mail: %w", err)
	}
	s.listener = listener
	s.server = s.newServer()
	go func() {
		defer close(s.done)
		_ = s.server.Serve(&frontListener{Listener: listener, sink: s}) // ends with Close alone
	}()
	return s, nil
}

func (s *Sink) newServer() *smtp.Server {
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		front, ok := c.Conn().(*front)
		if !ok {
			return nil, fmt.Errorf("serving a connection of type %T", c.Conn())
		}
		return &session{sink: s, front: front}, nil
	}))
	server.Domain = "sink.test"
	server.EnableDSN = true
	server.EnableSMTPUTF8 = !s.options.NoSMTPUTF8
	server.AllowInsecureAuth = true // TLS lies below, in front
	server.MaxRecipients = 100
	server.ReadTimeout = 10 * time.Minute
	server.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	return server
}

// Addr is where the sink listens, as "host:port".
func (s *Sink) Addr() string { return s.listener.Addr().String() }

// Host is the address without the port.
func (s *Sink) Host() string {
	host, _, _ := net.SplitHostPort(s.Addr()) // a listener's address is well formed
	return host
}

// Port is the port the sink listens on.
func (s *Sink) Port() int {
	_, port, _ := net.SplitHostPort(s.Addr()) // as in Host
	number, _ := strconv.Atoi(port)           // as above
	return number
}

// Connections is how many connections are open now.
func (s *Sink) Connections() int { return int(s.connections.Load()) }

// RootCAs trusts the sink's certificate; nil without TLS.
func (s *Sink) RootCAs() *x509.CertPool { return s.authority.pool }

// Close ends the sink and its connections.
func (s *Sink) Close() error {
	// The server closes only listeners that its Serve has got round to.
	_ = s.listener.Close() // the server closes it again and says so
	if err := s.server.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	<-s.done
	return nil
}

// session is go-smtp's view of one connection.
type session struct {
	sink     *Sink
	front    *front
	signedIn bool
	from     string
	to       []string
}

// Reset implements smtp.Session.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout implements smtp.Session.
func (s *session) Logout() error { return nil }

// Mail implements smtp.Session.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.sink.options.Username != "" && !s.signedIn {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	s.from = from
	return nil
}

// Rcpt implements smtp.Session.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data implements smtp.Session.
func (s *session) Data(r io.Reader) error {
	if rule := s.sink.match(PhaseBody, s.front.recipient); rule != nil {
		_, _ = r.Read(make([]byte, 1)) // so that the message has begun to arrive
		return s.front.play(rule)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if rule := s.sink.match(PhaseDot, s.front.recipient); rule != nil {
		return s.front.play(rule)
	}
	s.sink.add(s.from, s.to, data)
	if rule := s.sink.match(PhaseAfterDot, s.front.recipient); rule != nil {
		return s.front.play(rule)
	}
	return nil
}
