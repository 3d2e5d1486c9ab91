package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-smtp"
	"golang.org/x/net/netutil"
)

// Limits of the intake of delivery reports.
const (
	maxReport           = 10 << 20 // bytes; reports may hold the whole mail
	maxReportRecipients = 50
	maxReportConns      = 20
	reportTimeout       = 2 * time.Minute // for each command, and for a whole report
	handleTimeout       = 30 * time.Second
)

// Bounce is what a mail server reports of a delivery after it took the mail.
type Bounce struct {
	DeliveryID string
	// Status is an enhanced status code (RFC 3463) such as "5.1.1".
	Status string
	// Permanent: the server gave up. Otherwise the mail is late and the server
	// goes on trying.
	Permanent bool
	// Words are the last server's, fit for an Outcome's Answer.
	Words string
}

// Intake is a mail server that takes delivery reports (RFC 3464) at the
// return paths that ReturnPath makes, and nothing else.
type Intake struct {
	domain  string
	secrets [][]byte
	handle  func(context.Context, Bounce) error
	logger  *slog.Logger

	listener net.Listener
	server   *smtp.Server
	ctx      context.Context //nolint:containedctx // that of Serve; go-smtp hands none to its sessions
	cancel   context.CancelFunc
}

// NewIntake listens on the address for reports to the domain, at return paths
// that were made with one of the secrets. handle is called
// for each report of a failure or delay; when it fails, the reporting server
// is told to come again.
func NewIntake(
	listen, domain string, secrets [][]byte, handle func(context.Context, Bounce) error, logger *slog.Logger,
) (*Intake, error) {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("listening for delivery reports: %w", err)
	}
	i := &Intake{domain: domain, secrets: secrets, handle: handle, logger: logger, listener: listener}
	i.ctx, i.cancel = context.WithCancel(context.Background())
	i.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &reportSession{intake: i}, nil
	}))
	i.server.Domain = domain
	i.server.MaxMessageBytes = maxReport
	i.server.MaxRecipients = maxReportRecipients
	i.server.ReadTimeout = reportTimeout
	i.server.WriteTimeout = reportTimeout
	i.server.EnableSMTPUTF8 = true
	i.server.ErrorLog = slog.NewLogLogger(logger.Handler(), slog.LevelDebug)
	return i, nil
}

// Addr is where the intake listens, as "host:port".
func (i *Intake) Addr() string { return i.listener.Addr().String() }

// Serve takes reports until Close; it returns nil then.
func (i *Intake) Serve() error {
	err := i.server.Serve(netutil.LimitListener(i.listener, maxReportConns))
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("taking delivery reports: %w", err)
	}
	return nil
}

// Close ends Serve and all connections. A report that was not answered yet
// comes again.
func (i *Intake) Close() error {
	i.cancel()
	// The server closes only a listener that its Serve has got round to.
	_ = i.listener.Close() // the server closes it again and says so
	if err := i.server.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("closing the intake of delivery reports: %w", err)
	}
	return nil
}

// reportSession is one connection to the intake.
type reportSession struct {
	intake     *Intake
	deliveries []string
}

var (
	errNotHere = &smtp.SMTPError{
		Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1},
		Message: "Only delivery reports are taken here",
	}
	errComeAgain = &smtp.SMTPError{
		Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0},
		Message: "The report could not be kept, please try again later",
	}
)

// Reset implements smtp.Session.
func (s *reportSession) Reset() { s.deliveries = nil }

// Logout implements smtp.Session.
func (s *reportSession) Logout() error { return nil }

// Mail implements smtp.Session. Reports come from the empty path, but a server
// that does it wrong knows something all the same.
func (s *reportSession) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt implements smtp.Session.
func (s *reportSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	for _, secret := range s.intake.secrets {
		if delivery, ok := ParseReturnPath(secret, to, s.intake.domain); ok {
			s.deliveries = append(s.deliveries, delivery)
			return nil
		}
	}
	return errNotHere
}

// Data implements smtp.Session.
func (s *reportSession) Data(r io.Reader) error {
	report, ok := parseReport(r)
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err // go-smtp's own, with its code
	}
	if !ok {
		// An automatic reply, or a report of success.
		s.intake.logger.Debug("mail at a return path is no report of a failure")
		return nil
	}
	ctx, cancel := context.WithTimeout(s.intake.ctx, handleTimeout)
	defer cancel()
	for _, delivery := range s.deliveries {
		report.DeliveryID = delivery
		if err := s.intake.handle(ctx, report); err != nil {
			s.intake.logger.Error("keeping a delivery report", "delivery", delivery, "error", err)
			return errComeAgain
		}
	}
	return nil
}
