package external

import (
	"context"
	"time"

	"heraut/invitation"
	"heraut/people"
)

// Ledger keeps what devices say. Every call may come twice, and late: by the
// server's times, which each has, the ledger tells what is old. What is not
// known is no error. A *fault.Error says what is wrong with what the device said;
// any other error that it could not be kept now.
type Ledger interface {
	// DeviceEnrolled is called when a device begins to enroll.
	DeviceEnrolled(ctx context.Context, d people.EnrolledDevice) error
	// ChannelRenewed is called for each TokenUpdate.
	ChannelRenewed(ctx context.Context, c people.MDMChannel) error
	// DeviceLeft is called when a device says that it is no longer enrolled.
	DeviceLeft(ctx context.Context, enrollmentID string, at time.Time) error
	// CommandReported is called for each answer to a command, whoever gave
	// the command.
	CommandReported(ctx context.Context, commandUUID string, r invitation.Report) error
}
