package invitation

import (
	"slices"
	"time"

	"heraut/fault"
)

// Filter narrows a list of invitations; empty fields do not. The names of its
// fields are kept in bulk actions.
type Filter struct {
	State    State
	UserID   string
	GroupID  string // members through nesting
	SendID   string
	DeviceID string

	Channel Channel `json:",omitzero"`
	// WaitingFor is what open invitations say that they wait for.
	WaitingFor WaitingFor `json:",omitzero"`
	// Query is part of what a living user is found by (name, address, external
	// id) or of a device's name, in any case and with or without accents.
	Query string `json:",omitzero"`
	// CreatedAfter is the first moment, CreatedBefore the first one after.
	CreatedAfter  time.Time `json:",omitzero"`
	CreatedBefore time.Time `json:",omitzero"`
	SettledAfter  time.Time `json:",omitzero"` // the first moment
	// Marked: the invited person asks for a new link.
	Marked bool `json:",omitzero"`
	// Sort is the order of the active list alone.
	Sort Sort `json:",omitzero"`
}

// Sort is an order of active invitations.
type Sort string

// The orders of active invitations; the zero Sort is the newest first.
const (
	Newest Sort = ""
	Oldest Sort = "oldest"
	// NextAction has first what is sent, reminded of or expires first. It goes by
	// the times that invitations have themselves: one whose route is down or whose
	// send is paused keeps its place.
	NextAction Sort = "next_action"
)

var (
	channels = []Channel{ChannelMDM, ChannelAlert, ChannelMail}
	waits    = []WaitingFor{
		WaitingRelay, WaitingLimit, WaitingPause, WaitingDevice, WaitingRetry, WaitingAnswer, WaitingLicense,
	}
)

// Licenses tells whether licenses, which are tasks too, can match the filter: it
// asks for nothing that only invitations have.
func (f Filter) Licenses() bool {
	return f == Filter{UserID: f.UserID, GroupID: f.GroupID, Sort: f.Sort}
}

// Check tells what is wrong with the filter.
func (f Filter) Check() error {
	var fields []fault.Field
	wrong := func(pointer, message string) {
		fields = append(fields, fault.Field{Pointer: pointer, Message: message})
	}
	if f.State != "" && !f.State.Known() {
		wrong("state", "Use a state of an invitation, such as sent.")
	}
	if f.Channel != "" && !slices.Contains(channels, f.Channel) {
		wrong("channel", "Use mdm, alert or mail.")
	}
	if f.WaitingFor != "" && !slices.Contains(waits, f.WaitingFor) {
		wrong("waiting_for", "Use what an invitation can wait for, such as answer.")
	}
	if !slices.Contains([]Sort{Newest, Oldest, NextAction}, f.Sort) {
		wrong("sort", "Use oldest or next_action, or leave it out for the newest first.")
	}
	if len(fields) > 0 {
		return fault.Invalid(fields...)
	}
	return nil
}
