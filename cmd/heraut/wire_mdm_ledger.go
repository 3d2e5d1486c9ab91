package main

import (
	"context"
	"time"

	"heraut/invitation"
	"heraut/people"
	"heraut/store"
)

// mdmLedger keeps what devices say to their MDM server, and wakes whom it
// concerns. That the engine is away is no reason for a device to say it again:
// the store has it by then.
type mdmLedger struct {
	store  *store.Store
	engine patientEngine
}

// DeviceEnrolled implements mdm.Ledger and external.Ledger.
func (l mdmLedger) DeviceEnrolled(ctx context.Context, d people.EnrolledDevice) error {
	woken, err := l.store.DeviceEnrolled(ctx, d)
	l.wake(ctx, woken)
	return err
}

// ChannelRenewed implements mdm.Ledger and external.Ledger.
func (l mdmLedger) ChannelRenewed(ctx context.Context, c people.MDMChannel) error {
	woken, err := l.store.ChannelRenewed(ctx, c)
	l.wake(ctx, woken)
	return err
}

// DeviceLeft implements mdm.Ledger and external.Ledger.
func (l mdmLedger) DeviceLeft(ctx context.Context, enrollmentID string, at time.Time) error {
	woken, err := l.store.DeviceLeft(ctx, enrollmentID, at)
	l.wake(ctx, woken)
	return err
}

// CommandReported implements mdm.Ledger and external.Ledger.
func (l mdmLedger) CommandReported(ctx context.Context, commandUUID string, r invitation.Report) error {
	decided, err := l.store.CommandReported(ctx, commandUUID, r)
	if decided.UserID != "" {
		l.wake(ctx, invitation.Woken{Users: []string{decided.UserID}, Sends: decided.SettledSends})
	}
	return err
}

func (l mdmLedger) wake(ctx context.Context, woken invitation.Woken) {
	for _, id := range woken.Users {
		_ = l.engine.WakeUser(ctx, id) // kept as an errand
	}
	for _, id := range woken.Sends {
		_ = l.engine.WakeGroup(ctx, id) // kept as an errand
	}
}
