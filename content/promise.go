package content

// Promise is what a user is promised, and how far it has come.
type Promise struct {
	Asset

	// Direct: promised to the user itself.
	Direct bool
	// Groups are the groups that promise it, by name.
	Groups []GroupName
	// License is the user's license of it, which may have outlived the promise;
	// nil: none was ever wanted.
	License *License
}

// GroupName is how content names a group.
type GroupName struct{ ID, Name string }
