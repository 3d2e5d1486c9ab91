package external

import (
	"context"
	"time"

	"heraut/content"
)

// EnrollmentType says what kind of channel an enrollment is, in NanoMDM's words.
type EnrollmentType string

// The types (source: NanoMDM's mdm.EnrollType).
const (
	DeviceChannel        EnrollmentType = "Device"
	UserChannel          EnrollmentType = "User"
	UserEnrollmentDevice EnrollmentType = "User Enrollment (Device)"
	UserEnrollmentUser   EnrollmentType = "User Enrollment"
	SharedIPad           EnrollmentType = "Shared iPad"
)

// Enrollment names one channel of a device as the MDM server does.
type Enrollment struct {
	// ID is what commands are queued for.
	ID string
	// ParentID is the device channel's ID, for a user channel.
	ParentID string
	Type     EnrollmentType
	// UDID is empty for a User Enrollment.
	UDID string
}

// Device is what a device says of itself when it begins to enroll.
type Device struct {
	Enrollment

	Name         string
	SerialNumber string
	// ProductName is Apple's, "iPhone15,2"; empty when the device gave none.
	ProductName string
	Model       string
	ModelName   string
	OSVersion   string
	// At is when the server told it: events come in any order.
	At time.Time
}

// Channel is how an enrollment is woken, from a TokenUpdate.
type Channel struct {
	Enrollment

	Topic     string
	Token     string // lowercase hex
	PushMagic content.Secret
	// UserShortName and UserLongName are the person's, for a user channel.
	UserShortName string
	UserLongName  string
	// First tells that the TokenUpdate ended an enrollment; only then are
	// commands gone that were queued before.
	First bool
	At    time.Time
}

// Report is a device's answer to a command.
type Report struct {
	Enrollment

	CommandUUID string
	// Status is Acknowledged, Error, CommandFormatError or NotNow.
	Status string
	// InvitationResult is Acknowledged, InvalidProgramID or
	// InvalidInvitationURL; empty for other commands and for NotNow.
	InvitationResult string
	// Words are the device's about an error, on one line.
	Words string
	At    time.Time
}

// Ledger keeps what devices say. Every call may come twice and in any order;
// what is not known is no error. An error means that the event could not be
// kept now.
type Ledger interface {
	// DeviceEnrolled is called when a device begins to enroll.
	DeviceEnrolled(ctx context.Context, d Device) error
	// ChannelRenewed is called for each TokenUpdate.
	ChannelRenewed(ctx context.Context, c Channel) error
	// DeviceLeft is called when a device says that it is no longer enrolled.
	DeviceLeft(ctx context.Context, e Enrollment, at time.Time) error
	// CommandReported is called for each answer to a command, whoever gave
	// the command.
	CommandReported(ctx context.Context, r Report) error
}
