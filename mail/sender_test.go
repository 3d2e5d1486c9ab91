package mail_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/mail"
	"heraut/settings"
	"heraut/simulator/smtp"
)

func TestSendHandsOverTheMail(t *testing.T) {
	relay := sink(t, smtpsim.Options{})
	sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{})
	envelope := to(t, "sanne@school.test")
	outcome, calls := send(t, sender, envelope)

	require.Equal(t, invitation.Taken, outcome.Class)
	require.Equal(t, 250, outcome.Code)
	require.Equal(t, 1, calls)
	message := relay.Messages()[0]
	require.Equal(t, "heraut@school.test", message.From)
	require.Equal(t, []string{"sanne@school.test"}, message.To)
	require.Equal(t, string(envelope.Data), string(message.Data))
}

func TestSendAtOnceFromMany(t *testing.T) {
	relay := sink(t, smtpsim.Options{})
	sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{MaxConns: 3})
	var group sync.WaitGroup
	outcomes := make([]invitation.Outcome, 60)
	for i := range outcomes {
		group.Go(func() {
			outcomes[i] = sender.Send(t.Context(), to(t, fmt.Sprintf("user%d@school.test", i)), free)
		})
	}
	group.Wait()
	for _, outcome := range outcomes {
		require.Equal(t, invitation.Taken, outcome.Class)
	}
	require.Equal(t, 60, relay.Total())
}

func TestSendWithdrawsWhenBeforeDataFails(t *testing.T) {
	relay := sink(t, smtpsim.Options{})
	sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{MaxConns: 1})
	outcome := sender.Send(t.Context(), to(t, "sanne@school.test"), func(context.Context) error {
		return errors.New("the store is away")
	})
	require.Equal(t, invitation.Outcome{Class: invitation.Later, Answer: "the store is away"}, outcome)
	outcome, _ = send(t, sender, to(t, "tom@school.test"))
	require.Equal(t, invitation.Taken, outcome.Class)
	require.Equal(t, []string{"tom@school.test"}, relay.Messages()[0].To)
	require.Equal(t, 1, relay.Total())
}

// A relay that closed a kept connection costs nothing.
func TestSendOpensAnewWhenKeptConnectionIsStale(t *testing.T) {
	for name, rule := range map[string]smtpsim.Rule{
		"421":   {Phase: "mail", Code: 421, Skip: 1, Count: 1},
		"limit": {Phase: "mail", Code: 452, Skip: 1, Count: 1},
		"reset": {Phase: "mail", Action: "reset", Skip: 1, Count: 1},
		"close": {Phase: "rcpt", Action: "close", Skip: 1, Count: 1},
	} {
		t.Run(name, func(t *testing.T) {
			relay := sink(t, smtpsim.Options{}, rule)
			sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{Timeouts: quick})
			for range 3 {
				outcome, calls := send(t, sender, to(t, "sanne@school.test"))
				require.Equal(t, invitation.Taken, outcome.Class, outcome.Answer)
				require.Equal(t, 1, calls)
			}
			require.Equal(t, 3, relay.Total())
		})
	}
}

func TestSenderClosesIdleConnections(t *testing.T) {
	relay := sink(t, smtpsim.Options{})
	sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{Timeouts: mail.Timeouts{Idle: 50 * time.Millisecond}})
	for range 3 {
		outcome, _ := send(t, sender, to(t, "sanne@school.test"))
		require.Equal(t, invitation.Taken, outcome.Class)
	}
	require.Eventually(t, func() bool { return relay.Connections() == 0 }, 5*time.Second, time.Millisecond)
	outcome, _ := send(t, sender, to(t, "sanne@school.test"))
	require.Equal(t, invitation.Taken, outcome.Class)
}

// A mail that is under way when the sender closes still goes out, and its
// connection closes behind it.
func TestSenderClosesWhileSending(t *testing.T) {
	relay := sink(t, smtpsim.Options{})
	sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{})
	outcome := sender.Send(t.Context(), to(t, "sanne@school.test"), func(context.Context) error {
		require.Equal(t, 1, relay.Connections())
		sender.Close()
		return nil
	})
	require.Equal(t, invitation.Taken, outcome.Class)
	require.Eventually(t, func() bool { return relay.Connections() == 0 }, 5*time.Second, time.Millisecond)
}

func TestSendWaitsForAConnection(t *testing.T) {
	relay := sink(t, smtpsim.Options{})
	sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{MaxConns: 1})
	ctx, cancel := context.WithCancel(t.Context())
	outcome := sender.Send(t.Context(), to(t, "sanne@school.test"), func(context.Context) error {
		cancel()
		waiting := sender.Send(ctx, to(t, "tom@school.test"), free)
		require.Equal(t, invitation.Later, waiting.Class)
		return nil
	})
	require.Equal(t, invitation.Taken, outcome.Class)
	require.Equal(t, 1, relay.Total())
}

func TestSendCancelledBeforeData(t *testing.T) {
	relay := sink(t, smtpsim.Options{}, smtpsim.Rule{Phase: "rcpt", Action: "hang"})
	sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	outcome := sender.Send(ctx, to(t, "sanne@school.test"), free)
	require.Equal(t, invitation.Later, outcome.Class)
	require.Equal(t, "Sending was stopped before the message left.", outcome.Answer)
}

// Once the message is on the wire, a stop waits for the answer.
func TestSendCancelledAfterData(t *testing.T) {
	relay := sink(t, smtpsim.Options{})
	sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	outcome := sender.Send(ctx, to(t, "sanne@school.test"), func(context.Context) error {
		cancel()
		return nil
	})
	require.Equal(t, invitation.Taken, outcome.Class, outcome.Answer)

	relay.SetRules([]smtpsim.Rule{{Phase: "after-dot", Action: "hang"}})
	sender = newSender(t, relayTo(relay, settings.TLSNone), mail.Options{Timeouts: mail.Timeouts{Grace: 50 * time.Millisecond}})
	ctx, cancel = context.WithCancel(t.Context())
	outcome = sender.Send(ctx, to(t, "sanne@school.test"), func(context.Context) error {
		cancel()
		return nil
	})
	require.Equal(t, invitation.Unknown, outcome.Class, outcome.Answer)
}

func TestSendHidesLinksInAnswers(t *testing.T) {
	m := invite()
	relay := sink(t, smtpsim.Options{}, smtpsim.Rule{Phase: "dot", Code: 554, Text: "Spam link " + m.Link + " and token abcdefghijklmnopqrstuvwxyz0123456789"})
	sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{})
	outcome, _ := send(t, sender, compose(t, m))
	require.Equal(t, "554 Spam link ... and token ...", outcome.Answer)
}

func TestSendBeyondASCII(t *testing.T) {
	relay := sink(t, smtpsim.Options{})
	sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{})
	envelope := to(t, "zoë@bücher.test")
	require.True(t, envelope.SMTPUTF8)
	outcome, _ := send(t, sender, envelope)
	require.Equal(t, invitation.Taken, outcome.Class, outcome.Answer)
	require.Equal(t, []string{"zoë@xn--bcher-kva.test"}, relay.Messages()[0].To)

	old := sink(t, smtpsim.Options{NoSMTPUTF8: true})
	sender = newSender(t, relayTo(old, settings.TLSNone), mail.Options{})
	outcome, calls := send(t, sender, envelope)
	require.Equal(t, invitation.Refused, outcome.Class)
	require.Zero(t, calls)
	outcome, _ = send(t, sender, to(t, "zoe@bücher.test"))
	require.Equal(t, invitation.Taken, outcome.Class)
}

func TestNewSenderRefusesSettings(t *testing.T) {
	good := settings.Mail{Mode: settings.MailRelay, From: "a@school.test", Relay: settings.Relay{Host: "relay.test", Port: 25, TLS: settings.TLSNone}}
	for pointer, change := range map[string]func(*settings.Mail){
		"/from":       func(m *settings.Mail) { m.From = "a@localhost" },
		"/mode":       func(m *settings.Mail) { m.Mode = "pigeon" },
		"/relay/host": func(m *settings.Mail) { m.Relay.Host = "" },
		"/relay/tls":  func(m *settings.Mail) { m.Relay.TLS = "maybe" },
	} {
		m := good
		change(&m)
		_, err := mail.NewSender(m, mail.Options{})
		require.Equal(t, []string{pointer}, pointers(err))
	}
}
