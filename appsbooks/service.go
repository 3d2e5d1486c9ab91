package appsbooks

import (
	"cmp"
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	// serviceAge is how long the service config is used (source: "Service
	// Config": URLs and limits are dynamic, read them every five minutes).
	serviceAge = 5 * time.Minute
	// serviceAgain is the wait after a reading that went wrong, while an
	// older one serves on.
	serviceAgain = 30 * time.Second

	configPath  = "/service/config"
	defaultRate = 15
)

// Service is what the service says about itself.
type Service struct {
	// InvitationTemplate is for InviteURL.
	InvitationTemplate string
	// Lookup is where the store tells what apps and books are called; empty
	// when the service does not say.
	Lookup            string
	NotificationTypes []string
	Limits            Limits

	urls map[string]string
}

// Limits are the most that one request may hold, and requests a second. The
// defaults are those of Apple's documentation.
type Limits struct {
	Users               int // in create, update and retire
	Assets              int
	ClientUserIDs       int
	SerialNumbers       int
	RevokeClientUserIDs int
	RevokeSerialNumbers int
	// RequestsPerSecond is the total of a location, over all its clients.
	RequestsPerSecond int
	// NotificationLength bounds the notification URL, and its token.
	NotificationLength                            int
	MDMIDLength, MDMNameLength, MDMMetadataLength int
}

func readLimits(said map[string]any) Limits {
	limit := func(name string, otherwise int) int {
		// Apple may add limits of other kinds; ours are numbers.
		if n, ok := said[name].(float64); ok && n >= 1 {
			return int(n)
		}
		return otherwise
	}
	return Limits{
		Users:               limit("maxUsers", 100),
		Assets:              limit("maxAssets", 25),
		ClientUserIDs:       limit("maxClientUserIds", 1000),
		SerialNumbers:       limit("maxSerialNumbers", 1000),
		RevokeClientUserIDs: limit("maxRevokeClientUserIds", 100),
		RevokeSerialNumbers: limit("maxRevokeSerialNumbers", 100),
		RequestsPerSecond:   limit("maxRequestPerSecond", defaultRate),
		NotificationLength:  limit("maxNotificationLength", 512),
		MDMIDLength:         limit("maxMdmIdLength", 100),
		MDMNameLength:       limit("maxMdmNameLength", 100),
		MDMMetadataLength:   limit("maxMdmMetadataLength", 255),
	}
}

// The service's names of its calls, with the path that each has when the
// service does not name another.
const (
	clientConfigCall = "clientConfig"
	createCall       = "createUsers"
	updateCall       = "updateUsers"
	retireCall       = "retireUsers"
	usersCall        = "getUsers"
	statusCall       = "eventStatus"
	assetsCall       = "getAssets"
	assignmentsCall  = "getAssignments"
	associateCall    = "associateAssets"
	disassociateCall = "disassociateAssets"
	revokeCall       = "revokeAssets"
)

func pathOf(call string) string {
	switch call {
	case clientConfigCall:
		return "/client/config"
	case createCall:
		return "/users/create"
	case updateCall:
		return "/users/update"
	case retireCall:
		return "/users/retire"
	case usersCall:
		return "/users"
	case statusCall:
		return "/status"
	case assetsCall:
		return "/assets"
	case assignmentsCall:
		return "/assignments"
	case associateCall:
		return "/assets/associate"
	case disassociateCall:
		return "/assets/disassociate"
	case revokeCall:
		return "/assets/revoke"
	}
	return configPath
}

// address is where a call goes. The token travels there: what is not HTTPS is
// not taken from the service.
func (s Service) address(call, base string) string {
	return cmp.Or(secure(s.urls[call]), base+pathOf(call))
}

// secure is an address of HTTPS; any other is none.
func secure(address string) string {
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return address
}

// reading is the service config that was read last.
type reading struct {
	mu      sync.Mutex
	service Service
	have    bool
	due     time.Time
}

// Service gives the service config, read within the last five minutes. When a
// new reading goes wrong, the older one serves on.
func (c *Client) Service(ctx context.Context) (Service, error) {
	c.read.mu.Lock()
	defer c.read.mu.Unlock()
	if c.read.have && time.Now().Before(c.read.due) {
		return c.read.service, nil
	}
	err := c.readService(ctx)
	if err != nil && c.read.have && ctx.Err() == nil {
		c.log.WarnContext(ctx, "apps and books config not read, the older one serves on", "error", err)
		c.read.due = time.Now().Add(serviceAgain)
		return c.read.service, nil
	}
	return c.read.service, err
}

// refresh reads the service config now.
func (c *Client) refresh(ctx context.Context) (Service, error) {
	c.read.mu.Lock()
	defer c.read.mu.Unlock()
	err := c.readService(ctx)
	return c.read.service, err
}

// readService is called with the reading locked.
func (c *Client) readService(ctx context.Context) error {
	if _, reason := c.pause.left(time.Now()); reason != nil {
		return reason
	}
	body, err := c.send(ctx, request{call: "service/config", address: c.base + configPath, open: true})
	if err != nil {
		return err
	}
	var said struct {
		URLs              map[string]string `json:"urls"`
		Limits            map[string]any    `json:"limits"`
		NotificationTypes []string          `json:"notificationTypes"`
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return unreadable("service/config", err)
	}
	c.read.service = Service{
		InvitationTemplate: strings.TrimSpace(said.URLs["invitationEmail"]),
		Lookup:             secure(said.URLs["contentMetadataLookup"]),
		NotificationTypes:  said.NotificationTypes,
		Limits:             readLimits(said.Limits),
		urls:               said.URLs,
	}
	c.read.have, c.read.due = true, time.Now().Add(c.serviceAge)
	c.turn.limit(c.read.service.Limits.RequestsPerSecond)
	return nil
}
