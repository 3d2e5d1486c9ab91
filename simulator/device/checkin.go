package devicesim

import (
	"context"
	"fmt"
)

// names are how a message says who it is from. Source: Apple, "Token Update".
type names struct {
	UDID             string `plist:",omitempty"`
	EnrollmentID     string `plist:",omitempty"`
	UserID           string `plist:",omitempty"`
	UserShortName    string `plist:",omitempty"`
	UserLongName     string `plist:",omitempty"`
	EnrollmentUserID string `plist:",omitempty"`
}

type authenticate struct {
	names

	MessageType  string
	Topic        string
	DeviceName   string
	Model        string
	ModelName    string
	ProductName  string
	SerialNumber string `plist:",omitempty"`
	OSVersion    string
	BuildVersion string
}

type tokenUpdate struct {
	names

	MessageType  string
	Topic        string
	PushMagic    string
	Token        []byte
	NotOnConsole bool `plist:",omitempty"`
}

type checkOut struct {
	names

	MessageType string
	Topic       string
}

// names are those of the device's own channel.
func (d *Device) names() names {
	if d.options.Enrollment == UserEnrollment {
		return names{EnrollmentID: d.options.EnrollmentID}
	}
	if claimed := d.behaves().ClaimUDID; claimed != "" {
		return names{UDID: claimed}
	}
	return names{UDID: d.options.UDID}
}

// names are those of the channel: a user's has more.
func (c *channel) names() names {
	n := c.device.names()
	switch {
	case c.user == User{}:
	case c.device.options.Enrollment == UserEnrollment:
		n.EnrollmentUserID = c.user.ID
	default:
		n.UserID, n.UserShortName, n.UserLongName = c.user.ID, c.user.ShortName, c.user.LongName
	}
	return n
}

// authenticate begins an enrollment.
func (d *Device) authenticate(ctx context.Context, m *management) error {
	kind := hardware[d.options.Platform]
	message := authenticate{
		names: d.names(), MessageType: "Authenticate", Topic: m.profile.Topic,
		DeviceName: d.options.Name, Model: kind.model, ModelName: kind.name, ProductName: kind.product,
		OSVersion: kind.version, BuildVersion: kind.build,
	}
	if d.options.Enrollment != UserEnrollment {
		message.SerialNumber = d.options.SerialNumber
	}
	if err := d.checkIn(ctx, m, message); err != nil {
		return fmt.Errorf("authenticating: %w", err)
	}
	d.fleet.counts.enrolled.Add(1)
	return nil
}

func (d *Device) checkIn(ctx context.Context, m *management, message any) error {
	_, err := m.put(ctx, d.fleet.client, m.profile.CheckInURL, typeCheckIn, message)
	return err
}
