// Package apnssim plays the Apple Push Notification service: HTTP/2 over TLS,
// provider certificates, the checks and the words of the real one, and faults
// by a script. It keeps what it took, so that a test or a demo can look.
//
// Source of the rules: Apple, "Sending notification requests to APNs" and
// "Handling notification responses from APNs".
package apnssim

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"heraut/simulator/authority"
)

// Options of a Server. The zero value listens on a free port of 127.0.0.1 and
// takes pushes to every token.
type Options struct {
	// Addr is the address to listen on; default "127.0.0.1:0".
	Addr string
	// CACertPEM and CAKeyPEM are an authority made earlier (Server.CAPEM and
	// Server.CAKeyPEM), so that a demo keeps its certificates over restarts;
	// empty makes a new one.
	CACertPEM, CAKeyPEM []byte
	// RegisteredOnly answers BadDeviceToken for tokens that are not registered.
	RegisteredOnly bool
	// Keep is how many of the newest notifications are kept; default 200,000.
	// The counts count all of them.
	Keep int
	// Seed starts the generator behind the script's probabilities.
	Seed uint64
	// Script is what goes wrong from the start.
	Script Script
	// Logger is told of each push; nil means nobody is.
	Logger *slog.Logger
	// Mails is the path at which an inbox for mails stands beside this one's;
	// empty: there is none.
	Mails string
}

// Server is a running APNs. It is safe for concurrent use.
type Server struct {
	ca       *authority.Authority
	listener net.Listener
	http     *http.Server
	log      *slog.Logger
	mails    string // Options.Mails
	done     chan struct{}

	devices devices
	book    book
	faults  faults
}

// New starts a server; Close it.
func New(o Options) (*Server, error) {
	ca, err := authority.Open(o.CACertPEM, o.CAKeyPEM, "Simulated Apple authority")
	if err != nil {
		return nil, err
	}
	s := &Server{ca: ca, log: cmp.Or(o.Logger, slog.New(slog.DiscardHandler)), mails: o.Mails, done: make(chan struct{})}
	s.devices.registeredOnly = o.RegisteredOnly
	s.book.keep = cmp.Or(max(o.Keep, 0), 200_000)
	s.faults.seed(o.Seed)
	if err := s.SetScript(o.Script); err != nil {
		return nil, err
	}
	if s.listener, err = net.Listen("tcp", cmp.Or(o.Addr, "127.0.0.1:0")); err != nil {
		return nil, fmt.Errorf("listening for pushes: %w", err)
	}
	if err := s.serve(); err != nil {
		_ = s.listener.Close() // nothing was served yet
		return nil, err
	}
	return s, nil
}

func (s *Server) serve() error {
	certificate, err := s.ca.Server("Simulated APNs", s.listener.Addr())
	if err != nil {
		return err
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	s.http = &http.Server{
		Handler:   http.HandlerFunc(s.handle),
		Protocols: protocols,
		HTTP2:     &http.HTTP2Config{MaxConcurrentStreams: 1000},
		TLSConfig: &tls.Config{
			MinVersion:            tls.VersionTLS12,
			Certificates:          []tls.Certificate{certificate},
			ClientAuth:            tls.RequestClientCert,
			VerifyPeerCertificate: verifyClient,
		},
		ReadHeaderTimeout: 10 * time.Second,
		ConnContext:       withConn,
		ErrorLog:          slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // refused handshakes are the caller's to see
	}
	go func() {
		if err := s.http.ServeTLS(s.listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("apns simulator stopped", "error", err)
		}
	}()
	return nil
}

// URL is where the server is reached: "https://127.0.0.1:port".
func (s *Server) URL() string { return "https://" + s.listener.Addr().String() }

// Close ends the server and every connection to it.
func (s *Server) Close() error {
	close(s.done)
	if err := s.http.Close(); err != nil {
		return fmt.Errorf("closing the apns simulator: %w", err)
	}
	return nil
}

type connKey struct{}

// withConn lets a fault break the connection that a push came over.
func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}
