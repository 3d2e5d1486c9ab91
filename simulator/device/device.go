package devicesim

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Enrollment is a way to be managed.
type Enrollment string

// The ways.
const (
	// DeviceEnrollment is that of a device by its own profile; the default.
	DeviceEnrollment Enrollment = "device"
	// UserEnrollment hides the UDID and the serial number behind an
	// EnrollmentID. Such a device can not be invited.
	UserEnrollment Enrollment = "user"
	// SharedIPad is an iPad with people who come and go.
	SharedIPad Enrollment = "shared_ipad"
)

// User is who is signed in at a Mac, or on a Shared iPad.
type User struct {
	// ID is the UserID of the user channel, a UUID; default: one of chance. A
	// Shared iPad always says sharedUserID.
	ID string `json:"id,omitempty"`
	// ShortName is the account's name; on a Shared iPad the Managed Apple Account.
	ShortName string `json:"short_name,omitempty"`
	LongName  string `json:"long_name,omitempty"`
}

// sharedUserID is the UserID of everybody on a Shared iPad. Source: Apple,
// "Token Update".
const sharedUserID = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"

// Options make a Device. What is empty is invented.
type Options struct {
	UDID         string     `json:"udid,omitempty"`
	SerialNumber string     `json:"serial_number,omitempty"`
	Name         string     `json:"name,omitempty"`
	Platform     Platform   `json:"platform,omitempty"` // default IPad
	Enrollment   Enrollment `json:"enrollment,omitempty"`
	// EnrollmentID is what a user enrollment says instead of the UDID.
	EnrollmentID string `json:"enrollment_id,omitempty"`
	// User is signed in from the start; with no name nobody is (Device.Login).
	User User `json:"user,omitzero"`
	// Owner says whose the device is, in the caller's own words.
	Owner     string    `json:"owner,omitempty"`
	Behaviour Behaviour `json:"behaviour,omitzero"`
}

// complete checks the options and invents what is missing.
func (o *Options) complete() error {
	if o.Platform == "" {
		o.Platform = IPad
	}
	if o.Enrollment == "" {
		o.Enrollment = DeviceEnrollment
	}
	kind, known := hardware[o.Platform]
	switch {
	case !known:
		return fmt.Errorf("the platform %q is not known", o.Platform)
	case !slices.Contains([]Enrollment{DeviceEnrollment, UserEnrollment, SharedIPad}, o.Enrollment):
		return fmt.Errorf("the enrollment %q is not known", o.Enrollment)
	case o.Enrollment == SharedIPad && o.Platform != IPad:
		return errors.New("a Shared iPad is an iPad")
	case o.User.ShortName != "" && o.Platform != Mac && o.Enrollment != SharedIPad:
		return errors.New("people sign in at a Mac or on a Shared iPad")
	}
	o.invent(kind)
	return o.Behaviour.check()
}

// Device is an iPhone, an iPad, a Mac or an Apple TV. It is safe for
// concurrent use.
type Device struct {
	fleet   *Fleet
	options Options

	mu        sync.Mutex
	behaviour Behaviour
	user      User
	managed   *management // nil: not enrolled
	dead      []deadToken
	shows     string // the URL of the last invitation
}

// deadToken is one that APNs answers 410 for.
type deadToken struct {
	Token string    `json:"token"`
	Since time.Time `json:"since"`
}

// management is one enrollment of a device.
type management struct {
	profile  profile
	identity identity
	device   *channel
	user     *channel // nil: there is none; Device.mu guards it
}

// UDID names the device; a user enrollment does not tell it.
func (d *Device) UDID() string { return d.options.UDID }

// SerialNumber is the device's own.
func (d *Device) SerialNumber() string { return d.options.SerialNumber }

// Name is what its owner calls the device.
func (d *Device) Name() string { return d.options.Name }

// Platform tells what kind of device it is.
func (d *Device) Platform() Platform { return d.options.Platform }

// Owner is Options.Owner.
func (d *Device) Owner() string { return d.options.Owner }

// Shows is where the last invitation that the device showed leads; empty: none.
func (d *Device) Shows() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.shows
}

// Enrolled tells whether the device has a management profile.
func (d *Device) Enrolled() bool { return d.management() != nil }

// Behave changes how the device behaves from now on.
func (d *Device) Behave(b Behaviour) error {
	if err := b.check(); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.behaviour = b
	return nil
}

// ErrNotEnrolled says that a device has no management profile.
var ErrNotEnrolled = errors.New("the device is not enrolled")

func (d *Device) management() *management {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.managed
}

// enrolled is management for what needs one.
func (d *Device) enrolled() (*management, error) {
	m := d.management()
	if m == nil {
		return nil, ErrNotEnrolled
	}
	return m, nil
}
