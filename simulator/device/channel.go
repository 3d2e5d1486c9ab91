package devicesim

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	apnssim "heraut/simulator/apns"
)

// channel is a line to the MDM server: the device's own, or its user's. Each
// has a token and a magic, and a push for one does not wake the other.
type channel struct {
	device *Device
	of     *management
	user   User          // zero: the device's own channel
	turn   chan struct{} // one session at a time

	mu     sync.Mutex
	token  []byte
	magic  string
	told   bool // the server has had a TokenUpdate
	busy   bool // a push is being answered
	again  bool // another has come meanwhile
	notNow bool // NotNow was the last status of the last session
	later  bool // it will poll by itself
}

func newChannel(d *Device, m *management, user User) *channel {
	c := &channel{device: d, of: m, user: user, turn: make(chan struct{}, 1)}
	c.refresh()
	return c
}

// tokenBytes is the length of a push token.
const tokenBytes = 32

// refresh makes a new token and magic, and returns the token before.
func (c *channel) refresh() (old []byte) {
	token := make([]byte, tokenBytes)
	_, _ = rand.Read(token) // it never fails
	c.mu.Lock()
	defer c.mu.Unlock()
	old = c.token
	c.told = false
	c.token, c.magic = token, strings.ToUpper(uuid.NewString())
	return old
}

// tell sends the token and the magic, to which the server may push from then on.
func (c *channel) tell(ctx context.Context) error {
	c.device.fleet.keep()
	c.listen()
	c.mu.Lock()
	token, magic := c.token, c.magic
	c.mu.Unlock()
	message := tokenUpdate{
		names: c.names(), MessageType: "TokenUpdate", Topic: c.of.profile.Topic, PushMagic: magic, Token: token,
	}
	if err := c.device.checkIn(ctx, c.of, message); err != nil {
		return fmt.Errorf("sending a token: %w", err)
	}
	c.mu.Lock()
	c.told = true
	c.mu.Unlock()
	c.device.fleet.keep()
	return nil
}

// reachable tells whether the server knows the channel, or is to know it.
func (c *channel) reachable() bool {
	c.mu.Lock()
	told := c.told
	c.mu.Unlock()
	return told || !c.device.behaves().LateToken
}

// introduce sends a token that the server has not had.
func (c *channel) introduce(ctx context.Context) error {
	c.mu.Lock()
	told := c.told
	c.mu.Unlock()
	if told {
		return nil
	}
	return c.tell(ctx)
}

// listen makes the token known at APNs.
func (c *channel) listen() {
	if apns := c.device.fleet.options.APNs; apns != nil {
		apns.RegisterDevice(c.pushToken(), c.of.profile.Topic, c.arrived)
	}
}

// deafen makes APNs answer 410 for the token.
func (c *channel) deafen(token []byte) {
	dead := deadToken{hex.EncodeToString(token), time.Now()}
	c.device.mu.Lock()
	c.device.dead = append(c.device.dead, dead)
	c.device.mu.Unlock()
	c.device.fleet.bury(dead)
}

func (f *Fleet) bury(dead deadToken) {
	if f.options.APNs != nil {
		f.options.APNs.Unregister(dead.Token, dead.Since)
	}
}

func (c *channel) pushToken() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return hex.EncodeToString(c.token)
}

// arrived is told of each push to the token.
func (c *channel) arrived(n apnssim.Notification) {
	var content struct {
		MDM string `json:"mdm"`
	}
	err := json.Unmarshal(n.Payload, &content)
	c.mu.Lock()
	mine := err == nil && content.MDM == c.magic && n.Token == hex.EncodeToString(c.token)
	c.mu.Unlock()
	if !mine || c.device.behaves().Silent {
		c.device.fleet.counts.ignored.Add(1)
		return
	}
	c.device.fleet.counts.woken.Add(1)
	c.wake()
}

// wake connects, soon, and once however often it is called meanwhile.
func (c *channel) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy {
		c.again = true
		return
	}
	c.busy = true
	c.device.fleet.begin(c.serve)
}

const (
	// firstRetry and longestRetry are between tries of a session that broke
	// off; after the longest the device waits for another push.
	firstRetry, longestRetry = time.Second, 30 * time.Second
	// notNowPause is how long things last that a device says NotNow for.
	notNowPause = 20 * time.Second
)

// serve connects until nothing calls for it any more.
func (c *channel) serve() {
	f, pause := c.device.fleet, firstRetry
	for {
		err := c.session(f.ctx)
		switch {
		case err == nil || errors.Is(err, ErrNotEnrolled):
			pause = firstRetry
		default:
			f.log.Warn("a device could not connect", "serial_number", c.device.options.SerialNumber, "error", err)
			if pause <= longestRetry && f.wait(pause) {
				pause *= 2
				continue
			}
		}
		if !c.more() {
			return
		}
	}
}

// more tells whether another push came.
func (c *channel) more() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy, c.again = c.again, false
	return c.busy
}

// remember keeps how a session ended; after NotNow the device polls again by
// itself when things change. Source: Apple, "Handling NotNow status responses".
func (c *channel) remember(last string) {
	setup := c.device.behaves().Setup // that ends by FinishSetup
	c.mu.Lock()
	defer c.mu.Unlock()
	c.notNow = last == statusNotNow
	if !c.notNow || c.later || setup {
		return
	}
	c.later = true
	c.device.fleet.begin(func() {
		if c.device.fleet.wait(notNowPause) {
			c.mu.Lock()
			c.later = false
			c.mu.Unlock()
			c.wake()
		}
	})
}

// gone tells that the server has ended the management: a device takes 401 for
// that.
func gone(err error) bool {
	answer, ok := errors.AsType[status](err)
	return ok && answer == http.StatusUnauthorized
}
