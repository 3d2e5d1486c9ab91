package settings

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMailCheck(t *testing.T) {
	relay := func(change func(*Mail)) func(*Mail) {
		return func(m *Mail) {
			m.Mode, m.Relay.Host = MailRelay, "smtp.example.org"
			change(m)
		}
	}
	for name, c := range map[string]struct {
		change func(*Mail)
		want   []string
	}{
		"direct":                {func(*Mail) {}, nil},
		"relay":                 {relay(func(*Mail) {}), nil},
		"relay by address":      {relay(func(m *Mail) { m.Relay.Host = "2001:db8::1" }), nil},
		"relay with login":      {relay(func(m *Mail) { m.Relay.Username, m.Relay.Password = "u", "p" }), nil},
		"odd mode":              {func(m *Mail) { m.Mode = "pigeon" }, []string{"/mode"}},
		"no From":               {func(m *Mail) { m.From = "" }, []string{"/from"}},
		"name in From":          {func(m *Mail) { m.From = "IT <it@example.org>" }, []string{"/from"}},
		"long From":             {func(m *Mail) { m.From = strings.Repeat("a", 320) + "@example.org" }, []string{"/from"}},
		"negative limit":        {func(m *Mail) { m.PerMinute = -1 }, []string{"/per_minute"}},
		"huge limit":            {func(m *Mail) { m.PerMinute = 1_000_001 }, []string{"/per_minute"}},
		"no host":               {relay(func(m *Mail) { m.Relay.Host = "" }), []string{"/relay/host"}},
		"host with port":        {relay(func(m *Mail) { m.Relay.Host = "smtp.example.org:25" }), []string{"/relay/host"}},
		"host as address":       {relay(func(m *Mail) { m.Relay.Host = "a@b" }), []string{"/relay/host"}},
		"no port":               {relay(func(m *Mail) { m.Relay.Port = 0 }), []string{"/relay/port"}},
		"odd TLS":               {relay(func(m *Mail) { m.Relay.TLS = "maybe" }), []string{"/relay/tls"}},
		"password alone":        {relay(func(m *Mail) { m.Relay.Password = "p" }), []string{"/relay/username"}},
		"relay unused":          {func(m *Mail) { m.Relay = Relay{} }, nil},
		"bounces":               {func(m *Mail) { m.Bounces = Bounces{Domain: "b.example.org", Listen: "127.0.0.1:2525"} }, nil},
		"bounces nowhere":       {func(m *Mail) { m.Bounces.Listen = "127.0.0.1:2525" }, []string{"/bounces/domain"}},
		"bounces without port":  {func(m *Mail) { m.Bounces = Bounces{Domain: "b.example.org", Listen: "host"} }, []string{"/bounces/listen"}},
		"bounces to an address": {func(m *Mail) { m.Bounces.Domain = "a@b" }, []string{"/bounces/domain"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := DefaultMail()
			m.From = "it@example.org"
			c.change(&m)
			require.Equal(t, c.want, pointers(t, m.Check()))
		})
	}
}

func TestMailKeepsItsPasswordOutOfTheDocument(t *testing.T) {
	doc, err := json.Marshal(Mail{Relay: Relay{Password: "hunter2"}})
	require.NoError(t, err)
	require.NotContains(t, string(doc), "hunter2")
	require.Equal(t, "push/mdm", NamePush("mdm"))
}
