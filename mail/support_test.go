package mail_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/invitation"
	"heraut/mail"
	"heraut/settings"
	"heraut/simulator/smtp"
)

// sink starts a mail server that plays the rules.
func sink(tb testing.TB, o smtpsim.Options, rules ...smtpsim.Rule) *smtpsim.Sink {
	tb.Helper()
	o.Rules = rules
	s, err := smtpsim.New(o)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, s.Close()) })
	return s
}

// relayTo are settings that send through a sink.
func relayTo(s *smtpsim.Sink, mode settings.TLSMode) settings.Mail {
	return settings.Mail{
		Mode:  settings.MailRelay,
		From:  "heraut@school.test",
		Relay: settings.Relay{Host: s.Host(), Port: s.Port(), TLS: mode},
	}
}

// quick are timeouts for servers that do not answer.
var quick = mail.Timeouts{
	Connect: 2 * time.Second, Banner: 200 * time.Millisecond,
	Command: 200 * time.Millisecond, Data: 200 * time.Millisecond,
}

func newSender(tb testing.TB, m settings.Mail, o mail.Options) *mail.Sender {
	tb.Helper()
	s, err := mail.NewSender(m, o)
	require.NoError(tb, err)
	tb.Cleanup(s.Close)
	return s
}

// invite is a mail that Compose takes.
func invite() mail.Message {
	return mail.Message{
		MessageID:    "1@school.test",
		From:         "heraut@school.test",
		FromName:     "De Vlier",
		To:           "sanne@school.test",
		ToName:       "Sanne de Wit",
		Language:     "nl",
		Organization: "De Vlier",
		Devices:      []string{"iPad van Sanne"},
		Link:         "https://heraut.school.test/i/abcdefghijklmnopqrstuvwxyz0123456789",
		StopLink:     "https://heraut.school.test/i/abcdefghijklmnopqrstuvwxyz0123456789/stop",
		ExpiresAt:    time.Date(2026, time.May, 12, 12, 0, 0, 0, time.UTC),
		Date:         time.Date(2026, time.April, 12, 12, 0, 0, 0, time.UTC),
	}
}

func compose(tb testing.TB, m mail.Message) mail.Envelope {
	tb.Helper()
	e, err := mail.Compose(m)
	require.NoError(tb, err)
	return e
}

// to is a mail to an address.
func to(tb testing.TB, address string) mail.Envelope {
	tb.Helper()
	m := invite()
	m.To = address
	m.MessageID = "1@school.test"
	return compose(tb, m)
}

// pointers names the fields of a fault.
func pointers(err error) (all []string) {
	f, _ := errors.AsType[*fault.Error](err)
	for _, field := range f.Fields {
		all = append(all, field.Pointer)
	}
	return all
}

func free(context.Context) error { return nil }

// send sends one mail and tells how often beforeData was called.
func send(tb testing.TB, s *mail.Sender, e mail.Envelope) (invitation.Outcome, int) {
	tb.Helper()
	calls := 0
	outcome := s.Send(tb.Context(), e, func(context.Context) error {
		calls++
		return nil
	})
	return outcome, calls
}
