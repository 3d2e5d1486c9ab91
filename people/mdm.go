package people

import (
	"cmp"
	"strings"
	"time"
)

// MDMKind is a kind of channel between a device and its MDM server.
type MDMKind string

// The kinds of channels. A channel of a user belongs to a channel of a device.
const (
	MDMDevice     MDMKind = "device"
	MDMUser       MDMKind = "user"        // of one user of a Mac
	MDMSharedIPad MDMKind = "shared_ipad" // of one person on a Shared iPad
	// MDMPersonalDevice and MDMPersonalUser are those of a User Enrollment.
	MDMPersonalDevice MDMKind = "user_enrollment_device"
	MDMPersonalUser   MDMKind = "user_enrollment"
)

// Invites tells whether invitations go over a channel of the kind: the device
// channel of an iPhone or iPad, a user's channel on a Mac or a Shared iPad, and
// none of a User Enrollment (source: Apple's schema of InviteToProgram,
// supportedOS).
func (k MDMKind) Invites(p Platform) bool {
	switch k {
	case MDMDevice:
		return p == IOS || p == IPadOS
	case MDMUser:
		return p == MacOS
	case MDMSharedIPad:
		return p == IPadOS
	default:
		return false
	}
}

// PlatformOf tells the platform of a product as a device names itself:
// "iPhone15,2", "iPad13,1", "MacBookPro18,3", or a model's name.
func PlatformOf(product string) (p Platform, known bool) {
	switch {
	case strings.HasPrefix(product, "iPhone"), strings.HasPrefix(product, "iPod"):
		return IOS, true
	case strings.HasPrefix(product, "iPad"):
		return IPadOS, true
	case strings.Contains(product, "Mac"):
		return MacOS, true
	}
	return "", false
}

// EnrolledDevice is what a device tells when it enrolls at an MDM server.
type EnrolledDevice struct {
	// EnrollmentID names the device's channel: its UDID, or the EnrollmentID
	// of a User Enrollment.
	EnrollmentID string
	Kind         MDMKind // MDMDevice or MDMPersonalDevice
	// AccountDriven tells that a person enrolled it with a Managed Apple
	// Account; such a device can not be invited.
	AccountDriven bool
	Name          string
	Platform      Platform
	SerialNumber  string
	UDID          string
	UserID        string // who enrolled it; empty: nobody knows
	// At is when it was told, where that may come late; zero: now.
	At time.Time
}

// Invitable tells whether the kind of enrollment may be invited.
func (e EnrolledDevice) Invitable() bool { return e.Kind == MDMDevice && !e.AccountDriven }

// Device is the device to keep. What a device tells can be anything: its name
// is made to fit, and one without a name has its serial number's.
func (e EnrolledDevice) Device() Device {
	name := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(e.Name, "?"), forbidden), " ")
	if runes := []rune(name); len(runes) > MaxName {
		name = string(runes[:MaxName])
	}
	d := Device{Name: name, Platform: e.Platform, SerialNumber: e.SerialNumber, UDID: e.UDID, UserID: e.UserID}.Clean()
	d.Name = cmp.Or(d.Name, d.SerialNumber, e.EnrollmentID)
	return d
}

// MaxEnrollmentID bounds an enrollment id, in characters: a UDID and a user's
// id or short name.
const MaxEnrollmentID = 400

// Check tells what is wrong with what the device tells.
func (e EnrolledDevice) Check() error {
	var c checks
	c.enrollment("/enrollment_id", e.EnrollmentID)
	if e.Kind != MDMDevice && e.Kind != MDMPersonalDevice {
		c.add("/kind", "A device enrolls by its device channel.")
	}
	if err := c.err(); err != nil {
		return err
	}
	return e.Device().Check()
}

func (c *checks) enrollment(at, id string) {
	if id == "" {
		c.add(at, "Give the id of the enrollment.")
	}
	c.text(at, id, MaxEnrollmentID)
}

// MDMChannel is what a TokenUpdate tells of one channel.
type MDMChannel struct {
	EnrollmentID string
	// DeviceID is the EnrollmentID of the device's channel; the same for that
	// channel itself.
	DeviceID  string
	Kind      MDMKind
	Topic     string
	Token     string // hexadecimal
	PushMagic string
	// Account is the Managed Apple Account of the person on a Shared iPad.
	Account string
	// At is when it was told, where that may come late; zero: now.
	At time.Time
}

// Push is the channel as an address at APNs.
func (m MDMChannel) Push() PushChannel {
	return PushChannel{Kind: PushMDM, Topic: m.Topic, Token: strings.ToLower(m.Token), PushMagic: m.PushMagic}
}

// Check tells what is wrong with what the channel tells.
func (m MDMChannel) Check() error {
	var c checks
	c.enrollment("/enrollment_id", m.EnrollmentID)
	c.enrollment("/device_id", m.DeviceID)
	c.push([]PushChannel{m.Push()})
	return c.err()
}

// MDMFacts are what the MDM server knows of a device.
type MDMFacts struct {
	// Known tells that the device has enrolled at the MDM server.
	Known bool
	// Invitable tells whether its kind of enrollment may be invited.
	Invitable bool
	// Enabled tells that the device answers to the server; one that has left
	// does not.
	Enabled bool
	// EnrolledAt is when the built-in server first met it, LastSeenAt when it
	// came last; zero: an MDM server of the organization's own keeps that.
	EnrolledAt, LastSeenAt time.Time
}
