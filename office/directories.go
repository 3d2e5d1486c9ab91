package office

import (
	"context"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

// Directories binds the directories that people come from, and has them read.
type Directories struct {
	Store   DirectoryStore
	Servers DirectoryServers
	Engine  DirectoryEngine
	// Later is told which step was left to the schedule, and why.
	Later func(ctx context.Context, step string, err error)
}

// DirectoryStore keeps directories and the runs of looks at them.
type DirectoryStore interface {
	CreateDirectory(ctx context.Context, actor people.Actor, d people.Directory, password []byte) (people.Directory, error)
	Directory(ctx context.Context, id string) (people.Directory, error)
	// UpdateDirectory keeps the password where none is given.
	UpdateDirectory(ctx context.Context, actor people.Actor, id string, ifVersion *int64, password []byte,
		edit func(people.Directory) (people.Directory, error)) (people.Directory, error)
	// BeginRun returns the run that is under way where there is one.
	BeginRun(ctx context.Context, actor people.Actor, directoryID string, full bool) (run people.DirectoryRun, fresh bool, err error)
	// ConfirmRun is a conflict fault for a run that is not held.
	ConfirmRun(ctx context.Context, actor people.Actor, directoryID, runID string) (people.DirectoryRun, error)
}

// DirectoryServers talks with the servers of directories.
type DirectoryServers interface {
	// CheckDirectory finds settings that no server could read: invalid_request.
	CheckDirectory(c people.DirectoryConfig) error
	// TestDirectory tries the way step by step; the last step is the one that
	// failed, unless all are ok.
	TestDirectory(ctx context.Context, d people.Directory) ([]settings.Check, error)
	// PreviewDirectory reads the first 20 people and counts the groups. A
	// directory that can not be read is an unavailable fault with the reason.
	PreviewDirectory(ctx context.Context, d people.Directory) (people.DirectoryPreview, error)
}

// DirectoryEngine starts the workflows that read directories.
type DirectoryEngine interface {
	// SyncNow has a directory's run read that the store has begun.
	SyncNow(ctx context.Context, directoryID string) error
}

// Bind keeps a new directory, read by LDAP, with what was left out filled in.
// Faults: invalid_request; conflict for a name that is taken.
func (o Directories) Bind(ctx context.Context, actor people.Actor, d people.Directory, password []byte) (people.Directory, error) {
	if len(password) == 0 {
		return d, fault.Invalid(fault.Field{
			Pointer: "/password", Message: "Give a password: with an empty one the server lets anybody in, as nobody.",
		})
	}
	d.Protocol = people.ProtocolLDAP
	d.DirectoryConfig = d.WithDefaults()
	if err := o.Servers.CheckDirectory(d.DirectoryConfig); err != nil {
		return d, err
	}
	return o.Store.CreateDirectory(ctx, actor, d, password)
}

// Change changes a directory by edit, which may run more than once. A kept
// password goes to the server that it was given for and to no other. Faults:
// not_found, precondition_failed, and those of Bind.
func (o Directories) Change(ctx context.Context, actor people.Actor, id string, ifVersion *int64, password []byte,
	edit func(people.Directory) people.Directory,
) (people.Directory, error) {
	return o.Store.UpdateDirectory(ctx, actor, id, ifVersion, password, func(before people.Directory) (people.Directory, error) {
		after := edit(before)
		if len(password) == 0 && !after.SameServer(before.DirectoryConfig) {
			return after, fault.Invalid(fault.Field{
				Pointer: "/password", Message: "Give the password again: it was given for another server or account.",
			})
		}
		return after, o.Servers.CheckDirectory(after.DirectoryConfig)
	})
}

// Test tries the way to a directory step by step. Fault: not_found.
func (o Directories) Test(ctx context.Context, id string) ([]settings.Check, error) {
	d, err := o.Store.Directory(ctx, id)
	if err != nil {
		return nil, err
	}
	return o.Servers.TestDirectory(ctx, d)
}

// Preview reads the first people of a directory as they would be taken over.
// Faults: not_found, unavailable.
func (o Directories) Preview(ctx context.Context, id string) (people.DirectoryPreview, error) {
	d, err := o.Store.Directory(ctx, id)
	if err != nil {
		return people.DirectoryPreview{}, err
	}
	return o.Servers.PreviewDirectory(ctx, d)
}

// Sync begins a run, of everything where full says so, or returns the one that
// is under way. Faults: not_found; conflict for a directory that Heraut does
// not read.
func (o Directories) Sync(ctx context.Context, actor people.Actor, id string, full bool) (people.DirectoryRun, error) {
	d, err := o.Store.Directory(ctx, id)
	if err != nil {
		return people.DirectoryRun{}, err
	}
	if d.Protocol != people.ProtocolLDAP {
		return people.DirectoryRun{}, fault.New(fault.Conflict, "Heraut does not read this directory: it is told of changes.")
	}
	run, _, err := o.Store.BeginRun(ctx, actor, id, full)
	if err == nil {
		o.Begun(ctx, id)
	}
	return run, err
}

// Confirm gives a person's word for what a held run would take away. Faults:
// not_found; conflict for a run that is not held.
func (o Directories) Confirm(ctx context.Context, actor people.Actor, id, runID string) (people.DirectoryRun, error) {
	run, err := o.Store.ConfirmRun(ctx, actor, id, runID)
	if err == nil {
		o.Begun(ctx, id)
	}
	return run, err
}

// Begun starts the workflow of a run that the store has. The schedule finds
// what the engine could not be told.
func (o Directories) Begun(ctx context.Context, id string) {
	if err := o.Engine.SyncNow(ctx, id); err != nil {
		o.Later(ctx, "reading a directory", err)
	}
}
