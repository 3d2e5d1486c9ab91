package mail

import (
	"net"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"
)

// login signs in with the best mechanism that the server offers. Mechanisms
// that show the password go over TLS or to this machine only.
func login(c *conn, t target) error {
	if t.username == "" {
		c.note(StepLogin, "Not used.")
		return nil
	}
	_, list := c.client.Extension("AUTH")
	name, auth := mechanism(t, strings.Fields(strings.ToUpper(list)), c.encrypted())
	if auth == nil {
		return &openError{step: StepLogin, sentence: t.host + " offers no way to sign in that is safe on this connection" +
			" (offered: " + orNone(list) + "). Use TLS, or leave the user name empty."}
	}
	if err := c.client.Auth(auth); err != nil {
		return failed(StepLogin, t, "Signing in to %s with "+name, err)
	}
	c.note(StepLogin, "Signed in with %s.", name)
	return nil
}

func (c *conn) encrypted() bool {
	_, ok := c.client.TLSConnectionState()
	return ok
}

// mechanism picks by strength: SCRAM and CRAM-MD5 do not show the password.
func mechanism(t target, offered []string, encrypted bool) (string, smtp.Auth) {
	safe := encrypted || isLoopback(t.host)
	for _, m := range []struct {
		name string
		ok   bool
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", true, smtp.ScramSHA256Auth(t.username, t.password)},
		{"SCRAM-SHA-1", true, smtp.ScramSHA1Auth(t.username, t.password)},
		{"PLAIN", encrypted, smtp.PlainAuth("", t.username, t.password, t.host, safe)},
		{"LOGIN", encrypted, smtp.LoginAuth(t.username, t.password, t.host, safe)},
		{"CRAM-MD5", true, smtp.CRAMMD5Auth(t.username, t.password)},
		{"PLAIN", safe, smtp.PlainAuth("", t.username, t.password, t.host, safe)},
		{"LOGIN", safe, smtp.LoginAuth(t.username, t.password, t.host, safe)},
	} {
		if m.ok && slices.Contains(offered, m.name) {
			return m.name, m.auth
		}
	}
	return "", nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func orNone(list string) string {
	if list == "" {
		return "none"
	}
	return list
}
