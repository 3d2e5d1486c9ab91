package mail

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	netmail "net/mail"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"heraut/fault"
	"heraut/invitation"
	"heraut/settings"
)

// Step is one step of the way of a mail, as Test tells it.
type Step struct {
	// Name is one of the Step constants.
	Name string
	OK   bool
	// Detail is a sentence: what was found, or what to do.
	Detail string
}

// The steps, in their order.
const (
	StepDNS      = "dns"
	StepConnect  = "connect"
	StepTLS      = "tls"
	StepLogin    = "login"
	StepAccepted = "accepted"
)

// testLimit is how long Test may take in all.
const testLimit = 45 * time.Second

// Test sends a small mail by the settings and tells each step, up to the first
// that failed. The mail goes to the recipient; empty: to the settings' From.
// The words of a step hold neither the password nor addresses of people.
func Test(ctx context.Context, m settings.Mail, o Options, recipient string) []Step {
	ctx, cancel := context.WithTimeout(ctx, testLimit)
	defer cancel()
	if recipient == "" {
		recipient = m.From
	}
	sender, err := NewSender(m, o)
	if err != nil {
		return []Step{{Name: StepDNS, Detail: notSetUp(err)}}
	}
	defer sender.Close()
	envelope, err := testMail(m.From, recipient)
	if err != nil {
		return []Step{{Name: StepDNS, Detail: faultWords(err)}}
	}
	c, steps := sender.testOpen(ctx, domainOf(envelope.To))
	if c == nil {
		return steps
	}
	defer c.quit()
	return append(steps, sender.testDeliver(ctx, c, &envelope))
}

// testOpen opens a connection; nil: the last step says why not.
func (s *Sender) testOpen(ctx context.Context, domain string) (*conn, []Step) {
	open := func() (*conn, error) { return s.relay.dial(ctx) }
	if s.direct != nil {
		hosts, outcome := s.direct.hosts(ctx, domain)
		if hosts == nil {
			return nil, []Step{{Name: StepDNS, Detail: outcome.Answer}}
		}
		open = func() (*conn, error) { return s.direct.open(ctx, hosts) }
	}
	c, err := open()
	if err == nil {
		return c, c.steps
	}
	failure, ok := errors.AsType[*openError](err)
	if !ok {
		return nil, []Step{{Name: StepConnect, Detail: "There was no answer in " + testLimit.String() + "."}}
	}
	steps := failure.before
	if failure.network {
		steps = append(steps, Step{Name: StepDNS, OK: true, Detail: "The name was found."})
	}
	return nil, append(steps, Step{Name: failure.step, Detail: answer(failure.sentence, nil)})
}

func (s *Sender) testDeliver(ctx context.Context, c *conn, e *Envelope) Step {
	d := delivery{
		envelope:   e,
		beforeData: func(context.Context) error { return nil },
		timeouts:   s.options.Timeouts,
		relay:      s.relay != nil,
	}
	outcome := d.on(ctx, c).outcome
	return Step{
		Name:   StepAccepted,
		OK:     outcome.Class == invitation.Taken,
		Detail: answer(outcome.Answer, []string{e.To}),
	}
}

// testMail is as plain as a mail can be.
func testMail(from, recipient string) (Envelope, error) {
	recipient, problem := normalizeAddress(recipient)
	if problem != "" {
		return Envelope{}, fault.Invalid(fault.Field{Pointer: "/recipient", Message: problem})
	}
	from, problem = normalizeAddress(from)
	if problem != "" {
		return Envelope{}, fault.Invalid(fault.Field{Pointer: "/from", Message: problem})
	}
	id := "test-" + strings.ToLower(rand.Text()) + "@" + domainOf(from)
	msg := newMsg(id)
	msg.FromMailAddress(&netmail.Address{Address: from})
	msg.ToMailAddress(&netmail.Address{Address: recipient})
	msg.SetMessageIDWithValue(id)
	msg.Subject("Heraut: test mail / testbericht")
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain,
		"Mail from Heraut arrives here.\r\nPost van Heraut komt hier aan.\r\n")
	var data bytes.Buffer
	if _, err := msg.WriteTo(&data); err != nil {
		return Envelope{}, err
	}
	return Envelope{
		ReturnPath: from,
		To:         recipient,
		MessageID:  id,
		Data:       data.Bytes(),
		SMTPUTF8:   !isASCII(from) || !isASCII(recipient),
	}, nil
}

// notSetUp says why the settings are of no use, in sentences.
func notSetUp(err error) string { return "Mail is not set up. " + faultWords(err) }

// faultWords are the sentences of a fault's fields.
func faultWords(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Fields) == 0 {
		return err.Error()
	}
	sentences := make([]string, len(f.Fields))
	for i, field := range f.Fields {
		sentences[i] = field.Message
	}
	return strings.Join(sentences, " ")
}
