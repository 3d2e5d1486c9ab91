// Package settings holds what an administrator sets: values, defaults and
// their checks. It knows neither where settings are kept nor who uses them.
package settings

// MailMode is the way mail leaves.
type MailMode string

// The ways mail leaves.
const (
	// MailDirect looks up the recipient domain's MX and delivers on port 25.
	MailDirect MailMode = "direct"
	// MailRelay hands every mail to one outgoing server.
	MailRelay MailMode = "relay"
)

// TLSMode says how the connection to a relay is secured.
type TLSMode string

// The ways a relay connection is secured. STARTTLS is required when chosen,
// never silently dropped.
const (
	TLSStartTLS TLSMode = "starttls"
	TLSImplicit TLSMode = "implicit"
	TLSNone     TLSMode = "none"
)

// Mail is how invitation mail leaves.
type Mail struct {
	Mode  MailMode `json:"mode"`
	From  string   `json:"from"`
	Relay Relay    `json:"relay"`
	// PerMinute limits messages a minute over all workers; 0 means no limit.
	PerMinute int     `json:"per_minute"`
	Bounces   Bounces `json:"bounces"`
}

// Relay is the outgoing server of MailRelay.
type Relay struct {
	Host     string  `json:"host"`
	Port     int     `json:"port"`
	TLS      TLSMode `json:"tls"`
	Username string  `json:"username"`
	// Password is write only: the store seals it, no API shows it.
	Password string `json:"-"`
}

// Bounces says where delivery status notifications come back to.
type Bounces struct {
	// Domain is the domain of the VERP return path; empty: the From address
	// is the return path and bounces are not matched.
	Domain string `json:"domain"`
	// Listen is the address ("127.0.0.1:2525") on which the worker takes
	// DSNs by SMTP; empty: no intake.
	Listen string `json:"listen"`
}
