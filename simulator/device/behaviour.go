package devicesim

import (
	"errors"
	"fmt"
	"slices"
)

// The results of InviteToProgram. Source: Apple, "Invite to Program".
const (
	resultAcknowledged = "Acknowledged"
	resultBadProgram   = "InvalidProgramID"
	resultBadURL       = "InvalidInvitationURL"
)

// The statuses of a report. Source: Apple, "Sending MDM commands to a device".
const (
	statusIdle         = "Idle"
	statusAcknowledged = "Acknowledged"
	statusError        = "Error"
	statusFormat       = "CommandFormatError"
	statusNotNow       = "NotNow"
)

// Behaviour is how a device departs from doing what it is asked, as JSON:
// {"not_now":2}. The zero value does not.
type Behaviour struct {
	// Setup: Setup Assistant runs, and InviteToProgram is answered NotNow,
	// until Device.FinishSetup.
	Setup bool `json:"setup,omitempty"`
	// NotNow is how many commands, of any kind, are answered NotNow first. The
	// device polls by itself after each.
	NotNow int `json:"not_now,omitempty"`
	// Result is InvalidProgramID or InvalidInvitationURL: the answer to every
	// invitation, however good.
	Result string `json:"result,omitempty"`
	// Status comes with those two results; default Acknowledged. Apple does
	// not say which it is.
	Status string `json:"status,omitempty"`
	// ErrorCode, when not 0, answers InviteToProgram with an Error of that code.
	ErrorCode int `json:"error_code,omitempty"`
	// Silent: the device does not answer pushes.
	Silent bool `json:"silent,omitempty"`
	// LateToken: the device enrolls without a TokenUpdate, until
	// Device.SendTokens.
	LateToken bool `json:"late_token,omitempty"`
	// Doubled: every report is sent twice.
	Doubled bool `json:"doubled,omitempty"`
	// ClaimUDID is what the device says instead of its own UDID.
	ClaimUDID string `json:"claim_udid,omitempty"`
}

func (b Behaviour) check() error {
	switch {
	case b.NotNow < 0:
		return errors.New("not_now is not negative")
	case b.Result != "" && b.Result != resultBadProgram && b.Result != resultBadURL:
		return fmt.Errorf("the result %q is not %s or %s", b.Result, resultBadProgram, resultBadURL)
	case b.Status != "" && !slices.Contains([]string{statusAcknowledged, statusError, statusFormat}, b.Status):
		return fmt.Errorf("the status %q is not that of a report", b.Status)
	}
	return nil
}

// next is the behaviour that decides one command; it uses up one NotNow.
func (d *Device) next() Behaviour {
	d.mu.Lock()
	defer d.mu.Unlock()
	b := d.behaviour
	d.behaviour.NotNow = max(b.NotNow-1, 0)
	return b
}

func (d *Device) behaves() Behaviour {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.behaviour
}
