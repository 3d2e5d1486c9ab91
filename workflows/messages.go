// Package workflows holds what happens, in order: InviteUser waits, for weeks
// if need be, for one user's answer; InviteGroup walks a send's pages;
// Reconcile mends. Payloads hold ids and instants only.
package workflows

import "time"

// TaskQueue is the queue that all workers of Heraut listen on.
const TaskQueue = "heraut"

// LookSignalName is the one signal: look at the store. It carries no verdict,
// so a signal that is lost, doubled or late decides nothing.
const LookSignalName = "look"

// Rules is the number of the order of things that a run was started with. A
// new order for new runs gets a new number; open runs keep theirs.
//
// 1: the first.
// 2: a look that came while a delivery was under way, or while the last answer
// was recorded, is looked at again after it.
const Rules = 2

// InviteUserInput starts one user's workflow.
type InviteUserInput struct {
	UserID string `json:"user_id"`
	Rules  int    `json:"rules"`
	// Deliver: the first delivery is this workflow's own. Otherwise a page has
	// sent it, and At is the next due time in UTC.
	Deliver bool      `json:"deliver,omitempty"`
	At      time.Time `json:"at,omitzero"`
}

// InviteGroupInput starts a send's workflow. All but the first two carry on
// after continue-as-new.
type InviteGroupInput struct {
	SendID string `json:"send_id"`
	Rules  int    `json:"rules"`
	// From is the first target of the next page.
	From int `json:"from,omitempty"`
	// Written tells that all pages are out.
	Written bool `json:"written,omitempty"`
	// Started is the first target whose user's workflow was not started yet;
	// Pages are the ends of the pages from there on that have been delivered.
	Started int   `json:"started,omitempty"`
	Pages   []int `json:"pages,omitempty"`
	// Held tells that work stood still, so that users must be woken after.
	Held bool `json:"held,omitempty"`
}
