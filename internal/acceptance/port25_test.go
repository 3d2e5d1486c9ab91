package acceptance_test

import (
	"net/http"
	"testing"

	"github.com/oapi-codegen/nullable"
	"github.com/stretchr/testify/require"

	"heraut/api/client"
	smtpsim "heraut/simulator/smtp"
)

// names starts a name server in which each domain's mail goes to this machine.
func names(tb testing.TB, domains ...string) (address string) {
	tb.Helper()
	zones := map[string]smtpsim.Zone{}
	for _, domain := range domains {
		zones[domain] = smtpsim.Zone{MX: []string{"mx." + domain}}
		zones["mx."+domain] = smtpsim.Zone{A: []string{"127.0.0.1"}}
	}
	dns, err := smtpsim.NewDNS(zones)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, dns.Close()) })
	return dns.Addr()
}

// direct are the settings for mail without a relay.
func (s *site) direct() client.MailSettingsPut {
	settings := s.relay()
	settings.Mode = client.MailModeDirect
	settings.Relay.SetNull()
	return settings
}

func TestABlockedPort25IsSaid(t *testing.T) {
	t.Parallel()
	_, port := splitAddress(t, freeAddress(t))
	s := serve(t, "--dns-server", names(t, "people.example", "other.example"), "--mx-port", port)
	s.setMail(s.direct())

	steps := ask(t, http.StatusOK, func() (*client.TestMailResponse, error) {
		return s.api.TestMailWithResponse(t.Context(), nil, client.MailTest{To: nullable.NewNullableWithValue("anna@people.example")})
	}).JSON200.Steps
	require.Len(t, steps, 2)
	require.True(t, steps[0].Ok, "the name is found")
	require.False(t, steps[1].Ok)
	require.Contains(t, steps[1].Detail, "Port "+port+" seems to be blocked by a firewall or the internet provider. If so, send through a relay")

	here := s.one(byMail)
	s.domain = "other.example"
	there := s.one(byMail)
	sends := []string{s.invite(toUser(here.id)).ID, s.invite(toUser(there.id)).ID}
	require.Contains(t, s.fails("mail_route").Detail, "Port "+port+" is blocked: none of 2 mail servers could be reached.")
	eventually(t, func() bool { return len(s.waiting(sends[1], client.WaitingForRelay)) == 1 }, "a route that is down is waited for")

	s.setMail(s.relay())
	s.mailTo(here.email, 1)
	s.mailTo(there.email, 1)
	s.reaches(here.id, client.InvitationStateSent)
	s.reaches(there.id, client.InvitationStateSent)
	s.check(sends)
}
