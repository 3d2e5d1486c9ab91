package devicesim

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// savedDevice is what of a device outlives its process.
type savedDevice struct {
	Options   Options          `json:"options"`
	Behaviour Behaviour        `json:"behaviour"`
	User      User             `json:"user"`
	Managed   *savedManagement `json:"managed,omitempty"`
	Dead      []deadToken      `json:"dead,omitempty"`
	Shows     string           `json:"shows,omitempty"`
}

type savedManagement struct {
	Profile     profile       `json:"profile"`
	Key         []byte        `json:"key"` // PKCS #8
	Certificate []byte        `json:"certificate"`
	Device      savedChannel  `json:"device"`
	User        *savedChannel `json:"user,omitempty"`
}

type savedChannel struct {
	Token []byte `json:"token"`
	Magic string `json:"magic"`
	Told  bool   `json:"told"`
}

// keeper serves FleetOptions.Keep.
type keeper struct {
	asked atomic.Int64

	mu   sync.Mutex
	kept int64
}

// keep hands a state that has changed to FleetOptions.Keep. Those who wait
// for the same pen are served by one state.
func (f *Fleet) keep() {
	if f.options.Keep == nil {
		return
	}
	k := &f.keeper
	asked := k.asked.Add(1)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept >= asked {
		return
	}
	k.kept = k.asked.Load()
	state, err := f.Snapshot()
	if err == nil {
		err = f.options.Keep(state)
	}
	if err != nil {
		f.log.Error("keeping the state of the devices", "error", err)
	}
}

// Snapshot is the devices as JSON, for Restore of a later fleet. It holds
// their keys and tokens.
func (f *Fleet) Snapshot() ([]byte, error) {
	kept := []savedDevice{}
	for _, d := range f.Devices() {
		one, err := d.save()
		if err != nil {
			return nil, fmt.Errorf("writing down the device %s: %w", d.options.SerialNumber, err)
		}
		kept = append(kept, one)
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return nil, fmt.Errorf("writing down the devices: %w", err)
	}
	return text, nil
}

func (d *Device) save() (savedDevice, error) {
	d.mu.Lock()
	kept := savedDevice{Options: d.options, Behaviour: d.behaviour, User: d.user, Dead: slices.Clone(d.dead), Shows: d.shows}
	m := d.managed
	d.mu.Unlock()
	if m == nil {
		return kept, nil
	}
	key, err := x509.MarshalPKCS8PrivateKey(m.identity.key)
	if err != nil {
		return kept, fmt.Errorf("encoding its key: %w", err)
	}
	channels := d.channels(m)
	kept.Managed = &savedManagement{
		Profile: m.profile, Key: key, Certificate: m.identity.certificate.Raw, Device: channels[0].save(),
	}
	if len(channels) > 1 {
		user := channels[1].save()
		kept.Managed.User = &user
	}
	return kept, nil
}

func (c *channel) save() savedChannel {
	c.mu.Lock()
	defer c.mu.Unlock()
	return savedChannel{Token: c.token, Magic: c.magic, Told: c.told}
}

// Restore adds the devices of a Snapshot. Those that are enrolled poll at
// once, as devices do that were switched on again, for pushes of the meantime
// are lost; before that they send the tokens that they may not have sent.
func (f *Fleet) Restore(snapshot []byte) error {
	var kept []savedDevice
	if err := json.Unmarshal(snapshot, &kept); err != nil {
		return fmt.Errorf("reading the devices: %w", err)
	}
	for _, one := range kept {
		d, err := f.Add(one.Options)
		if err != nil {
			return err
		}
		d.behaviour, d.user, d.dead, d.shows = one.Behaviour, one.User, one.Dead, one.Shows
		for _, dead := range d.dead {
			f.bury(dead)
		}
		if one.Managed == nil {
			continue
		}
		if err := d.restore(one.Managed); err != nil {
			return fmt.Errorf("restoring the device %s: %w", d.options.SerialNumber, err)
		}
	}
	return nil
}

func (d *Device) restore(kept *savedManagement) error {
	m := &management{profile: kept.Profile}
	key, err := x509.ParsePKCS8PrivateKey(kept.Key)
	if err != nil {
		return fmt.Errorf("reading its key: %w", err)
	}
	own, ok := key.(*rsa.PrivateKey)
	if !ok {
		return errors.New("its key is of another kind")
	}
	m.identity.key = own
	if m.identity.certificate, err = x509.ParseCertificate(kept.Certificate); err != nil {
		return fmt.Errorf("reading its certificate: %w", err)
	}
	m.device = newChannel(d, m, User{})
	m.device.load(kept.Device)
	if kept.User != nil {
		m.user = newChannel(d, m, d.user)
		m.user.load(*kept.User)
	}
	d.mu.Lock()
	d.managed = m
	d.mu.Unlock()
	for _, c := range d.channels(m) {
		c.resume()
	}
	return nil
}

func (c *channel) load(kept savedChannel) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token, c.magic, c.told = kept.Token, kept.Magic, kept.Told
}

// resume takes up a channel.
func (c *channel) resume() {
	c.listen()
	if c.reachable() && !c.device.behaves().Silent {
		c.wake()
	}
}
