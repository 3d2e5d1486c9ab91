package mail_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/mail"
	"heraut/settings"
	"heraut/simulator/smtp"
)

// sink starts a mail server that plays the rules.
func sink(t testing.TB, o smtpsim.Options, rules ...smtpsim.Rule) *smtpsim.Sink {
	t.Helper()
	o.Rules = rules
	s, err := smtpsim.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
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

func newSender(t testing.TB, m settings.Mail, o mail.Options) *mail.Sender {
	t.Helper()
	s, err := mail.NewSender(m, o)
	require.NoError(t, err)
	t.Cleanup(s.Close)
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

func compose(t testing.TB, m mail.Message) mail.Envelope {
	t.Helper()
	e, err := mail.Compose(m)
	require.NoError(t, err)
	return e
}

// to is a mail to an address.
func to(t testing.TB, address string) mail.Envelope {
	t.Helper()
	m := invite()
	m.To = address
	m.MessageID = "1@school.test"
	return compose(t, m)
}

func free(context.Context) error { return nil }

// send sends one mail and tells how often beforeData was called.
func send(t testing.TB, s *mail.Sender, e mail.Envelope) (invitation.Outcome, int) {
	t.Helper()
	calls := 0
	outcome := s.Send(t.Context(), e, func(context.Context) error {
		calls++
		return nil
	})
	return outcome, calls
}
