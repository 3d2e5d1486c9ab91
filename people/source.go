package people

// Source is where a user or group comes from. The zero Source is Heraut itself.
type Source struct {
	Kind SourceKind
	// ID and Name are the directory's or the SCIM client's.
	ID, Name string
	// Owns are the fields that are decided there, by their names in the API.
	Owns []string
}

// SourceKind is the sort of a source.
type SourceKind string

// The sorts of sources that are not Heraut itself.
const (
	SourceDirectory SourceKind = "directory"
	SourceSCIM      SourceKind = "scim"
)

// Elsewhere tells that the user or group is kept somewhere else.
func (s Source) Elsewhere() bool { return s.Kind != "" }

// DirectoryTally is how a directory stands.
type DirectoryTally struct {
	Users, Groups int
	// Latest is the newest run; the zero one: there was none.
	Latest DirectoryRun
}

// OwnsOfUser are the fields of a user that a directory decides. Language and
// account are, where they are read.
func (a DirectoryAttributes) OwnsOfUser() []string {
	owns := []string{"full_name", "email"}
	if a.Language != "" {
		owns = append(owns, "language")
	}
	if a.ManagedAppleAccount != "" {
		owns = append(owns, "managed_apple_account")
	}
	return owns
}

// SCIMOwnsOfUser are the fields of a user that a SCIM client decides.
func SCIMOwnsOfUser() []string { return []string{"full_name", "email", "language"} }

// OwnsOfGroup are the fields of a group that its source decides.
func OwnsOfGroup() []string { return []string{"name"} }
