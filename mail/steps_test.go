package mail_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/mail"
	"heraut/settings"
	"heraut/simulator/smtp"
)

func stepNames(steps []mail.Step) (names []string) {
	for _, step := range steps {
		names = append(names, step.Name)
	}
	return names
}

var allSteps = []string{"dns", "connect", "tls", "login", "accepted"}

func TestTestTellsEachStep(t *testing.T) {
	for _, mode := range []settings.TLSMode{settings.TLSNone, settings.TLSStartTLS, settings.TLSImplicit} {
		o := smtpsim.Options{TLS: smtpsim.TLSMode(mode), Username: "heraut", Password: "geheim"}
		if mode == settings.TLSNone {
			o.TLS = smtpsim.TLSNone
		}
		relay := sink(t, o)
		m := relayTo(relay, mode)
		m.Relay.Username, m.Relay.Password = "heraut", "geheim"
		steps := mail.Test(t.Context(), m, mail.Options{RootCAs: relay.RootCAs()}, "")
		require.Equal(t, allSteps, stepNames(steps))
		for _, step := range steps {
			require.True(t, step.OK, step.Detail)
			require.NotEmpty(t, step.Detail)
		}
		require.Equal(t, []string{"heraut@school.test"}, relay.Messages()[0].To)
	}
}

func TestTestStopsAtTheFirstFailure(t *testing.T) {
	open := smtpsim.Options{}
	for name, c := range map[string]struct {
		sink   smtpsim.Options
		rules  []smtpsim.Rule
		change func(*settings.Mail)
		step   string
		words  string
	}{
		"settings": {open, nil, func(m *settings.Mail) { m.From = "" }, "dns", "Mail is not set up. Set its From address"},
		"name":     {open, nil, func(m *settings.Mail) { m.Relay.Host = "relay.invalid" }, "dns", "relay.invalid"},
		"port":     {open, nil, func(m *settings.Mail) { m.Relay.Host = away }, "connect", "connection refused"},
		"banner":   {open, []smtpsim.Rule{{Phase: "connect", Code: 421}}, nil, "connect", "421"},
		"starttls": {open, nil, func(m *settings.Mail) { m.Relay.TLS = settings.TLSStartTLS }, "tls", "does not offer STARTTLS"},
		"implicit": {open, nil, func(m *settings.Mail) { m.Relay.TLS = settings.TLSImplicit }, "tls", "kind of TLS"},
		"password": {
			smtpsim.Options{Username: "heraut", Password: "geheim"},
			nil,
			func(m *settings.Mail) { m.Relay.Username, m.Relay.Password = "heraut", "wrong" }, "login", "535",
		},
		"refused":   {open, []smtpsim.Rule{{Phase: "rcpt", Code: 550, Text: "No such user"}}, nil, "accepted", "550 No such user"},
		"from":      {open, nil, func(m *settings.Mail) { m.From = "a@localhost" }, "dns", "localhost"},
		"after dot": {open, []smtpsim.Rule{{Phase: "dot", Code: 554}}, nil, "accepted", "554"},
	} {
		t.Run(name, func(t *testing.T) {
			relay := sink(t, c.sink, c.rules...)
			m := relayTo(relay, settings.TLSNone)
			if c.change != nil {
				c.change(&m)
			}
			names := dns(t, nil)
			steps := mail.Test(t.Context(), m, mail.Options{Timeouts: quick, DNSServer: names.Addr()}, "")
			last := steps[len(steps)-1]
			require.Equal(t, c.step, last.Name, last.Detail)
			require.False(t, last.OK)
			require.Contains(t, last.Detail, c.words)
			require.Equal(t, allSteps[:len(steps)], stepNames(steps))
			for _, step := range steps[:len(steps)-1] {
				require.True(t, step.OK)
			}
		})
	}
}

func TestTestDirectly(t *testing.T) {
	server := sink(t, smtpsim.Options{})
	names := dns(t, map[string]smtpsim.Zone{"school.test": here, "dead.test": {A: []string{away}}})
	o := mail.Options{DNSServer: names.Addr(), MXPort: server.Port()}

	steps := mail.Test(t.Context(), directly, o, "")
	require.Equal(t, allSteps, stepNames(steps))
	require.True(t, steps[4].OK)

	steps = mail.Test(t.Context(), directly, o, "a@dead.test")
	require.Equal(t, []string{"dns", "connect"}, stepNames(steps))
	require.Contains(t, steps[1].Detail, "blocked")
	require.Contains(t, steps[1].Detail, "relay")

	steps = mail.Test(t.Context(), directly, o, "a@missing.test")
	require.Equal(t, []string{"dns"}, stepNames(steps))

	steps = mail.Test(t.Context(), directly, o, "not an address")
	require.False(t, steps[0].OK)
}
