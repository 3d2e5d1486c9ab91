package mail

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"heraut/fault"
	"heraut/invitation"
	"heraut/settings"
)

// CourierOptions are what a Courier needs beside the settings.
type CourierOptions struct {
	// Settings reads how mail leaves and how invitations behave.
	Settings func(ctx context.Context) (settings.Mail, settings.Invitations, error)
	// Logo tells where the organization's logo can be fetched; empty: it has
	// none. nil: no mail shows one.
	Logo func(ctx context.Context) (string, error)
	// Links makes the addresses behind the sign-in button and the "no more
	// reminders" button; the error is a sentence for an administrator.
	Links func(m invitation.Message) (page, stop string, err error)
	// MessageIDKey and VERPKey are secrets, 32 bytes each.
	MessageIDKey, VERPKey []byte
	Sender                Options
}

// settingsAge is how long settings are used before they are read again.
const settingsAge = 2 * time.Second

// Courier writes claimed messages as mails and sends them as the settings of
// the moment say. It is safe for concurrent use.
type Courier struct {
	options CourierOptions

	mu   sync.Mutex
	read time.Time
	set  courierSet
}

// courierSet are the settings of the moment, and the sender that follows them.
type courierSet struct {
	mail   settings.Mail
	texts  settings.Invitations
	logo   string
	sender *Sender
}

// NewCourier makes a courier; it reads the settings before the first mail.
func NewCourier(o CourierOptions) *Courier { return &Courier{options: o} }

// Mail sends one message; before is called just before it goes on the wire.
// Mail that is not set up, or can not be read, is a route that is down.
func (c *Courier) Mail(ctx context.Context, m invitation.Message, before func(context.Context) error) invitation.Outcome {
	set, err := c.current(ctx)
	if err != nil {
		return invitation.Outcome{Class: invitation.RouteDown, Answer: answer(notSetUp(err), nil)}
	}
	message, err := c.message(m, set)
	if err != nil {
		return invitation.Outcome{Class: invitation.RouteDown, Answer: answer(err.Error(), nil)}
	}
	envelope, err := Compose(message)
	if err != nil {
		return unwritten(err)
	}
	return set.sender.Send(ctx, envelope, before)
}

// unwritten tells whose fault it is that a mail can not be written: what is
// wrong with the recipient refuses this one mail, all else (the From address,
// the organization's name, the public URL) concerns every mail.
func unwritten(err error) invitation.Outcome {
	o := invitation.Outcome{Class: invitation.RouteDown, Answer: answer("The mail can not be written: "+err.Error(), nil)}
	f, known := errors.AsType[*fault.Error](err)
	if known && !slices.ContainsFunc(f.Fields, func(field fault.Field) bool { return !ofRecipient(field.Pointer) }) {
		o.Class = invitation.Refused
	}
	return o
}

func ofRecipient(pointer string) bool {
	return pointer == "/to" || pointer == "/to_name" || strings.HasPrefix(pointer, "/devices")
}

// current is the sender for the settings of the moment; a sender whose
// settings have changed finishes what it has on the wire and is closed.
func (c *Courier) current(ctx context.Context) (courierSet, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.set.sender != nil && time.Since(c.read) < settingsAge {
		return c.set, nil
	}
	set, err := c.readSettings(ctx)
	if err != nil {
		return set, fmt.Errorf("reading the settings: %w", err)
	}
	set.sender = c.set.sender
	if set.sender == nil || set.mail != c.set.mail {
		if set.sender, err = NewSender(set.mail, c.options.Sender); err != nil {
			return set, err
		}
		if c.set.sender != nil {
			c.set.sender.Close()
		}
	}
	c.set, c.read = set, time.Now()
	return set, nil
}

func (c *Courier) readSettings(ctx context.Context) (set courierSet, err error) {
	if set.mail, set.texts, err = c.options.Settings(ctx); err == nil && c.options.Logo != nil {
		set.logo, err = c.options.Logo(ctx)
	}
	return set, err
}

func (c *Courier) message(m invitation.Message, set courierSet) (Message, error) {
	from, texts := set.mail, set.texts
	page, stop, err := c.options.Links(m)
	if err != nil {
		return Message{}, err
	}
	mail := Message{
		MessageID: MessageID(c.options.MessageIDKey, m.SendKey, domainOf(from.From)),
		From:      from.From, FromName: texts.OrganizationName,
		To: m.Address, ToName: m.FullName,
		Language: m.Language, Organization: texts.OrganizationName, Logo: set.logo,
		Link: page, StopLink: stop, Reminder: m.Reminder(), ExpiresAt: m.ExpiresAt,
	}
	if mail.Language == "" {
		mail.Language = texts.DefaultLanguage
	}
	if from.Bounces.Domain != "" {
		mail.ReturnPath = ReturnPath(c.options.VERPKey, m.DeliveryID, from.Bounces.Domain)
	}
	for _, d := range m.Devices {
		mail.Devices = append(mail.Devices, d.Name)
	}
	mail.Location = texts.Location()
	return mail, nil
}

// Close closes the kept connections.
func (c *Courier) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.set.sender != nil {
		c.set.sender.Close()
		c.set.sender = nil
	}
}
