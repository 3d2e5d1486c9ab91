package ldap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"strconv"
	"time"

	ldap "github.com/go-ldap/ldap/v3"

	"heraut/people"
)

const (
	// dialWithin bounds how long a connection and its encryption may take.
	dialWithin = 10 * time.Second
	// answerWithin bounds how long one answer may take: a page of a large
	// directory on a busy server.
	answerWithin = 90 * time.Second
)

// Dialer makes connections; tests replace it to stand between.
type Dialer func(ctx context.Context, network, address string) (net.Conn, error)

// link is one connection that is bound.
type link struct {
	*ldap.Conn

	host string
}

// step tells each thing that was tried, for whoever tests a connection.
type step func(name string, err error, detail string)

// dial connects, encrypts and binds. An empty password is refused before the
// call: servers take it for an anonymous login that succeeds (RFC 4513, 5.1.2).
func dial(ctx context.Context, c people.DirectoryConfig, password string, d Dialer, told step) (*link, error) {
	if password == "" {
		err := say(nil, "Give a password: with an empty one the server lets anybody in, as nobody.")
		told("password", err, "")
		return nil, err
	}
	address := net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
	connecting, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	raw, err := connect(connecting, c, address, d)
	told("connect", err, address)
	if err != nil {
		return nil, err
	}
	conn, err := encrypt(connecting, c, raw)
	told("tls", err, string(c.Security))
	if err != nil {
		return nil, err
	}
	conn.SetTimeout(answerWithin)
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // a login does not know the context
	defer stop()
	if err := conn.Bind(c.BindDN, password); err != nil {
		err = binding(c.Host, err)
		told("bind", err, "")
		_ = conn.Close() // the refusal says more
		return nil, err
	}
	told("bind", nil, c.BindDN)
	return &link{conn, c.Host}, nil
}

func connect(ctx context.Context, c people.DirectoryConfig, address string, d Dialer) (net.Conn, error) {
	if d == nil {
		d = (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext
	}
	raw, err := d(ctx, "tcp", address)
	if err != nil {
		return nil, connecting(c.Host, address, err)
	}
	return raw, nil
}

// encrypt verifies the server's certificate and name, always.
func encrypt(ctx context.Context, c people.DirectoryConfig, raw net.Conn) (*ldap.Conn, error) {
	set := &tls.Config{ServerName: c.Host, MinVersion: tls.VersionTLS12}
	if c.CA != "" {
		set.RootCAs = x509.NewCertPool()
		set.RootCAs.AppendCertsFromPEM([]byte(c.CA))
	}
	if c.Security == people.DirectoryStartTLS {
		if err := startTLS(ctx, raw); err != nil {
			_ = raw.Close() // why it is not encrypted says more
			return nil, encrypting(c.Host, err)
		}
	}
	secure := tls.Client(raw, set)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = raw.Close() // why it is not encrypted says more
		return nil, encrypting(c.Host, err)
	}
	conn := ldap.NewConn(secure, true)
	conn.Start()
	return conn, nil
}
