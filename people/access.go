package people

import "time"

// Role is what an API key or an administrator may do.
type Role string

// The roles; each includes the one before.
const (
	Viewer   Role = "viewer"   // reads
	Operator Role = "operator" // plans, sends, answers, edits people and devices
	Admin    Role = "admin"    // changes settings and keys, deletes
)

// Known tells whether r is a role.
func (r Role) Known() bool { return r.rank() > 0 }

// Includes tells whether r may do what other may.
func (r Role) Includes(other Role) bool { return other.Known() && r.rank() >= other.rank() }

func (r Role) rank() int {
	switch r {
	case Viewer:
		return 1
	case Operator:
		return 2
	case Admin:
		return 3
	}
	return 0
}

// APIKey is a key without its secret, which is shown once and not kept.
type APIKey struct {
	ID        string
	Name      string
	Role      Role
	CreatedAt time.Time
	// LastUsedAt is true to the minute; zero: never used.
	LastUsedAt time.Time
}

// Check tells what is wrong with the key's fields.
func (k APIKey) Check() error {
	var c checks
	c.name("/name", k.Name)
	if !k.Role.Known() {
		c.add("/role", "Use viewer, operator or admin.")
	}
	return c.err()
}

// AuditEntry is one line of the audit log. Secrets, push tokens and full
// e-mail addresses never stand in it.
type AuditEntry struct {
	Seq        int64 // 1, 2, 3 ... without a gap
	At         time.Time
	Actor      Actor
	Action     string // "user.create", "group.members", ...
	TargetKind string
	TargetID   string
	Was        string // JSON, empty for what was made
	Became     string // JSON, empty for what was deleted
}

// AuditFilter narrows the audit log; empty fields do not.
type AuditFilter struct {
	TargetID string
	// ActorID is the id of an API key, an administrator or an invited person.
	ActorID string
	// Action is the beginning of an action: "user." or "user.create".
	Action string
	// Since is the first moment, Until the first one after.
	Since, Until time.Time
}
