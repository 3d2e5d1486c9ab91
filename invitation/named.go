package invitation

// NamedTarget is a target of a plan with its names.
type NamedTarget struct {
	InvitationID string
	User         Person
	Device       *DeviceName // nil: by mail, without a device
	Channel      Channel
}

// NamedSkip is who or what a plan leaves out, with names.
type NamedSkip struct {
	User   Person
	Device *DeviceName // nil: the user as a whole
	Reason Reason
}
