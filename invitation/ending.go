package invitation

// Ending is what a change would end that takes the services from users.
type Ending struct {
	// Invitations counts open invitations.
	Invitations int
	// UserIDs are whose they are.
	UserIDs []string
}
