package mail_test

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/mail"
	"heraut/settings"
	"heraut/simulator/smtp"
)

// The faults of a relay: what each means, whether the mail had reached the
// point of no return, and how many copies the relay took.
func TestSendThroughFaultyRelay(t *testing.T) {
	long := 64 << 10
	type rule = smtpsim.Rule
	for name, c := range map[string]struct {
		rule   rule
		class  invitation.Class
		code   int
		calls  int // of beforeData
		copies int
	}{
		"421 at connect":      {rule{Phase: "connect", Code: 421}, invitation.RouteDown, 421, 0, 0},
		"554 at connect":      {rule{Phase: "connect", Code: 554}, invitation.RouteDown, 554, 0, 0},
		"no banner":           {rule{Phase: "connect", Action: "hang"}, invitation.RouteDown, 0, 0, 0},
		"reset at connect":    {rule{Phase: "connect", Action: "reset"}, invitation.RouteDown, 0, 0, 0},
		"64 KB banner":        {rule{Phase: "connect", Code: 421, Pad: long}, invitation.RouteDown, 421, 0, 0},
		"endless banner":      {rule{Phase: "connect", Code: 421, Pad: 1 << 20}, invitation.RouteDown, 0, 0, 0},
		"421 at EHLO":         {rule{Phase: "ehlo", Code: 421}, invitation.RouteDown, 421, 0, 0},
		"hang at EHLO":        {rule{Phase: "ehlo", Action: "hang"}, invitation.RouteDown, 0, 0, 0},
		"421 at MAIL":         {rule{Phase: "mail", Code: 421}, invitation.Later, 421, 0, 0},
		"451 at MAIL":         {rule{Phase: "mail", Code: 451}, invitation.Later, 451, 0, 0},
		"452 at MAIL":         {rule{Phase: "mail", Code: 452}, invitation.Later, 452, 0, 0},
		"550 at MAIL":         {rule{Phase: "mail", Code: 550}, invitation.RouteDown, 550, 0, 0},
		"reset at MAIL":       {rule{Phase: "mail", Action: "reset"}, invitation.Later, 0, 0, 0},
		"hang at MAIL":        {rule{Phase: "mail", Action: "hang"}, invitation.Later, 0, 0, 0},
		"421 at RCPT":         {rule{Phase: "rcpt", Code: 421}, invitation.Later, 421, 0, 0},
		"450 at RCPT":         {rule{Phase: "rcpt", Code: 450}, invitation.Later, 450, 0, 0},
		"451 at RCPT":         {rule{Phase: "rcpt", Code: 451}, invitation.Later, 451, 0, 0},
		"452 at RCPT":         {rule{Phase: "rcpt", Code: 452}, invitation.Later, 452, 0, 0},
		"454 at RCPT":         {rule{Phase: "rcpt", Code: 454}, invitation.Later, 454, 0, 0},
		"530 at RCPT":         {rule{Phase: "rcpt", Code: 530}, invitation.RouteDown, 530, 0, 0},
		"550 at RCPT":         {rule{Phase: "rcpt", Code: 550}, invitation.Refused, 550, 0, 0},
		"552 at RCPT":         {rule{Phase: "rcpt", Code: 552}, invitation.Refused, 552, 0, 0},
		"554 at RCPT":         {rule{Phase: "rcpt", Code: 554}, invitation.Refused, 554, 0, 0},
		"64 KB at RCPT":       {rule{Phase: "rcpt", Code: 550, Pad: long}, invitation.Refused, 550, 0, 0},
		"reset at RCPT":       {rule{Phase: "rcpt", Action: "reset"}, invitation.Later, 0, 0, 0},
		"421 at DATA":         {rule{Phase: "data", Code: 421}, invitation.Later, 421, 1, 0},
		"451 at DATA":         {rule{Phase: "data", Code: 451}, invitation.Later, 451, 1, 0},
		"554 at DATA":         {rule{Phase: "data", Code: 554}, invitation.Refused, 554, 1, 0},
		"reset at DATA":       {rule{Phase: "data", Action: "reset"}, invitation.Later, 0, 1, 0},
		"reset in the body":   {rule{Phase: "body", Action: "reset"}, invitation.Unknown, 0, 1, 0},
		"421 after the dot":   {rule{Phase: "dot", Code: 421}, invitation.Later, 421, 1, 0},
		"451 after the dot":   {rule{Phase: "dot", Code: 451}, invitation.Later, 451, 1, 0},
		"452 after the dot":   {rule{Phase: "dot", Code: 452}, invitation.Later, 452, 1, 0},
		"552 after the dot":   {rule{Phase: "dot", Code: 552}, invitation.Refused, 552, 1, 0},
		"554 after the dot":   {rule{Phase: "dot", Code: 554}, invitation.Refused, 554, 1, 0},
		"64 KB after the dot": {rule{Phase: "dot", Code: 554, Pad: long}, invitation.Refused, 554, 1, 0},
		"reset after the dot": {rule{Phase: "after-dot", Action: "reset"}, invitation.Unknown, 0, 1, 1},
		"close after the dot": {rule{Phase: "after-dot", Action: "close"}, invitation.Unknown, 0, 1, 1},
		"hang after the dot":  {rule{Phase: "after-dot", Action: "hang"}, invitation.Unknown, 0, 1, 1},
		"251 after the dot":   {rule{Phase: "after-dot", Code: 251}, invitation.Taken, 251, 1, 1},
		"64 KB of 250":        {rule{Phase: "after-dot", Code: 250, Pad: long}, invitation.Taken, 250, 1, 1},
	} {
		for _, pipelining := range []bool{true, false} {
			t.Run(name+pipeliningName(pipelining), func(t *testing.T) {
				t.Parallel()
				relay := sink(t, smtpsim.Options{NoPipelining: !pipelining}, c.rule)
				sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{Timeouts: quick})
				outcome, calls := send(t, sender, to(t, "sanne@school.test"))

				require.Equal(t, c.class, outcome.Class, outcome.Answer)
				require.Equal(t, c.code, outcome.Code, outcome.Answer)
				require.Equal(t, c.calls, calls)
				require.Equal(t, c.copies, relay.Total())
				require.NotEmpty(t, outcome.Answer)
				require.LessOrEqual(t, len(outcome.Answer), 500)
				require.True(t, utf8.ValidString(outcome.Answer))
				require.NotContains(t, outcome.Answer, "\n")
			})
		}
	}
}

func pipeliningName(on bool) string {
	if on {
		return ""
	}
	return ", no pipelining"
}

// After each fault that leaves the connection whole, the same sender sends on.
func TestSendGoesOnAfterFault(t *testing.T) {
	for _, phase := range []smtpsim.Phase{"mail", "rcpt", "data", "dot"} {
		for _, code := range []int{421, 451, 554} {
			relay := sink(t, smtpsim.Options{}, smtpsim.Rule{Phase: phase, Code: code, Skip: 1, Count: 1})
			sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{Timeouts: quick, MaxConns: 1})
			taken := 0
			for range 4 {
				outcome, _ := send(t, sender, to(t, "sanne@school.test"))
				if outcome.Class == invitation.Taken {
					taken++
				}
			}
			require.GreaterOrEqual(t, taken, 3, "%s %d", phase, code)
			require.Equal(t, taken, relay.Total())
		}
	}
}

func TestSendIgnoresFaultOfRSET(t *testing.T) {
	relay := sink(t, smtpsim.Options{},
		smtpsim.Rule{Phase: "rset", Action: "reset"},
		smtpsim.Rule{Phase: "rcpt", Recipient: "gone@*", Code: 550, Text: "No such user"})
	sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{Timeouts: quick})
	outcome, _ := send(t, sender, to(t, "gone@school.test"))
	require.Equal(t, invitation.Outcome{Class: invitation.Refused, Code: 550, Answer: "550 No such user"}, outcome)
	outcome, _ = send(t, sender, to(t, "sanne@school.test"))
	require.Equal(t, invitation.Taken, outcome.Class)
}

func TestSendAfterGreylisting(t *testing.T) {
	relay := sink(t, smtpsim.Options{}, smtpsim.Rule{Phase: "rcpt", Code: 450, Count: 1, PerRecipient: true})
	sender := newSender(t, relayTo(relay, settings.TLSNone), mail.Options{Timeouts: quick})
	outcome, _ := send(t, sender, to(t, "sanne@school.test"))
	require.Equal(t, invitation.Later, outcome.Class)
	outcome, _ = send(t, sender, to(t, "sanne@school.test"))
	require.Equal(t, invitation.Taken, outcome.Class)
	require.Equal(t, 1, relay.Total())
}
