package people

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// DirectoryKey is what members of groups are named by: the hash of a DN, of a
// login or of a stable id. A hundred thousand of them fit in two megabytes.
type DirectoryKey [16]byte

// DirectoryKeyOf makes a key; case does not count, as in directories. Values of
// different kinds never make the same.
func DirectoryKeyOf(kind, value string) DirectoryKey {
	sum := sha256.Sum256([]byte(kind + ":" + strings.ToLower(value)))
	return DirectoryKey(sum[:16])
}

// String is the key as it is stored.
func (k DirectoryKey) String() string { return hex.EncodeToString(k[:]) }

// The kinds of keys.
const (
	KeyDN     = "dn"
	KeyLogin  = "login"
	KeyStable = "id"
)

// DirectoryPerson is a person as a directory has it.
type DirectoryPerson struct {
	// StableID stays the same over renames and moves, and is never given to
	// somebody else.
	StableID string
	// DN is the entry's name, for people to read and for problems to name.
	DN    string
	Login string
	// Keys are what groups may name the person by: the DN first, then others.
	Keys                []DirectoryKey
	FullName            string
	Email               string
	Language            string
	ManagedAppleAccount string
	Disabled            bool
	// StateHidden tells that the directory does not show whether the person is
	// disabled: who is known keeps the state, and nobody is made.
	StateHidden bool
	// Refused says why the person can not be taken over; Warning what was left
	// aside. They are sentences.
	Refused, Warning string
}

// DirectoryPreview is what a first run would find.
type DirectoryPreview struct {
	// People are the first ones, Groups how many groups there are.
	People []DirectoryPerson
	Groups int
}

// User is the user that the person should be.
func (p DirectoryPerson) User() User {
	return User{FullName: p.FullName, Email: p.Email, Language: p.Language, ManagedAppleAccount: p.ManagedAppleAccount}.Clean()
}

// DirectoryGroup is a group as a directory has it.
type DirectoryGroup struct {
	StableID string
	DN       string
	Name     string
	// Keys are what other groups may name it by.
	Keys    []DirectoryKey
	Members []DirectoryKey
	// Aside groups were not asked for. They are known so that their members
	// count for the groups that hold them.
	Aside bool
	// Refused says, in a sentence, why the group can not be taken over.
	Refused string
}

// DirectoryProblem is an entry that was refused, or something beside it.
type DirectoryProblem struct {
	N        int // 1, 2, 3 ... within the run
	Severity Severity
	// Entry is the entry's DN; empty where it is about no one entry.
	Entry   string
	Message string
}

// MemberPair is one membership: of a user, or of a group.
type MemberPair struct{ GroupID, UserID, ChildID string }
