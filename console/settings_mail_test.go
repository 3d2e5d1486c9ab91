package console_test

import (
	"net"
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/freeport"
	"heraut/settings"
	"heraut/simulator/smtp"
)

// relayAt sets a relay on loopback, without TLS.
func (h *house) relayAt(address, username, password string) {
	h.t.Helper()
	host, port, err := net.SplitHostPort(address)
	require.NoError(h.t, err)
	set := settings.DefaultMail()
	set.Mode, set.From, set.Relay.Host, set.Relay.TLS, set.Relay.Username = settings.MailRelay, "it@example.org", host, settings.TLSNone, username
	set.Relay.Port, err = strconv.Atoi(port)
	require.NoError(h.t, err)
	_, err = h.store.PutSetting(h.t.Context(), setup, settings.NameMail, set, []byte(password), nil)
	require.NoError(h.t, err)
}

func TestMailIsTested(t *testing.T) {
	h := newHouse(t)
	sink, err := smtpsim.New(smtpsim.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sink.Close()) })
	h.relayAt(sink.Addr(), "", "")
	tested := h.post("/settings/mail/test", url.Values{"to": {"ict@example.org"}})
	require.Equal(t, http.StatusOK, tested.status)
	require.Contains(t, tested.words(), "All steps went well. The test mail was taken.")
	require.Contains(t, tested.text, `value="ict@example.org"`)
	require.Len(t, sink.Messages(), 1)

	h.lang = "nl"
	refused := h.post("/settings/mail/test", url.Values{"to": {"a@b\r\nBcc: c@example.org"}})
	require.Contains(t, refused.words(), "De test stopt bij deze stap")
	require.Len(t, sink.Messages(), 1)
}

func TestMailTestNamesTheStepThatFails(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	gone, err := freeport.Address()
	require.NoError(t, err)
	h.relayAt(gone, "", "")
	tested := h.post("/settings/mail/test", url.Values{})
	require.Equal(t, http.StatusOK, tested.status)
	require.Contains(t, tested.words(), "De test stopt bij deze stap: verbinding.")

	h.relayAt("heraut.invalid:587", "", "")
	require.Contains(t, h.post("/settings/mail/test", url.Values{}).words(), "De test stopt bij deze stap: naam opzoeken.")

	sink, err := smtpsim.New(smtpsim.Options{Username: "heraut", Password: "right"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, sink.Close()) })
	h.relayAt(sink.Addr(), "heraut", "wrong-passphrase")
	tested = h.post("/settings/mail/test", url.Values{})
	require.Contains(t, tested.words(), "De test stopt bij deze stap: inloggen.")
	require.NotContains(t, tested.text, "wrong-passphrase")
}
