// Package devicesim plays Apple devices under management: they enroll with a
// profile, get an identity by SCEP, check in, wake when a push arrives, fetch
// commands and report on them, with the words of the real ones and with the
// faults that a script asks for.
//
// Source of the rules: Apple, Device Management, "Authenticate", "Token
// Update", "Check Out", "Sending MDM commands to a device", "Handling NotNow
// status responses" and "Invite to Program"; SCEP is RFC 8894.
package devicesim

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	apnssim "heraut/simulator/apns"
)

// FleetOptions are what devices share. The zero value plays devices that no
// push reaches and that nobody looks at.
type FleetOptions struct {
	// APNs is where the devices' tokens are known and their pushes arrive; nil:
	// they connect only when told to (Device.Poll).
	APNs *apnssim.Server
	// Client makes the devices' requests; nil: one that trusts the system's
	// authorities.
	Client *http.Client
	// Shown is told of each invitation that a device shows to its owner; it
	// must not wait. nil: nobody looks.
	Shown func(d *Device, invitationURL string)
	// PlainLoopback shows invitations whose URL is http at this machine, too:
	// no browser trusts the certificate of a demo's Apple.
	PlainLoopback bool
	// Keep, when set, gets each new state before a server is told of it: what
	// it keeps is for Restore of a fleet that starts after this process was
	// killed. It holds keys.
	Keep func(state []byte) error
	// Workers is how many sessions run at once; default 32.
	Workers int
	// Keys lets the devices share that many keys, each with certificates of
	// their own: making an RSA key takes longer than all the rest. 0: every
	// device makes one.
	Keys int
	// Pace divides every wait: 60 makes seconds of minutes. Default 1.
	Pace float64
	// Logger is told who enrolls and what is shown; nil means nobody is.
	Logger *slog.Logger
}

// Fleet is devices at work. It is safe for concurrent use.
type Fleet struct {
	options FleetOptions
	client  *http.Client
	log     *slog.Logger
	keys    keyring
	hands   chan struct{} // one for each session under way
	counts  counters
	keeper  keeper

	ctx  context.Context //nolint:containedctx // it ends the sessions that pushes began
	stop context.CancelFunc
	work sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	devices []*Device
}

// requestWithin bounds one request of a device.
const requestWithin = 30 * time.Second

// NewFleet makes a fleet without devices; Close it.
func NewFleet(o FleetOptions) *Fleet {
	o.Workers = cmp.Or(max(o.Workers, 0), 32)
	o.Pace = cmp.Or(max(o.Pace, 0), 1)
	f := &Fleet{
		options: o,
		client:  cmp.Or(o.Client, defaultClient(o.Workers)),
		log:     cmp.Or(o.Logger, slog.New(slog.DiscardHandler)),
		keys:    keyring{share: o.Keys},
		hands:   make(chan struct{}, o.Workers),
	}
	f.ctx, f.stop = context.WithCancel(context.Background())
	return f
}

func defaultClient(workers int) *http.Client {
	return &http.Client{Timeout: requestWithin, Transport: &http.Transport{
		MaxIdleConnsPerHost: workers, IdleConnTimeout: 30 * time.Second,
	}}
}

// Add makes a device that is not enrolled.
func (f *Fleet) Add(o Options) (*Device, error) {
	if err := o.complete(); err != nil {
		return nil, fmt.Errorf("making a device: %w", err)
	}
	d := &Device{fleet: f, options: o, user: o.User, behaviour: o.Behaviour}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.devices = append(f.devices, d)
	return d, nil
}

// drop takes a device out.
func (f *Fleet) drop(d *Device) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.devices = slices.DeleteFunc(f.devices, func(other *Device) bool { return other == d })
}

// Devices lists the devices in the order in which they were added.
func (f *Fleet) Devices() []*Device {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.devices)
}

// Find looks a device up by its serial number; nil when there is none.
func (f *Fleet) Find(serialNumber string) *Device {
	for _, d := range f.Devices() {
		if d.options.SerialNumber == serialNumber {
			return d
		}
	}
	return nil
}

// Each does something with every device, FleetOptions.Workers at once, until
// the first error, which it returns.
func (f *Fleet) Each(ctx context.Context, do func(context.Context, *Device) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(f.options.Workers)
	for _, d := range f.Devices() {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(ctx, d)
		})
	}
	return group.Wait()
}

// Close ends every session and waits for them. The devices stay enrolled.
func (f *Fleet) Close() error {
	f.mu.Lock()
	f.closed = true
	f.mu.Unlock()
	f.stop()
	f.work.Wait()
	if f.options.Client == nil {
		f.client.CloseIdleConnections()
	}
	return nil
}

// begin does something beside, unless the fleet is closed.
func (f *Fleet) begin(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.work.Go(do)
	}
}

// wait waits at the fleet's pace; false when the fleet is closed before.
func (f *Fleet) wait(d time.Duration) bool {
	timer := time.NewTimer(time.Duration(float64(d) / f.options.Pace))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-f.ctx.Done():
		return false
	}
}
