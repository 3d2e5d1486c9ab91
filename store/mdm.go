package store

import (
	"strings"
	"unicode/utf8"

	"heraut/fault"
)

// MDM is what an MDM service keeps: who is enrolled with which certificate,
// and which commands wait. Its words are those of Apple's protocol; an
// enrollment is a channel, a device's or that of a user of a device. Secrets
// are sealed. Times are this machine's: they decide nothing.
type MDM struct{ s *Store }

// MDM gives the store's part for the MDM service.
func (s *Store) MDM() *MDM { return &MDM{s} }

// MDMEnrollment names one channel.
type MDMEnrollment struct {
	// ID is a device's UDID or EnrollmentID; that of a user channel begins
	// with its device's.
	ID string
	// ParentID is the device of a user channel; empty for a device.
	ParentID string
	// Type is NanoMDM's word for the kind of enrollment ("Device", "User").
	Type string
}

// The longest texts that are taken, in bytes.
const (
	maxMDMID     = 255
	maxMDMWord   = 127 // a CommandUUID, a request type, a hash
	maxMDMStatus = 31
	maxMDMPush   = 255 // a topic or push magic, or a token's bytes
)

// check refuses an id that no device has.
func (e MDMEnrollment) check() error {
	if err := checkMDMText("id", e.ID, maxMDMID); err != nil || e.ParentID == "" {
		return err
	}
	return checkMDMText("parent_id", e.ParentID, maxMDMID)
}

// deviceOf is the part of an enrollment's id that names the device. What
// follows may be a person's account, which has no place in errors.
func deviceOf(id string) string {
	device, _, _ := strings.Cut(id, ":")
	return device
}

// checkMDMText refuses what would be cut or changed by one of the databases.
func checkMDMText(name, value string, most int) error {
	var message string
	switch {
	case value == "":
		message = "This is missing."
	case len(value) > most:
		message = "This is too long."
	case !utf8.ValidString(value) || strings.ContainsRune(value, 0):
		message = "Leave out NUL characters and use valid UTF-8."
	default:
		return nil
	}
	return fault.Invalid(fault.Field{Pointer: name, Message: message})
}
