package devicesim

import (
	"context"
	"errors"
	"fmt"
)

// Enroll installs an enrollment profile (.mobileconfig, plain or signed): the
// device gets an identity by SCEP, checks in with Authenticate and, unless it
// is late, with the TokenUpdate of each channel. An earlier enrollment of the
// device is over then. Nothing is installed when it fails.
func (d *Device) Enroll(ctx context.Context, mobileconfig []byte) error {
	p, err := readProfile(mobileconfig)
	if err != nil {
		return fmt.Errorf("installing a profile: %w", err)
	}
	own, err := d.fleet.obtain(ctx, p.scep)
	if err != nil {
		return fmt.Errorf("enrolling: %w", err)
	}
	return d.begin(ctx, &management{profile: p, identity: own})
}

// EnrollFrom is Enroll as its owner does it in the device's browser: the link
// leads to the profile, or to a page with a button that downloads it.
func (d *Device) EnrollFrom(ctx context.Context, link string) error {
	return d.EnrollWith(ctx, link, "")
}

// EnrollWith is EnrollFrom by way of a page that asks for a code.
func (d *Device) EnrollWith(ctx context.Context, link, code string) error {
	mobileconfig, err := visit{d.fleet.client, code}.profile(ctx, link)
	if err != nil {
		return fmt.Errorf("downloading a profile: %w", err)
	}
	return d.Enroll(ctx, mobileconfig)
}

// Reenroll begins anew with the identity that the device has: Authenticate,
// which makes a server drop what it had queued, and new tokens.
func (d *Device) Reenroll(ctx context.Context) error {
	m, err := d.enrolled()
	if err != nil {
		return err
	}
	return d.begin(ctx, &management{profile: m.profile, identity: m.identity})
}

// begin checks in for an enrollment and makes it the device's.
func (d *Device) begin(ctx context.Context, m *management) error {
	if err := d.authenticate(ctx, m); err != nil {
		return err
	}
	d.forget(d.management())
	d.mu.Lock()
	m.device = newChannel(d, m, User{})
	if (d.user != User{}) && m.profile.PerUser {
		m.user = newChannel(d, m, d.user)
	}
	d.managed = m
	late := d.behaviour.LateToken
	d.mu.Unlock()
	d.fleet.log.Info("a device enrolled", "serial_number", d.options.SerialNumber, "platform", string(d.options.Platform))
	if late {
		d.fleet.keep()
		return nil
	}
	return d.SendTokens(ctx)
}

// SendTokens sends the TokenUpdate of every channel, with the tokens that they
// have.
func (d *Device) SendTokens(ctx context.Context) error {
	m, err := d.enrolled()
	if err != nil {
		return err
	}
	for _, c := range d.channels(m) {
		if err := c.tell(ctx); err != nil {
			return err
		}
	}
	return nil
}

// RenewTokens gives every channel a new token and magic and tells the server;
// APNs answers 410 for the old ones from then on.
func (d *Device) RenewTokens(ctx context.Context) error {
	m, err := d.enrolled()
	if err != nil {
		return err
	}
	for _, c := range d.channels(m) {
		old := c.refresh()
		if err := c.tell(ctx); err != nil {
			return err
		}
		c.deafen(old)
	}
	d.fleet.keep()
	return nil
}

// Login signs somebody in at a Mac or on a Shared iPad, in the place of who
// was: there is a user channel then, if the profile lets there be any.
func (d *Device) Login(ctx context.Context, u User) error {
	if d.options.Platform != Mac && d.options.Enrollment != SharedIPad {
		return errors.New("people sign in at a Mac or on a Shared iPad")
	}
	if u = u.complete(d.options.Enrollment); u == (User{}) {
		return errors.New("a user has a short name")
	}
	d.mu.Lock()
	d.user = u
	m := d.managed
	if m == nil || !m.profile.PerUser {
		d.mu.Unlock()
		return nil
	}
	c := newChannel(d, m, u)
	m.user = c
	d.mu.Unlock()
	return c.tell(ctx)
}

// FinishSetup ends Setup Assistant; a device that has said NotNow polls by
// itself.
func (d *Device) FinishSetup() {
	d.mu.Lock()
	d.behaviour.Setup = false
	m := d.managed
	d.mu.Unlock()
	for _, c := range d.channels(m) {
		c.mu.Lock()
		waits := c.notNow
		c.mu.Unlock()
		if waits {
			c.wake()
		}
	}
}

// Poll connects every channel once and waits until that is done. A channel
// whose token the server lacks sends it first, unless it is late.
func (d *Device) Poll(ctx context.Context) error {
	m, err := d.enrolled()
	if err != nil {
		return err
	}
	var errs []error
	for _, c := range d.channels(m) {
		if c.reachable() {
			errs = append(errs, c.session(ctx))
		}
	}
	return errors.Join(errs...)
}

// CheckOut removes the profile and, where it says so (CheckOutWhenRemoved),
// tells the server. The profile is gone whatever comes of that.
func (d *Device) CheckOut(ctx context.Context) error {
	m, err := d.enrolled()
	if err != nil {
		return err
	}
	said := d.names()
	d.forget(m)
	if !m.profile.CheckOutWhenRemoved {
		return nil
	}
	if err := d.checkIn(ctx, m, checkOut{names: said, MessageType: "CheckOut", Topic: m.profile.Topic}); err != nil {
		return fmt.Errorf("checking out: %w", err)
	}
	return nil
}

// Remove removes the profile and tells nobody: the first that a server hears
// of it is APNs' answer 410.
func (d *Device) Remove() { d.forget(d.management()) }

// forget ends an enrollment; nil is none.
func (d *Device) forget(m *management) {
	if m == nil {
		return
	}
	for _, c := range d.channels(m) {
		c.mu.Lock()
		token := c.token
		c.mu.Unlock()
		c.deafen(token)
	}
	d.mu.Lock()
	if d.managed == m {
		d.managed = nil
	}
	d.mu.Unlock()
	d.fleet.keep()
}

// channels are those that an enrollment has; nil has none.
func (d *Device) channels(m *management) []*channel {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case m == nil:
		return nil
	case m.user == nil:
		return []*channel{m.device}
	}
	return []*channel{m.device, m.user}
}
