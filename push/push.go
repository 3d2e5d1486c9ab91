// Package push sends notifications through the Apple Push Notification
// service (APNs) over provider certificates: wake-ups for the MDM protocol and
// alerts for an organization's own app.
//
// It knows APNs' words and turns each answer into an invitation.Outcome; what
// follows from an outcome is decided elsewhere.
package push

import (
	"time"

	"heraut/people"
)

// Notification is one push to one device.
type Notification struct {
	// ID is the invitation's id. It stands in logs and errors and never
	// reaches APNs.
	ID   string
	Kind people.PushKind
	// Token is the device token in hexadecimal.
	Token string
	// Topic is the topic the device registered for; empty means the
	// certificate's. With another topic than the certificate's nothing is
	// sent, and the outcome is TokenDead.
	Topic string
	// PushMagic is the MDM wake-up's only content (people.PushMDM only).
	PushMagic string
	// ApnsID is a lowercase UUID that names the notification at APNs; see
	// ApnsID for one that every retry repeats.
	ApnsID string
	// CollapseID makes a newer notification take the place of an older one.
	// One that APNs would not take as a header (over 64 bytes, or not
	// printable ASCII) is replaced by its hash.
	CollapseID string
	// Expiration is when APNs may stop trying; zero means in 30 days, the
	// longest that APNs stores anything.
	Expiration time.Time
	// Title, Body and Link are shown by the organization's app
	// (people.PushAlert only). See Alert for the words.
	Title, Body, Link string
}

// Limits of APNs (source: "Sending notification requests to APNs").
const (
	// maxPayload is the largest payload in bytes, uncompressed.
	maxPayload = 4096
	// maxCollapseID is the longest collapse id in bytes.
	maxCollapseID = 64
	// maxStored is how long APNs keeps a notification for a device that is away.
	maxStored = 30 * 24 * time.Hour
)
