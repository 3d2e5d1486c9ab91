package appsbooks

import (
	"encoding/json"

	"heraut/fault"
)

// NotificationType says what a notification is about.
type NotificationType string

// The types (source: "Client Config Request").
const (
	AssetManagement        NotificationType = "ASSET_MANAGEMENT"
	UserManagement         NotificationType = "USER_MANAGEMENT"
	UserAssociated         NotificationType = "USER_ASSOCIATED"
	AssetCounted           NotificationType = "ASSET_COUNT"
	SubscriptionManagement NotificationType = "SUBSCRIPTION_MANAGEMENT"
	SubscriptionCount      NotificationType = "SUBSCRIPTION_COUNT"
	UnlimitedAsset         NotificationType = "UNLIMITED_ASSET"
	// TestNotification comes while the address is being set.
	TestNotification NotificationType = "TEST_NOTIFICATION"
)

// Notification is what Apple tells by itself. It may be lost, doubled and out
// of order: it is a reason to look, never the only source. One of a type that
// is not known has an ID, a Type and a UID alone.
type Notification struct {
	// ID tells repetitions.
	ID   string
	Type NotificationType
	// UID is the location's, as in ClientConfig.
	UID string

	// Users is set for UserManagement.
	Users *UsersChange
	// Associated is set for UserAssociated: who has accepted.
	Associated []User
	// Assignments is set for AssetManagement.
	Assignments *AssignmentsChange
	// Count is set for AssetCounted.
	Count *CountChange
}

// UsersChange is the end of an event about users, or of a part of it: a
// notification holds 100 elements at most.
type UsersChange struct {
	EventID string
	Type    string // CREATE, UPDATE or RETIRE
	Users   []User
	// Err is set when it failed, for all of Users.
	Err *Error
}

// AssignmentsChange is the end of an event about assignments, or of a part.
type AssignmentsChange struct {
	EventID     string
	Type        string // ASSOCIATE, DISASSOCIATE or REVOKE
	Assignments []Assignment
	// Err is set when it failed, for all of Assignments.
	Err *Error
}

// CountChange is a purchase, a refund, or a transfer between locations.
type CountChange struct {
	AssetRef

	Delta int `json:"countDelta"`
}

type changeAnswer struct {
	EventID     string         `json:"eventId"`
	Type        string         `json:"type"`
	Result      string         `json:"result"`
	Error       *failureAnswer `json:"error"`
	Users       []User         `json:"users"`
	Assignments []Assignment   `json:"assignments"`
}

func (a changeAnswer) err() *Error {
	switch {
	case a.Error != nil:
		return a.Error.failure(a.Type)
	case a.Result == "FAILURE":
		return failureAnswer{Message: "failed without a reason"}.failure(a.Type)
	}
	return nil
}

// ParseNotification reads the body of a notification. What is not one comes
// as a *fault.Error.
func ParseNotification(body []byte) (Notification, error) {
	var said struct {
		ID     string           `json:"notificationId"`
		Type   NotificationType `json:"notificationType"`
		UID    string           `json:"uId"`
		Inside json.RawMessage  `json:"notification"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return Notification{}, fault.New(fault.Malformed, "This is not a notification of Apps and Books.")
	}
	if said.ID == "" || said.Type == "" {
		return Notification{}, fault.Invalid(fault.Field{Pointer: "/notificationId", Message: "A notification has an id and a type."})
	}
	n := Notification{ID: said.ID, Type: said.Type, UID: said.UID}
	if err := n.read(said.Inside); err != nil {
		return Notification{}, fault.Invalid(fault.Field{Pointer: "/notification", Message: "This does not fit the notification's type."})
	}
	return n, nil
}

func (n *Notification) read(inside json.RawMessage) error {
	switch n.Type {
	case UserManagement:
		var a changeAnswer
		err := json.Unmarshal(inside, &a)
		n.Users = &UsersChange{EventID: a.EventID, Type: a.Type, Users: a.Users, Err: a.err()}
		return err
	case AssetManagement:
		var a changeAnswer
		err := json.Unmarshal(inside, &a)
		n.Assignments = &AssignmentsChange{EventID: a.EventID, Type: a.Type, Assignments: a.Assignments, Err: a.err()}
		return err
	case UserAssociated:
		var a struct {
			Users []User `json:"associatedUsers"`
		}
		err := json.Unmarshal(inside, &a)
		n.Associated = a.Users
		return err
	case AssetCounted:
		n.Count = new(CountChange)
		return json.Unmarshal(inside, n.Count)
	case SubscriptionManagement, SubscriptionCount, UnlimitedAsset, TestNotification:
	}
	return nil
}
