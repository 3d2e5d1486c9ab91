// Package appsbookssim plays Apple's Apps and Books service, version 2, over
// HTTPS: the calls, limits, states and words of the real one, events that take
// a while, notifications, people who accept, and faults by a script.
//
// Source of the rules: Apple, Device Management, "Service Config", "Managing
// users", "Managing assets", "Using paginated endpoints", "Subscribing to
// notifications", "Client Config" and "Handling error responses". What those
// leave open follows the text of version 1 ("MDM Protocol Reference", 2018).
package appsbookssim

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"sync"
	"time"

	"heraut/simulator/authority"
)

// Options of a Server. The zero value listens on a free port of 127.0.0.1 and
// has Apple's limits.
type Options struct {
	// Addr is the address to listen on; default "127.0.0.1:0".
	Addr string
	// CACertPEM and CAKeyPEM are an authority made earlier (Server.CAPEM and
	// Server.CAKeyPEM), so that a demo keeps its certificates over restarts;
	// empty makes a new one.
	CACertPEM, CAKeyPEM []byte
	// Limits replace single limits of the service config, by Apple's names.
	Limits map[string]int
	// PageSize is the elements of a page; default 500.
	PageSize int
	// EventDelay is how long an event stays PENDING; default 200 ms.
	EventDelay time.Duration
	// InviteBase is where people open invite URLs, when that is not this
	// server (Server.Page mounted elsewhere): "https://host:port".
	InviteBase string
	// ManagedDomain, when set, is the only domain of Managed Apple Accounts.
	ManagedDomain string
	// NotifyRoots are the authorities that may have signed the certificate of
	// a notification URL; nil means the system's.
	NotifyRoots *x509.CertPool
	// NotifyRetry is the wait between the three attempts of a notification;
	// default a minute.
	NotifyRetry time.Duration
	// Snapshot is what Server.Snapshot gave of an earlier server.
	Snapshot []byte
	// Keep, when set, gets each new state before anybody is told of it: what it
	// keeps is the Snapshot of a server that starts after this process was killed.
	Keep func(state []byte) error
	// Script is what goes wrong from the start.
	Script Script
	// Logger is told of each request; nil means nobody is.
	Logger *slog.Logger
}

// Server is a running service. It is safe for concurrent use.
type Server struct {
	options  Options
	ca       *authority.Authority
	listener net.Listener
	http     *http.Server
	notifier *http.Client
	log      *slog.Logger
	done     chan struct{}
	stop     context.CancelFunc
	alive    context.Context
	work     sync.WaitGroup

	faults faults
	outbox outbox

	keeping sync.Mutex
	kept    []byte // the state that was kept last

	mu        sync.Mutex
	limits    map[string]int
	locations []*location
	tokens    map[string]*token
	requests  []Request
	lookupURL string
}

// New starts a server; Close it.
func New(o Options) (*Server, error) {
	ca, err := authority.Open(o.CACertPEM, o.CAKeyPEM, "Simulated Apps and Books authority")
	if err != nil {
		return nil, err
	}
	o.PageSize = cmp.Or(max(o.PageSize, 0), 500)
	o.EventDelay = cmp.Or(max(o.EventDelay, 0), 200*time.Millisecond)
	o.NotifyRetry = cmp.Or(max(o.NotifyRetry, 0), time.Minute)
	s := &Server{
		options: o,
		ca:      ca,
		log:     cmp.Or(o.Logger, slog.New(slog.DiscardHandler)),
		done:    make(chan struct{}),
		limits:  appleLimits(),
		tokens:  map[string]*token{},
		notifier: &http.Client{
			Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: o.NotifyRoots}},
			Timeout:   10 * time.Second,
		},
	}
	maps.Copy(s.limits, o.Limits)
	s.alive, s.stop = context.WithCancel(context.Background())
	if err := errors.Join(s.SetScript(o.Script), s.restore(o.Snapshot)); err != nil {
		s.stop()
		return nil, err
	}
	if s.listener, err = net.Listen("tcp", cmp.Or(o.Addr, "127.0.0.1:0")); err != nil {
		s.stop()
		return nil, fmt.Errorf("listening for Apps and Books: %w", err)
	}
	if err := s.serve(); err != nil {
		s.stop()
		_ = s.listener.Close() // nothing was served yet
		return nil, err
	}
	return s, nil
}

func (s *Server) serve() error {
	certificate, err := s.ca.Server("Simulated Apps and Books", s.listener.Addr())
	if err != nil {
		return err
	}
	s.lookupURL = s.origin() + LookupPath
	mux := http.NewServeMux()
	mux.HandleFunc("/", s.handle)
	mux.Handle(InvitePath, s.Page())
	mux.HandleFunc(LookupPath, s.lookup)
	s.http = &http.Server{
		Handler:           mux,
		TLSConfig:         &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}},
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // refused handshakes are the caller's to see
	}
	s.outbox.wake = make(chan struct{}, 1)
	s.work.Go(s.deliverAll)
	go func() {
		if err := s.http.ServeTLS(s.listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("apps and books simulator stopped", "error", err)
		}
	}()
	return nil
}

// URL is the base of the service: "https://127.0.0.1:port/mdm/v2".
func (s *Server) URL() string { return s.origin() + base }

func (s *Server) origin() string { return "https://" + s.Addr() }

// Addr is where the server listens, host:port.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// CAPEM is the authority that signed the server's certificate, for the
// client's list of roots.
func (s *Server) CAPEM() []byte { return s.ca.PEM }

// CAKeyPEM is the authority's key, to open the same authority again.
func (s *Server) CAKeyPEM() []byte { return s.ca.KeyPEM }

// Close ends the server and every connection to it. Notifications that have
// not left are dropped.
func (s *Server) Close() error {
	close(s.done)
	s.stop()
	err := s.http.Close()
	s.work.Wait()
	s.notifier.CloseIdleConnections()
	if err != nil {
		return fmt.Errorf("closing the apps and books simulator: %w", err)
	}
	return nil
}
