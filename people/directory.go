package people

import (
	"time"
)

// DirectoryKind is what sort of server keeps a directory.
type DirectoryKind string

// The kinds of servers. Auto asks the server itself.
const (
	DirectoryAuto   DirectoryKind = "auto"
	ActiveDirectory DirectoryKind = "active_directory"
	OpenLDAP        DirectoryKind = "openldap"
	OpenDirectory   DirectoryKind = "open_directory"
)

// DirectorySecurity is how the connection to a directory is encrypted. One
// that is not is never used: the password would travel in plain text.
type DirectorySecurity string

// The ways of encryption.
const (
	DirectoryLDAPS    DirectorySecurity = "ldaps"
	DirectoryStartTLS DirectorySecurity = "starttls"
)

// ProtocolLDAP is the protocol of directories that Heraut reads by itself.
// Those of another protocol are kept by whoever brings their people.
const ProtocolLDAP = "ldap"

// Directory is a place elsewhere where an organization keeps people and groups.
type Directory struct {
	ID       string
	Name     string
	Protocol string
	DirectoryConfig
	// HasPassword tells that a password is kept; it is never shown.
	HasPassword bool
	// SyncedAt is when the last run ended that did not fail, FullAt
	// when the last one of everything did; zero: never.
	SyncedAt, FullAt     time.Time
	CreatedAt, UpdatedAt time.Time
	Version              int64
}

// DirectoryConfig says how a directory is read.
type DirectoryConfig struct {
	Kind     DirectoryKind     `json:"kind"`
	Host     string            `json:"host"`
	Port     int               `json:"port"`
	Security DirectorySecurity `json:"security"`
	// CA are PEM certificates that the server's is checked against instead of
	// the machine's own.
	CA     string `json:"ca"`
	BindDN string `json:"bind_dn"`
	BaseDN string `json:"base_dn"`
	// People and Groups narrow what is read; empty fields do not.
	People     DirectorySearch     `json:"people"`
	Groups     DirectorySearch     `json:"groups"`
	Attributes DirectoryAttributes `json:"attributes"`
	// SyncEvery is how often the directory is read, in seconds.
	SyncEvery int `json:"sync_every"`
	// Paused directories are read when asked for only.
	Paused bool `json:"paused"`
}

// DirectorySearch narrows a search.
type DirectorySearch struct {
	// BaseDN is where the search begins; empty: the directory's.
	BaseDN string `json:"base_dn"`
	// Filter is an LDAP filter that entries must match besides being people
	// or groups.
	Filter string `json:"filter"`
}

// DirectoryAttributes are the names of the attributes that people are made
// of. An empty one is the usual one of the server's kind.
type DirectoryAttributes struct {
	StableID            string `json:"stable_id"`
	Login               string `json:"login"`
	FullName            string `json:"full_name"`
	Email               string `json:"email"`
	Language            string `json:"language"`
	ManagedAppleAccount string `json:"managed_apple_account"` // empty: not taken from the directory
}

// The limits of how often a directory is read, in seconds.
const (
	DefaultSyncEvery = 3600
	MinSyncEvery     = 300
	MaxSyncEvery     = 7 * 86400
)

// DirectoryFullEvery is how often everything is read where the server tells
// changes.
const DirectoryFullEvery = 24 * time.Hour

// directoryRetry is how long a directory that could not be read is left alone:
// domains lock an account after a few wrong passwords in half an hour.
const directoryRetry = 15 * time.Minute

// Due tells whether the directory has to be read now; failed is when a run last
// failed, zero when none has of late.
func (d Directory) Due(now, failed time.Time) bool {
	return !d.Paused && !now.Before(d.NextRead(failed))
}

// NextRead tells when the directory has to be read next; failed is as for Due.
func (d Directory) NextRead(failed time.Time) time.Time {
	every := time.Duration(d.SyncEvery) * time.Second
	next, retry := d.SyncedAt.Add(every), failed.Add(min(every, directoryRetry))
	if retry.After(next) {
		return retry
	}
	return next
}

// WithDefaults fills in what may be left out.
func (c DirectoryConfig) WithDefaults() DirectoryConfig {
	if c.Kind == "" {
		c.Kind = DirectoryAuto
	}
	if c.Security == "" {
		c.Security = DirectoryLDAPS
	}
	if c.Port == 0 {
		c.Port = 636
		if c.Security == DirectoryStartTLS {
			c.Port = 389
		}
	}
	if c.SyncEvery == 0 {
		c.SyncEvery = DefaultSyncEvery
	}
	return c
}

// SameServer tells whether a password that was given for one may be sent to
// the other.
func (c DirectoryConfig) SameServer(other DirectoryConfig) bool {
	return c.Host == other.Host && c.Port == other.Port && c.Security == other.Security && c.CA == other.CA && c.BindDN == other.BindDN
}
