package devicesim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"heraut/simulator/scriptfile"
)

// Script is a list of devices, as JSON: {"devices":[{"platform":"macos",
// "user":{"short_name":"els"},"behaviour":{"not_now":2},
// "then":[{"after_seconds":60,"do":"check_out"}]}]}.
type Script struct {
	Devices []Role `json:"devices"`
}

// Role is a device of a script, or several that are alike.
type Role struct {
	Options

	// Count is how many there are; default 1. With more than one, what tells
	// one from another is invented.
	Count int `json:"count,omitempty"`
	// Profile is the link that the device enrolls by, and Code what is typed
	// there; default what Play was given.
	Profile string `json:"profile,omitempty"`
	Code    string `json:"code,omitempty"`
	// Then is what happens after the enrollment.
	Then []Act `json:"then,omitempty"`
}

// Act is something that befalls a device.
type Act struct {
	// AfterSeconds is how long it waits, at the fleet's pace, after the act
	// before or the enrollment.
	AfterSeconds int `json:"after_seconds,omitempty"`
	// Do is finish_setup, send_tokens, renew_tokens, reenroll, check_out or
	// remove.
	Do string `json:"do"`
}

// acts are what Act.Do may be.
var acts = map[string]func(context.Context, *Device) error{
	"finish_setup": func(_ context.Context, d *Device) error { d.FinishSetup(); return nil },
	"send_tokens":  func(ctx context.Context, d *Device) error { return d.SendTokens(ctx) },
	"renew_tokens": func(ctx context.Context, d *Device) error { return d.RenewTokens(ctx) },
	"reenroll":     func(ctx context.Context, d *Device) error { return d.Reenroll(ctx) },
	"check_out":    func(ctx context.Context, d *Device) error { return d.CheckOut(ctx) },
	"remove":       func(_ context.Context, d *Device) error { d.Remove(); return nil },
}

// ReadScript reads a script from JSON; unknown fields are an error.
func ReadScript(r io.Reader) (Script, error) {
	var s Script
	if err := scriptfile.Decode(r, &s); err != nil {
		return Script{}, err
	}
	for i, role := range s.Devices {
		if err := role.check(); err != nil {
			return Script{}, fmt.Errorf("device %d: %w", i+1, err)
		}
	}
	return s, nil
}

func (r Role) check() error {
	o := r.Options
	if err := o.complete(); err != nil {
		return err
	}
	switch {
	case r.Count < 0:
		return errors.New("count is not negative")
	case r.Count > 1 && (r.UDID != "" || r.SerialNumber != "" || r.EnrollmentID != ""):
		return errors.New("devices that are several have no name of their own")
	}
	for _, act := range r.Then {
		if acts[act.Do] == nil {
			return fmt.Errorf("%q is nothing that befalls a device", act.Do)
		}
		if act.AfterSeconds < 0 {
			return errors.New("after_seconds is not negative")
		}
	}
	return nil
}

// Play adds the devices of a script, enrolls them by their own links or by
// profile, and lets happen to them what the script says. It returns when all
// are enrolled, or one could not be, which is dropped then. A device that the
// fleet has by its serial number, and that has enrolled before, is left as it is.
func (f *Fleet) Play(ctx context.Context, s Script, profile string) error {
	for _, role := range s.Devices {
		if role.Profile == "" {
			role.Profile = profile
		}
		for range max(role.Count, 1) {
			if err := f.play(ctx, role); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Fleet) play(ctx context.Context, role Role) error {
	d, err := f.cast(role)
	if d == nil || err != nil {
		return err
	}
	if err := d.EnrollWith(ctx, role.Profile, role.Code); err != nil {
		f.drop(d)
		return fmt.Errorf("device %s: %w", d.options.SerialNumber, err)
	}
	f.begin(func() {
		for _, act := range role.Then {
			if !f.wait(time.Duration(act.AfterSeconds) * time.Second) {
				return
			}
			if err := acts[act.Do](f.ctx, d); err != nil {
				f.log.Warn("a device could not do as its script says", "serial_number", d.options.SerialNumber, "do", act.Do, "error", err)
			}
		}
	})
	return nil
}

// cast finds the device for a role; nil when it has enrolled before. One that
// was added and has not enrolled was interrupted by the end of its process.
func (f *Fleet) cast(role Role) (*Device, error) {
	if role.SerialNumber == "" {
		return f.Add(role.Options)
	}
	d := f.Find(role.SerialNumber)
	if d == nil {
		return f.Add(role.Options)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.managed != nil || len(d.dead) > 0 {
		return nil, nil // nobody is needed
	}
	return d, nil
}
