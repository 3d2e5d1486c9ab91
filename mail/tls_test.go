package mail_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/mail"
	"heraut/settings"
	"heraut/simulator/smtp"
)

func TestSendEncryptedAndSignedIn(t *testing.T) {
	for _, c := range []struct {
		server smtpsim.TLSMode
		mode   settings.TLSMode
		user   string
	}{
		{smtpsim.TLSNone, settings.TLSNone, ""},
		{smtpsim.TLSNone, settings.TLSNone, "heraut"}, // in clear text, to this machine
		{smtpsim.TLSStartTLS, settings.TLSStartTLS, ""},
		{smtpsim.TLSStartTLS, settings.TLSStartTLS, "heraut"},
		{smtpsim.TLSImplicit, settings.TLSImplicit, "heraut"},
	} {
		t.Run(string(c.mode)+" "+c.user, func(t *testing.T) {
			relay := sink(t, smtpsim.Options{TLS: c.server, Username: c.user, Password: "geheim"})
			m := relayTo(relay, c.mode)
			m.Relay.Username, m.Relay.Password = c.user, "geheim"
			sender := newSender(t, m, mail.Options{RootCAs: relay.RootCAs()})
			for range 2 {
				outcome, _ := send(t, sender, to(t, "sanne@school.test"))
				require.Equal(t, invitation.Taken, outcome.Class, outcome.Answer)
			}
		})
	}
}

// What keeps a relay from being safe, or from letting Heraut in, stops the
// route and says why.
func TestSendStopsForUnsafeRelay(t *testing.T) {
	startTLS := smtpsim.Options{TLS: smtpsim.TLSStartTLS}
	for name, c := range map[string]struct {
		sink     smtpsim.Options
		rules    []smtpsim.Rule
		mode     settings.TLSMode
		distrust bool
		password string
		code     int
		words    string
	}{
		"STARTTLS missing":  {smtpsim.Options{}, nil, settings.TLSStartTLS, false, "", 0, "does not offer STARTTLS"},
		"STARTTLS stripped": {startTLS, []smtpsim.Rule{{Phase: "ehlo", Action: "strip"}}, settings.TLSStartTLS, false, "", 0, "does not offer STARTTLS"},
		"STARTTLS refused":  {startTLS, []smtpsim.Rule{{Phase: "starttls", Code: 454}}, settings.TLSStartTLS, false, "", 454, "refused to start TLS"},
		"STARTTLS reset":    {startTLS, []smtpsim.Rule{{Phase: "starttls", Action: "reset"}}, settings.TLSStartTLS, false, "", 0, "did not work"},
		"unknown authority": {startTLS, nil, settings.TLSStartTLS, true, "", 0, "unknown authority"},
		"other name": {
			smtpsim.Options{TLS: smtpsim.TLSStartTLS, CertificateName: "other.test"},
			nil,
			settings.TLSStartTLS, false, "", 0, "not trusted",
		},
		"expired": {
			smtpsim.Options{TLS: smtpsim.TLSStartTLS, CertificateExpired: true},
			nil,
			settings.TLSStartTLS, false, "", 0, "expired",
		},
		"plain port for implicit TLS": {smtpsim.Options{}, nil, settings.TLSImplicit, false, "", 0, "the kind of TLS"},
		"wrong password": {
			smtpsim.Options{TLS: smtpsim.TLSImplicit, Username: "heraut", Password: "geheim"},
			nil,
			settings.TLSImplicit, false, "wrong", 535, "Signing in to 127.0.0.1 with PLAIN was refused: 535",
		},
		"454 at AUTH": {
			smtpsim.Options{Username: "heraut", Password: "geheim"},
			[]smtpsim.Rule{{Phase: "auth", Code: 454}},
			settings.TLSNone, false, "geheim", 454, "454",
		},
		"no login offered":   {smtpsim.Options{}, nil, settings.TLSNone, false, "geheim", 0, "offered: none"},
		"login not sent":     {smtpsim.Options{Username: "heraut", Password: "geheim"}, nil, settings.TLSNone, false, "", 530, "refuses this sender"},
		"implicit, distrust": {smtpsim.Options{TLS: smtpsim.TLSImplicit}, nil, settings.TLSImplicit, true, "", 0, "unknown authority"},
	} {
		t.Run(name, func(t *testing.T) {
			relay := sink(t, c.sink, c.rules...)
			m := relayTo(relay, c.mode)
			if c.password != "" {
				m.Relay.Username, m.Relay.Password = "heraut", c.password
			}
			o := mail.Options{Timeouts: quick, RootCAs: relay.RootCAs()}
			if c.distrust {
				o.RootCAs = nil
			}
			outcome, calls := send(t, newSender(t, m, o), to(t, "sanne@school.test"))
			require.Equal(t, invitation.RouteDown, outcome.Class, outcome.Answer)
			require.Equal(t, c.code, outcome.Code)
			require.Contains(t, outcome.Answer, c.words)
			require.NotContains(t, outcome.Answer, "geheim")
			require.Zero(t, calls)
			require.Zero(t, relay.Total())
		})
	}
}
