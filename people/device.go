package people

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// Platform is the kind of a device.
type Platform string

// The platforms that can be invited.
const (
	IOS    Platform = "ios"
	IPadOS Platform = "ipados"
	MacOS  Platform = "macos"
)

// Known tells whether p is a platform that Heraut knows.
func (p Platform) Known() bool { return p == IOS || p == IPadOS || p == MacOS }

// PushKind is a way to reach a device through APNs.
type PushKind string

// The kinds of push channels; a device has at most one of each.
const (
	PushMDM   PushKind = "mdm"
	PushAlert PushKind = "alert"
)

// Device is an enrolled iPhone, iPad or Mac.
type Device struct {
	ID string
	// Name is the name the device had at enrollment; it does not follow later renames.
	Name         string
	Platform     Platform
	SerialNumber string // unique when not empty
	UDID         string // unique when not empty
	UserID       string // empty: assigned to nobody
	Push         []PushChannel
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Version      int64
}

// OwnedDevice is a device with the name of who has it.
type OwnedDevice struct {
	Device

	Owner string // full name; empty: assigned to nobody
}

// PushChannel is one address of a device at APNs.
type PushChannel struct {
	Kind      PushKind
	Topic     string
	Token     string // lowercase hex
	PushMagic string // mdm only
	UpdatedAt time.Time
	// DeadSince is when APNs found the token dead; zero while it is not known to be.
	DeadSince time.Time
	// Invites tells that an invitation can be queued for the device and the
	// push wakes it (mdm only). The store fills it in.
	Invites bool
}

// Live tells whether an invitation over the channel can arrive: an MDM wake-up
// alone shows nothing.
func (p PushChannel) Live() bool { return (p.Kind == PushAlert || p.Invites) && p.DeadSince.IsZero() }

// Limits of a device's fields, in characters.
const (
	MaxSerial    = 64
	MaxUDID      = 64
	MaxTopic     = 200
	MaxPushMagic = 200
	// MaxToken bounds a token in hex digits: APNs tokens have 64 today and
	// may grow, Apple asks not to assume a length.
	MaxToken = 400
)

// Check tells what is wrong with the device's fields.
func (d Device) Check() error {
	var c checks
	c.name("/name", d.Name)
	if !d.Platform.Known() {
		c.add("/platform", "Use ios, ipados or macos.")
	}
	c.text("/serial_number", d.SerialNumber, MaxSerial)
	c.text("/udid", d.UDID, MaxUDID)
	c.push(d.Push)
	return c.err()
}

func (c *checks) push(channels []PushChannel) {
	seen := map[PushKind]bool{}
	for i, p := range channels {
		at := fmt.Sprintf("/push/%d", i)
		if p.Kind != PushMDM && p.Kind != PushAlert {
			c.add(at+"/kind", "Use mdm or alert.")
		}
		if seen[p.Kind] {
			c.add(at+"/kind", "A device has one push channel of each kind.")
		}
		seen[p.Kind] = true
		c.topic(at+"/topic", p.Topic)
		c.token(at+"/token", p.Token)
		c.magic(at+"/push_magic", p)
	}
}

func (c *checks) topic(at, topic string) {
	if topic == "" {
		c.add(at, "Give the topic of the push certificate.")
	}
	c.text(at, topic, MaxTopic)
}

func (c *checks) token(at, token string) {
	if _, err := hex.DecodeString(token); err != nil || token == "" || len(token) > MaxToken {
		c.add(at, "Give the device token in hexadecimal.")
	}
}

func (c *checks) magic(at string, p PushChannel) {
	if p.Kind == PushMDM && p.PushMagic == "" {
		c.add(at, "An mdm channel needs the push magic of its TokenUpdate.")
	}
	if strings.ContainsAny(p.PushMagic, "\"\\<>&") {
		c.add(at, "Leave out quotes, backslashes and markup.")
	}
	c.text(at, p.PushMagic, MaxPushMagic)
}
