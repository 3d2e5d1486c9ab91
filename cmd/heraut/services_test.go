package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/api/client"
	"heraut/settings"
)

// TestPlanSaysWhatToDo goes from a roster to a plan that invites, by what the
// commands themselves say.
func TestPlanSaysWhatToDo(t *testing.T) {
	s := newOffice(t)
	out := done(t, append([]string{"import", "roster", writeRoster(t, plainRoster())}, s.flags...)...)
	assert.Contains(t, out, "heraut services on --group NAME")
	const class = "Nederlands 4A"

	out = done(t, append([]string{"plan", "--group", class}, s.flags...)...)
	assert.Regexp(t, `skipped +3 services_off`, out)
	assert.Regexp(t, `to do +let them be invited: .*heraut services on --group 'Nederlands 4A' --data \S+ --server \S+\n`, out)
	assert.NotContains(t, out, "warning", "nothing would leave anyway")

	out = done(t, append([]string{"services", "on", "--group", class}, s.flags...)...)
	assert.Equal(t, "Managed distribution services are on for Nederlands 4A.\n", out)
	out = done(t, append([]string{"plan", "--group", class}, s.flags...)...)
	assert.Regexp(t, `to do +invite people without a device too, by mail: --channel mail\n`, out)
	assert.Regexp(t, `warning +mail_route: Mail is not set up`, out)
	r := cli(t, append([]string{"send", "--yes", "--group", class}, s.flags...)...)
	assert.Equal(t, exitDone, r.code)
	assert.Contains(t, r.errs, "mail_route: Mail is not set up")

	mail := settings.DefaultMail()
	mail.From = "heraut@example.org"
	_, err := s.store.PutSetting(t.Context(), operator, settings.NameMail, mail, nil, nil)
	require.NoError(t, err)
	assert.NotContains(t, done(t, append([]string{"plan", "--group", class}, s.flags...)...), "warning")

	out = done(t, append([]string{"plan", "--group", class, "--channel", "push"}, s.flags...)...)
	assert.Regexp(t, `to do +invite those whom no push reaches by mail: --channel auto\n`, out)
	out = done(t, append([]string{"plan", "--group", class, "--channel", "mail"}, s.flags...)...)
	assert.Regexp(t, `to do +give those whom nothing reaches an e-mail address`, out)
}

func TestServicesOfAUser(t *testing.T) {
	s := newOffice(t)
	done(t, append([]string{"import", "roster", writeRoster(t, plainRoster())}, s.flags...)...)
	got := decode[client.User](t, done(t, s.args("services on --user anna@example.org --json")...))
	assert.True(t, got.ManagedDistribution)
	got = decode[client.User](t, done(t, s.args("services off --user anna --json")...))
	assert.False(t, got.ManagedDistribution)
	r := cli(t, s.args("services on --user nobody")...)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, `there is no user "nobody"`)
}

func TestQuotedIsOneWordOfAShell(t *testing.T) {
	for word, want := range map[string]string{
		"4A": "4A", "anna@example.org": "anna@example.org", "": "''", "De Linde": "'De Linde'", "O'Connor": `'O'\''Connor'`, "$(reboot)": "'$(reboot)'",
	} {
		assert.Equal(t, want, quoted(word))
	}
}
