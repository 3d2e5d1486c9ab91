package smtpsim

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync"

	"github.com/emersion/go-smtp"
)

// frontListener puts a front before each connection.
type frontListener struct {
	net.Listener
	sink *Sink
}

// Accept implements net.Listener.
func (l *frontListener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	f := &front{Conn: raw, sink: l.sink}
	l.sink.connections.Add(1)
	f.speak(raw)
	if l.sink.options.TLS == TLSImplicit {
		f.speak(tls.Server(raw, l.sink.tls))
		f.secure = true
	}
	return f, nil
}

// front lies between a client and go-smtp and plays the faults that go-smtp
// can not express. It hands on one command at a time, so that its own answers
// keep their place among go-smtp's. TLS ends here, and go-smtp sees none.
type front struct {
	net.Conn // the raw connection: deadlines and Close
	sink     *Sink
	stream   io.ReadWriter
	lines    *bufio.Reader
	pending  []byte
	closed   sync.Once

	greeted   bool
	secure    bool
	hello     bool // the answer to EHLO is on its way
	strip     bool
	content   bool // a message is on its way
	midLine   bool
	recipient string
}

var errPlayed = errors.New("the connection ended by the script")

func (f *front) speak(stream io.ReadWriter) {
	f.stream = stream
	f.lines = bufio.NewReader(stream)
}

// Close implements net.Conn; go-smtp may call it twice.
func (f *front) Close() error {
	f.closed.Do(func() { f.sink.connections.Add(-1) })
	return f.Conn.Close()
}

// Read implements net.Conn for go-smtp.
func (f *front) Read(p []byte) (int, error) {
	for len(f.pending) == 0 {
		line, err := f.lines.ReadSlice('\n')
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return 0, err
		}
		if err := f.see(line); err != nil {
			return 0, err
		}
	}
	n := copy(p, f.pending)
	f.pending = f.pending[n:]
	return n, nil
}

// see decides whether go-smtp gets a line.
func (f *front) see(line []byte) error {
	switch {
	case f.content:
		if !f.midLine && string(line) == ".\r\n" {
			f.content = false
		}
	case !f.midLine:
		if own, err := f.command(string(line)); own || err != nil {
			return err
		}
	}
	f.midLine = line[len(line)-1] != '\n'
	f.pending = line
	return nil
}

// command tells whether the command was answered here.
func (f *front) command(line string) (own bool, err error) {
	verb, argument, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
	phase := Phase(strings.ToLower(verb))
	switch phase {
	case "helo", PhaseEHLO:
		phase, f.hello = PhaseEHLO, true
	case PhaseRcpt:
		f.recipient = addressIn(argument)
	case PhaseStartTLS:
		if f.sink.options.TLS != TLSStartTLS || f.secure {
			return false, nil
		}
	case PhaseAuth, PhaseMail, PhaseData, PhaseRset:
	default:
		return false, nil
	}
	rule := f.sink.match(phase, f.recipient)
	switch {
	case rule == nil && phase == PhaseStartTLS:
		return true, f.startTLS()
	case rule == nil:
		return false, nil
	case rule.Action == ActionStrip:
		f.strip = true
		return false, nil
	}
	return true, f.playCommand(rule)
}

func addressIn(argument string) string {
	_, rest, _ := strings.Cut(argument, "<")
	address, _, _ := strings.Cut(rest, ">")
	return strings.ToLower(address)
}

func (f *front) startTLS() error {
	if _, err := io.WriteString(f.stream, "220 2.0.0 Ready to start TLS\r\n"); err != nil {
		return err
	}
	stream := tls.Server(f.Conn, f.sink.tls)
	if err := stream.HandshakeContext(context.Background()); err != nil {
		return err
	}
	f.speak(stream)
	f.secure = true
	return nil
}

// Write implements net.Conn for go-smtp.
func (f *front) Write(p []byte) (int, error) {
	if !f.greeted {
		f.greeted = true
		if rule := f.sink.match(PhaseConnect, ""); rule != nil {
			if err := f.playCommand(rule); err != nil {
				return 0, err
			}
			return len(p), nil
		}
	}
	line := string(p)
	if strings.HasPrefix(line, "354") {
		f.content = true
	}
	if f.hello {
		line = f.extensions(line)
	}
	if _, err := io.WriteString(f.stream, line); err != nil {
		return 0, err
	}
	return len(p), nil
}

// extensions rewrites a line of go-smtp's answer to EHLO.
func (f *front) extensions(line string) string {
	f.hello = strings.HasPrefix(line, "250-")
	switch {
	case strings.HasPrefix(line, "250-Hello") && f.offersTLS():
		return line + "250-STARTTLS\r\n"
	case line == "250-PIPELINING\r\n" && f.sink.options.NoPipelining:
		return ""
	}
	return line
}

func (f *front) offersTLS() bool {
	return f.sink.options.TLS == TLSStartTLS && !f.secure && !f.strip
}

// playCommand plays a rule in the place of go-smtp's answer.
func (f *front) playCommand(rule *Rule) error {
	if rule.Action != "" && rule.Action != ActionReply {
		return f.end(rule.Action)
	}
	if _, err := io.WriteString(f.stream, rule.line()); err != nil {
		return err
	}
	if rule.Code == closing {
		return f.end(ActionClose)
	}
	return nil
}

// closing is the code after which a server closes the connection.
const closing = 421

// play plays a rule within a message, where go-smtp writes the reply.
func (f *front) play(rule *Rule) error {
	if rule.Action != "" && rule.Action != ActionReply {
		return f.end(rule.Action)
	}
	return &smtp.SMTPError{Code: rule.Code, EnhancedCode: smtp.NoEnhancedCode, Message: rule.text()}
}

// end ends the connection, or lets the client do so.
func (f *front) end(a Action) error {
	switch a {
	case ActionHang:
		_, _ = io.Copy(io.Discard, f.Conn) // until the client or Close ends it
	case ActionReset:
		if tcp, ok := f.Conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // without it the end is only less abrupt
		}
	}
	_ = f.Close() // go-smtp closes it again
	return errPlayed
}
