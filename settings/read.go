package settings

import "context"

// Reader reads what an administrator has set. Version 0 means that nobody set
// it, and leaves into as it is.
type Reader interface {
	Setting(ctx context.Context, name Name, into any) (version int64, err error)
}

// ReadInvitations reads how invitations go: as set, or the defaults with
// version 0.
func ReadInvitations(ctx context.Context, from Reader) (Invitations, int64, error) {
	// Decoded into an empty value: reminders and quiet hours that were set to
	// nothing must not come back from the defaults.
	var stored Invitations
	version, err := from.Setting(ctx, NameInvitations, &stored)
	if err != nil || version == 0 {
		return DefaultInvitations(), 0, err
	}
	return stored, version, nil
}

// ReadMail reads how mail leaves, without the relay's password: as set, or the
// defaults with version 0.
func ReadMail(ctx context.Context, from Reader) (Mail, int64, error) {
	mail := DefaultMail()
	version, err := from.Setting(ctx, NameMail, &mail)
	return mail, version, err
}
