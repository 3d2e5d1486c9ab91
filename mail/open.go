package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"heraut/fault"
	"heraut/settings"
)

// target is a server to open a connection to.
type target struct {
	host               string
	port               int
	tls                settings.TLSMode
	opportunistic      bool // direct mail: TLS where offered, with any certificate
	username, password string
}

func (t target) address() string { return net.JoinHostPort(t.host, strconv.Itoa(t.port)) }

func relayTarget(r settings.Relay) (target, error) {
	if r.Host == "" {
		return target{}, fault.Invalid(fault.Field{Pointer: "/relay/host", Message: "The name of the relay is missing."})
	}
	switch r.TLS {
	case settings.TLSStartTLS, settings.TLSImplicit, settings.TLSNone:
	default:
		return target{}, fault.Invalid(fault.Field{Pointer: "/relay/tls", Message: "TLS is none of starttls, implicit, none."})
	}
	return target{host: r.Host, port: r.Port, tls: r.TLS, username: r.Username, password: r.Password}, nil
}

// open connects to the server and brings it to where it takes mail. The error
// is an *openError, or that of ctx.
func (o Options) open(ctx context.Context, t target) (*conn, error) {
	raw, err := o.dial(ctx, t)
	if err != nil {
		return nil, cancelledOr(ctx, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = raw.Close() }) // ends the dialogue below
	c := &conn{net: &boundedConn{Conn: raw, unread: maxReply}, host: t.host}
	err = o.greet(ctx, t, c)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = raw.Close() // the opening failed already
		if failure, ok := errors.AsType[*openError](err); ok {
			failure.before = c.steps
		}
		return nil, cancelledOr(ctx, err)
	}
	return c, nil
}

func cancelledOr(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (o Options) dial(ctx context.Context, t target) (net.Conn, error) {
	dialer := net.Dialer{Timeout: o.Timeouts.Connect, Resolver: o.resolver()}
	raw, err := dialer.DialContext(ctx, "tcp", t.address())
	if err == nil {
		return raw, nil
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return nil, &openError{step: StepDNS, sentence: dnsSentence(t.host, dns)}
	}
	return nil, &openError{step: StepConnect, network: true, sentence: dialSentence(t, err)}
}

// greet does all that comes before the first MAIL.
func (o Options) greet(ctx context.Context, t target, c *conn) error {
	c.note(StepDNS, "%s is %s.", t.host, hostOf(c.net.RemoteAddr()))
	stream, err := o.implicitTLS(ctx, c, t)
	if err != nil {
		return err
	}
	if err := c.within(ctx, o.Timeouts.Banner); err != nil {
		return err
	}
	c.client, err = smtp.NewClient(stream, t.host)
	if err != nil {
		return failed(StepConnect, t, "The greeting of %s", err)
	}
	if err := c.within(ctx, o.Timeouts.Command); err != nil {
		return err
	}
	if err := c.client.Hello(o.HELO); err != nil {
		return failed(StepConnect, t, "The answer of %s to EHLO", err)
	}
	if t.tls != settings.TLSImplicit {
		c.note(StepConnect, "Connected to port %d.", t.port)
	}
	if err := o.startTLS(c, t); err != nil {
		return err
	}
	if err := login(c, t); err != nil {
		return err
	}
	c.pipelining, _ = c.client.Extension("PIPELINING")
	c.utf8, _ = c.client.Extension("SMTPUTF8")
	return nil
}

func (c *conn) note(step, format string, args ...any) {
	c.steps = append(c.steps, Step{Name: step, OK: true, Detail: fmt.Sprintf(format, args...)})
}

// implicitTLS returns the stream to speak SMTP on.
func (o Options) implicitTLS(ctx context.Context, c *conn, t target) (net.Conn, error) {
	if t.tls != settings.TLSImplicit {
		return c.net, nil
	}
	c.note(StepConnect, "Connected to port %d.", t.port)
	if err := c.within(ctx, o.Timeouts.Command); err != nil {
		return nil, err
	}
	stream := tls.Client(c.net, o.tlsConfig(t))
	if err := stream.HandshakeContext(ctx); err != nil {
		return nil, &openError{step: StepTLS, sentence: tlsSentence(t, err)}
	}
	c.note(StepTLS, "Encrypted with %s.", tls.VersionName(stream.ConnectionState().Version))
	return stream, nil
}

// startTLS brings TLS where the target asks for it. A relay that does not
// offer what is required may have been cut off from doing so by someone in
// between: no mail then.
func (o Options) startTLS(c *conn, t target) error {
	if t.tls == settings.TLSImplicit {
		return nil
	}
	offered, _ := c.client.Extension("STARTTLS")
	if t.tls == settings.TLSNone || t.opportunistic && !offered {
		c.note(StepTLS, "Not encrypted.")
		return nil
	}
	if !offered {
		return &openError{step: StepTLS, sentence: t.host +
			" does not offer STARTTLS, which the settings require. Nothing was sent in clear text. Check the port, or choose implicit TLS."}
	}
	if err := c.client.StartTLS(o.tlsConfig(t)); err != nil {
		return &openError{step: StepTLS, code: replyCode(err), sentence: tlsSentence(t, err)}
	}
	state, _ := c.client.TLSConnectionState()
	c.note(StepTLS, "Encrypted with %s.", tls.VersionName(state.Version))
	return nil
}

func (o Options) tlsConfig(t target) *tls.Config {
	return &tls.Config{
		ServerName: t.host,
		RootCAs:    o.RootCAs,
		MinVersion: tls.VersionTLS12,
		// Opportunistic TLS (RFC 7435): a certificate that nobody could check
		// still keeps a passive listener out, and plain text is the alternative.
		InsecureSkipVerify: t.opportunistic, //nolint:gosec // see above
	}
}

func hostOf(a net.Addr) string {
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}

// resolver asks the given name server, or the system's.
func (o Options) resolver() *net.Resolver {
	if o.DNSServer == "" {
		return net.DefaultResolver
	}
	dialer := net.Dialer{Timeout: 5 * time.Second}
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, o.DNSServer)
	}}
}
