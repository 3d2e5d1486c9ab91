// Package config reads the settings of a process: defaults, then the settings
// file, then the environment, then flags, each over the one before.
package config

import (
	"net/netip"
	"path/filepath"
	"time"
)

// Names of files in the data folder.
const (
	StoreFile   = "heraut.db"
	SecretsFile = "secrets"
	KeyFile     = "admin.key"
	// FirstAdminFile holds the link for the first administrator.
	FirstAdminFile = "first-admin.link"
)

// The data folders where none is named.
const (
	DefaultData = "heraut-data"
	DemoData    = "heraut-demo"
)

// Config holds what a process was told. Fields that a command has no flag for
// keep their defaults.
type Config struct {
	// Data is the folder of `heraut serve`.
	Data string
	// Demo adds a made-up school and the simulators.
	Demo bool
	// Listen is where API and portal listen, host:port.
	Listen string
	// PublicURL is how people reach Listen, without a slash at its end; empty
	// where nobody said.
	PublicURL string
	// TLSCert and TLSKey are PEM files; both or neither are set.
	TLSCert, TLSKey string
	// TrustedProxies may say whom they speak for (X-Forwarded-For).
	TrustedProxies []netip.Prefix
	// MetricsListen is where a worker shows /metrics and /livez; empty: nowhere.
	MetricsListen string
	// StopTimeout is what requests and deliveries under way get at the end.
	StopTimeout time.Duration

	// DatabaseURL is a postgres:// address; empty: SQLite in Data.
	DatabaseURL string
	// DatabaseConnections bounds the connections to PostgreSQL.
	DatabaseConnections int
	// SecretsFile holds the master keys; empty: the one in Data.
	SecretsFile string

	// TemporalListen and TemporalUIListen are loopback addresses of the engine
	// in the process.
	TemporalListen, TemporalUIListen string
	// TemporalRetention is how long the engine in the process keeps closed runs.
	TemporalRetention time.Duration
	// TemporalAddress is an existing cluster, host:port.
	TemporalAddress   string
	TemporalNamespace string
	// TemporalTLS connects with TLS even without certificates of one's own.
	TemporalTLS                                    bool
	TemporalTLSCert, TemporalTLSKey, TemporalTLSCA string
	TemporalTLSServerName                          string
	// TemporalAPIKey comes from its setting or from the file that
	// temporal-api-key-file names.
	TemporalAPIKey, TemporalAPIKeyFile string
	// TemporalUIURL is the origin of the cluster's UI, which may ask to decode.
	TemporalUIURL string
	// NamesInEngine shows people's and devices' names in the Temporal UI's list.
	NamesInEngine bool

	// APNsURL, APNsCA, AppsBooksURL and AppsBooksCA stand in for Apple's own.
	APNsURL, APNsCA, AppsBooksURL, AppsBooksCA string
	// AskAppleEvery is how often Apple is asked for what it has not told.
	AskAppleEvery time.Duration
	// MDMCA (PEM) is trusted for an MDM server of the organization's own.
	MDMCA string
	// OIDCCA (PEM) is trusted for the identity provider of administrators.
	OIDCCA string
	// DNSServer, host:port, and MXPort are for direct mail; MailCA (PEM) is
	// trusted for mail servers besides the system's authorities.
	DNSServer string
	MXPort    int
	MailCA    string
	// MailHELO is the name with which Heraut greets; empty: the machine's.
	MailHELO string

	// MailConnections and MailPerDomain bound the connections to the relay and
	// to one domain's servers; PushConcurrency the pushes under way.
	MailConnections, MailPerDomain, PushConcurrency int
	// PageSize is how many targets of a group one delivery takes, about.
	PageSize int
	// StartConcurrency is how many workflows a worker starts at once.
	StartConcurrency int
	// WorkflowConcurrency and ActivityConcurrency are how many tasks of a kind
	// a worker takes at once.
	WorkflowConcurrency, ActivityConcurrency int

	// Server is the API that commands talk to; KeyFile holds their key, empty:
	// the one of the data folder.
	Server, KeyFile string

	// LogLevel is debug, info, warn or error; LogFormat auto, text or json.
	LogLevel, LogFormat string
	// TracesURL is the collector of traces; empty: none are made.
	TracesURL string

	sources []Source
}

// StorePath is the SQLite file in the data folder.
func (c *Config) StorePath() string { return filepath.Join(c.Data, StoreFile) }

// SecretsPath is the file of the master keys: the one named, else the data
// folder's.
func (c *Config) SecretsPath() string {
	if c.SecretsFile != "" {
		return c.SecretsFile
	}
	return filepath.Join(c.Data, SecretsFile)
}

// AdminKeyPath is where `heraut serve` writes the first API key.
func (c *Config) AdminKeyPath() string { return filepath.Join(c.Data, KeyFile) }
