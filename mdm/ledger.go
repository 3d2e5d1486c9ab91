package mdm

import (
	"context"
	"time"

	"heraut/invitation"
	"heraut/people"
)

// Ledger keeps what devices say. Every call may come twice; what is not known
// is no error. An error means that it could not be kept now: the device is
// told, and comes again. A *fault.Error of invalid_request is the device's own.
type Ledger interface {
	// DeviceEnrolled is called when a device begins to enroll (Authenticate).
	// What was queued for it before is gone.
	DeviceEnrolled(ctx context.Context, d people.EnrolledDevice) error
	// ChannelRenewed is called for each TokenUpdate, of any channel.
	ChannelRenewed(ctx context.Context, c people.MDMChannel) error
	// DeviceLeft is called when a device says that it is no longer enrolled
	// (CheckOut), by the id of the channel that says so.
	DeviceLeft(ctx context.Context, enrollmentID string, at time.Time) error
	// CommandReported is called for each answer to a command.
	CommandReported(ctx context.Context, commandUUID string, r invitation.Report) error
}
