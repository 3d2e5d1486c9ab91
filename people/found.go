package people

// Found is what a search finds, of each kind the best first: names that begin
// with the query before those that hold it somewhere.
type Found struct {
	Users   []User
	Groups  []Group
	Devices []OwnedDevice
}

// GroupOfUser is a group that a user belongs to.
type GroupOfUser struct {
	Group

	// Direct: the user is a member of the group itself, not only of one in it.
	Direct bool
}
