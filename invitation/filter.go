package invitation

import "heraut/fault"

// Filter narrows a list of invitations; empty fields do not.
type Filter struct {
	State    State
	UserID   string
	GroupID  string // members through nesting
	SendID   string
	DeviceID string
}

// Check tells what is wrong with the filter.
func (f Filter) Check() error {
	if f.State != "" && !f.State.Known() {
		return fault.Invalid(fault.Field{Pointer: "state", Message: "Use a state of an invitation, such as sent."})
	}
	return nil
}
