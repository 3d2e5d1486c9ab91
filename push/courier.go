package push

import (
	"context"
	"fmt"
	"sync"
	"time"

	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// CourierOptions are what a Courier needs beside the settings.
type CourierOptions struct {
	// Certificate reads the push certificate of a kind and its private key;
	// an empty PEM means that none is installed.
	Certificate func(ctx context.Context, kind people.PushKind) (c settings.PushCertificate, key []byte, err error)
	// Settings reads how invitations behave.
	Settings func(ctx context.Context) (settings.Invitations, error)
	// Link makes the address of the invitation page; the error is a sentence
	// for an administrator.
	Link func(m invitation.Message) (string, error)
	// ApnsIDKey is a secret of 32 bytes.
	ApnsIDKey []byte
	Client    Options
}

// settingsAge is how long a certificate is used before it is read again.
const settingsAge = 5 * time.Second

// Courier pushes claimed messages with the certificates of the moment. It is
// safe for concurrent use.
type Courier struct {
	options CourierOptions

	mu    sync.Mutex
	kinds map[people.PushKind]*equipment
}

// equipment is what pushes of one kind leave with.
type equipment struct {
	pem    string
	read   time.Time
	client *Client
	texts  settings.Invitations
}

// NewCourier makes a courier; it reads certificates before the first push.
func NewCourier(o CourierOptions) *Courier {
	return &Courier{options: o, kinds: map[people.PushKind]*equipment{}}
}

// Push sends one message. Without a certificate that works the route is down.
func (c *Courier) Push(ctx context.Context, m invitation.Message) invitation.Outcome {
	kind := people.PushAlert
	if m.Channel == invitation.ChannelMDM {
		kind = people.PushMDM
	}
	e, err := c.current(ctx, kind)
	if err != nil {
		return down(err)
	}
	n, err := c.notification(m, kind, e.texts)
	if err != nil {
		return down(err)
	}
	return e.client.Push(ctx, n)
}

func down(err error) invitation.Outcome {
	return invitation.Outcome{Class: invitation.RouteDown, Answer: err.Error()}
}

func (c *Courier) current(ctx context.Context, kind people.PushKind) (*equipment, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.kinds[kind]
	if old != nil && time.Since(old.read) < settingsAge {
		return old, nil
	}
	certificate, key, err := c.options.Certificate(ctx, kind)
	if err != nil {
		return nil, fmt.Errorf("reading the push certificate: %w", err)
	}
	if certificate.PEM == "" {
		return nil, fmt.Errorf("no push certificate for %s is installed", kind)
	}
	texts, err := c.options.Settings(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the settings: %w", err)
	}
	fresh := &equipment{pem: certificate.PEM, read: time.Now(), texts: texts}
	if old != nil && old.pem == certificate.PEM {
		fresh.client = old.client
	} else if fresh.client, err = c.client(certificate, key, kind); err != nil {
		return nil, err
	}
	c.kinds[kind] = fresh
	return fresh, nil
}

func (c *Courier) client(s settings.PushCertificate, key []byte, kind people.PushKind) (*Client, error) {
	certificate, err := ParseCertificate([]byte(s.PEM), key, kind)
	if err != nil {
		return nil, fmt.Errorf("reading the push certificate for %s: %w", kind, err)
	}
	client, err := NewClient(certificate, c.options.Client)
	if err != nil {
		return nil, fmt.Errorf("making a client for APNs: %w", err)
	}
	return client, nil
}

func (c *Courier) notification(m invitation.Message, kind people.PushKind, texts settings.Invitations) (Notification, error) {
	n := Notification{
		ID: m.InvitationID, Kind: kind, Token: m.Token, Topic: m.Topic, PushMagic: m.PushMagic,
		ApnsID: ApnsID(c.options.ApnsIDKey, m.SendKey), CollapseID: m.InvitationID, Expiration: m.ExpiresAt,
	}
	if kind == people.PushMDM {
		return n, nil
	}
	link, err := c.options.Link(m)
	if err != nil {
		return n, err
	}
	language, device := m.Language, ""
	if language == "" {
		language = texts.DefaultLanguage
	}
	if len(m.Devices) > 0 {
		device = m.Devices[0].Name
	}
	n.Title, n.Body = Alert(language, texts.OrganizationName, device, m.Reminder())
	n.Link = link
	return n, nil
}

// Close closes the kept connections.
func (c *Courier) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range c.kinds {
		e.client.Close()
	}
	clear(c.kinds)
}
