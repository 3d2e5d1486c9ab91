package settings

import (
	"net/netip"
	"net/url"
	"strings"
	"time"

	"heraut/fault"
)

// MDMMode says whose MDM server the devices are enrolled at.
type MDMMode string

// Whose MDM server it is.
const (
	// MDMBuiltIn is Heraut's own.
	MDMBuiltIn MDMMode = "builtin"
	// MDMExternal is a NanoMDM server that the organization keeps.
	MDMExternal MDMMode = "external"
)

// MDMServer is the MDM server that carries invitations to devices.
type MDMServer struct {
	Mode MDMMode `json:"mode"`
	// URL is where an external server answers: its /v1 and /version are
	// below it.
	URL string `json:"url"`
	// AnswerWithin is how long a command to an external server may stay
	// without an answer before it is queued once more. Its webhooks can be
	// lost, and nobody repeats them.
	AnswerWithin Duration `json:"answer_within"`
}

// MDMSecrets are the secrets of an external MDM server. Their JSON is the
// secret beside the document of NameMDMServer; no API shows them.
type MDMSecrets struct {
	// APIKey is the server's -api flag.
	APIKey string `json:"api_key"`
	// WebhookSecret is the server's -webhook-hmac-key flag.
	WebhookSecret string `json:"webhook_secret"`
}

// minWebhookSecret is the shortest webhook secret, in bytes: whoever guesses
// it can say that anybody was shown an invitation.
const minWebhookSecret = 16

// DefaultMDMServer is what counts until an administrator sets something else.
func DefaultMDMServer() MDMServer {
	return MDMServer{Mode: MDMBuiltIn, AnswerWithin: Duration(day)}
}

// Check tells what is wrong, with a JSON pointer for each field. The secrets
// of a built-in server are not looked at.
func (m MDMServer) Check(s MDMSecrets) error {
	var fields []fault.Field
	add := func(pointer, message string) {
		fields = append(fields, fault.Field{Pointer: pointer, Message: message})
	}
	switch m.Mode {
	case MDMBuiltIn:
	case MDMExternal:
		checkMDMAddress(add, m.URL)
		s.check(add)
	default:
		add("/mode", "Use builtin or external.")
	}
	if m.AnswerWithin < Duration(time.Hour) || m.AnswerWithin > Duration(30*day) {
		add("/answer_within", "Give between 1 hour and 30 days.")
	}
	if len(fields) > 0 {
		return fault.Invalid(fields...)
	}
	return nil
}

func (s MDMSecrets) check(add func(pointer, message string)) {
	const inHeader = "Use letters, digits and signs without spaces."
	switch {
	case s.APIKey == "":
		add("/api_key", "Give the key that the MDM server was started with (-api).")
	case len(s.APIKey) > 512 || strings.ContainsFunc(s.APIKey, notInKey):
		add("/api_key", inHeader)
	}
	switch {
	case len(s.WebhookSecret) < minWebhookSecret:
		add("/webhook_secret", "Give the key of the server's webhook (-webhook-hmac-key), at least 16 characters.")
	case len(s.WebhookSecret) > 512 || strings.ContainsFunc(s.WebhookSecret, notInKey):
		add("/webhook_secret", inHeader)
	}
}

func notInKey(r rune) bool { return r <= ' ' || r > '~' }

func checkMDMAddress(add func(pointer, message string), address string) {
	u, err := url.Parse(address)
	switch {
	case err != nil || len(address) > 500 || u.Host == "" || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		add("/url", "Give an address such as https://mdm.example.org.")
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		add("/url", "Leave out user, query and fragment.")
	case u.Scheme == "http" && !near(u.Hostname()):
		add("/url", "Use https: the key of the server would travel in plain text.")
	}
}

// near tells whether a host is this machine or in its own network: a name
// without a dot, as containers have, or a loopback or private address.
func near(host string) bool {
	if address, err := netip.ParseAddr(host); err == nil {
		return address.IsLoopback() || address.IsPrivate()
	}
	return !strings.Contains(host, ".")
}
