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

var directly = settings.Mail{Mode: settings.MailDirect, From: "heraut@school.test"}

func dns(t *testing.T, zones map[string]smtpsim.Zone) *smtpsim.DNS {
	t.Helper()
	d, err := smtpsim.NewDNS(zones)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

// away is a loopback address on which nothing listens.
const away = "127.0.0.9"

var here = smtpsim.Zone{A: []string{"127.0.0.1"}}

func TestSendDirectly(t *testing.T) {
	for _, mode := range []smtpsim.TLSMode{smtpsim.TLSNone, smtpsim.TLSStartTLS} {
		server := sink(t, smtpsim.Options{TLS: mode, CertificateName: "someone.test"})
		names := dns(t, map[string]smtpsim.Zone{
			"two.test":   {MX: []string{"dead.two.test", "mx.two.test"}},
			"plain.test": here,
			"other.test": {MX: []string{"mx.two.test"}},
			"dead.two.test": {
				A: []string{away},
			},
			"mx.two.test": here,
		})
		sender := newSender(t, directly, mail.Options{DNSServer: names.Addr(), MXPort: server.Port(), Timeouts: quick})
		for _, address := range []string{"a@two.test", "b@two.test", "a@plain.test", "a@other.test"} {
			outcome, calls := send(t, sender, to(t, address))
			require.Equal(t, invitation.Taken, outcome.Class, outcome.Answer)
			require.Equal(t, 1, calls)
		}
		require.Equal(t, 4, server.Total())
		require.Equal(t, 1, names.Asked("two.test"), "the answer is kept")
	}
}

func TestSendDirectlyWithoutWorkingTLS(t *testing.T) {
	server := sink(t, smtpsim.Options{TLS: smtpsim.TLSStartTLS},
		smtpsim.Rule{Phase: "starttls", Code: 454})
	names := dns(t, map[string]smtpsim.Zone{"school.test": here})
	sender := newSender(t, directly, mail.Options{DNSServer: names.Addr(), MXPort: server.Port()})
	outcome, _ := send(t, sender, to(t, "a@school.test"))
	require.Equal(t, invitation.Taken, outcome.Class, outcome.Answer)
}

func TestSendDirectlyToDomainWithoutServer(t *testing.T) {
	server := sink(t, smtpsim.Options{})
	names := dns(t, map[string]smtpsim.Zone{
		"null.test":    {MX: []string{"."}},
		"empty.test":   {},
		"broken.test":  {Fail: true},
		"dangles.test": {MX: []string{"nowhere.test"}},
	})
	sender := newSender(t, directly, mail.Options{DNSServer: names.Addr(), MXPort: server.Port()})
	for domain, want := range map[string]struct {
		class invitation.Class
		words string
	}{
		"null.test":    {invitation.Refused, "The domain null.test accepts no mail (null MX)."},
		"missing.test": {invitation.Refused, "The domain missing.test does not exist or has no mail server."},
		"empty.test":   {invitation.Refused, "The domain empty.test does not exist or has no mail server."},
		"broken.test":  {invitation.Later, "The name servers could not say where mail for broken.test goes."},
		"dangles.test": {invitation.Later, "The name nowhere.test does not exist in DNS."},
	} {
		outcome, calls := send(t, sender, to(t, "a@"+domain))
		require.Equal(t, want.class, outcome.Class, domain)
		require.Contains(t, outcome.Answer, want.words)
		require.Zero(t, calls)
	}
}

// One recipient's server is not the route: whatever it says at the start
// concerns this recipient.
func TestSendDirectlyToFaultyServer(t *testing.T) {
	for name, c := range map[string]struct {
		rule  smtpsim.Rule
		class invitation.Class
		code  int
	}{
		"421 at connect": {smtpsim.Rule{Phase: "connect", Code: 421}, invitation.Later, 421},
		"no banner":      {smtpsim.Rule{Phase: "connect", Action: "hang"}, invitation.Later, 0},
		"554 at connect": {smtpsim.Rule{Phase: "connect", Code: 554}, invitation.Later, 554},
		"550 at EHLO":    {smtpsim.Rule{Phase: "ehlo", Code: 550}, invitation.Later, 550},
		"550 at MAIL":    {smtpsim.Rule{Phase: "mail", Code: 550}, invitation.Refused, 550},
		"550 at RCPT":    {smtpsim.Rule{Phase: "rcpt", Code: 550}, invitation.Refused, 550},
	} {
		t.Run(name, func(t *testing.T) {
			server := sink(t, smtpsim.Options{}, c.rule)
			names := dns(t, map[string]smtpsim.Zone{"a.test": here, "b.test": here, "c.test": here})
			sender := newSender(t, directly, mail.Options{DNSServer: names.Addr(), MXPort: server.Port(), Timeouts: quick})
			for _, domain := range []string{"a.test", "b.test", "c.test"} {
				outcome, _ := send(t, sender, to(t, "a@"+domain))
				require.Equal(t, c.class, outcome.Class, outcome.Answer)
				require.Equal(t, c.code, outcome.Code)
			}
		})
	}
}

func TestSendDirectlyThroughBlockedPort(t *testing.T) {
	server := sink(t, smtpsim.Options{})
	dead := smtpsim.Zone{A: []string{away}}
	names := dns(t, map[string]smtpsim.Zone{
		"a.test": dead, "b.test": dead, "c.test": dead, "d.test": dead, "e.test": dead, "school.test": here,
	})
	sender := newSender(t, directly, mail.Options{DNSServer: names.Addr(), MXPort: server.Port()})

	// One silent destination may be away by itself, however often it is tried.
	for range 3 {
		outcome, _ := send(t, sender, to(t, "a@a.test"))
		require.Equal(t, invitation.Later, outcome.Class)
		require.Contains(t, outcome.Answer, "seems to be blocked")
		require.Contains(t, outcome.Answer, "relay")
	}
	outcome, _ := send(t, sender, to(t, "a@b.test"))
	require.Equal(t, invitation.RouteDown, outcome.Class)
	require.Contains(t, outcome.Answer, "is blocked")
	require.Contains(t, outcome.Answer, "relay")

	// A connection proves the contrary; then more is needed.
	outcome, _ = send(t, sender, to(t, "a@school.test"))
	require.Equal(t, invitation.Taken, outcome.Class)
	for _, domain := range []string{"a.test", "b.test", "c.test", "d.test"} {
		outcome, _ = send(t, sender, to(t, "a@"+domain))
		require.Equal(t, invitation.Later, outcome.Class)
		require.NotContains(t, outcome.Answer, "blocked")
	}
	outcome, _ = send(t, sender, to(t, "a@e.test"))
	require.Equal(t, invitation.RouteDown, outcome.Class)
}

// A name server that does not answer holds nobody who was told to stop.
func TestSendDirectlyWithSilentNameServer(t *testing.T) {
	names := dns(t, map[string]smtpsim.Zone{"school.test": {Silent: true}})
	sender := newSender(t, directly, mail.Options{DNSServer: names.Addr()})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan invitation.Outcome, 1)
	envelope := to(t, "a@school.test")
	go func() { done <- sender.Send(ctx, envelope, free) }()
	require.Eventually(t, func() bool { return names.Asked("school.test") > 0 }, 5*time.Second, time.Millisecond)
	cancel()
	require.Equal(t, invitation.Later, (<-done).Class)
}
