package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"sync"

	"heraut/content"
	"heraut/internal/config"
	"heraut/invitation"
	"heraut/mdm"
	"heraut/mdm/external"
	"heraut/push"
	"heraut/settings"
	"heraut/store/mdmstore"
)

// byChannel sends a push on the way of its channel.
type byChannel struct {
	alerts *push.Courier
	mdm    *mdm.Courier
}

// Push implements activities.Pusher.
func (b byChannel) Push(ctx context.Context, m invitation.Message) invitation.Outcome {
	if m.Channel == invitation.ChannelMDM {
		return b.mdm.Push(ctx, m)
	}
	return b.alerts.Push(ctx, m)
}

// newMDMCourier delivers by the built-in server or by another, as is set when
// a message leaves.
func (p *parts) newMDMCourier(alerts *push.Courier) (*mdm.Courier, error) {
	carriers, err := newCarriers(p.config, p.settings, p.log)
	if err != nil {
		return nil, err
	}
	p.onClose(func(context.Context) error { carriers.close(); return nil })
	carriers.builtIn = mdm.QueueAndWake(mdmstore.New(p.store), alerts.Push)
	return mdm.NewCourier(mdm.CourierOptions{
		InviteURL: func(ctx context.Context, userID string) (content.Secret, error) {
			url, err := p.apple.AppleLink(ctx, userID)
			return content.Secret(url), err
		},
		Keep: p.store.KeepCommand, Carry: carriers.carry, Key: p.keys.CommandKey(),
	}), nil
}

// carriers are the MDM servers that can carry a command.
type carriers struct {
	options  external.Options
	settings storedSettings
	log      *slog.Logger
	builtIn  mdm.Carry

	mu     sync.Mutex
	secret []byte // what client was made with, beside its URL
	client *external.Client
}

func newCarriers(c config.Config, set storedSettings, log *slog.Logger) (*carriers, error) {
	roots, err := roots(c.MDMCA)
	return &carriers{options: external.Options{RootCAs: roots}, settings: set, log: log}, err
}

// carry implements mdm.Carry.
func (c *carriers) carry(ctx context.Context, m invitation.Message, uuid string, command []byte) invitation.Outcome {
	set, secret, err := c.settings.mdmServer(ctx)
	if err != nil {
		return invitation.Outcome{Class: invitation.Later, Answer: "The settings of the MDM server could not be read."}
	}
	if set.Mode != settings.MDMExternal {
		return c.builtIn(ctx, m, uuid, command)
	}
	client, err := c.external(set, secret)
	if err != nil {
		return invitation.Outcome{Class: invitation.RouteDown, Answer: "The settings of the MDM server do not fit: " + err.Error()}
	}
	return client.Enqueue(ctx, m.EnrollmentID, uuid, command).Outcome
}

// external is the client for the settings of the moment; it is kept while they
// stay.
func (c *carriers) external(set settings.MDMServer, secret []byte) (*external.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil && c.options.URL == set.URL && bytes.Equal(c.secret, secret) {
		return c.client, nil
	}
	var keys settings.MDMSecrets
	if err := json.Unmarshal(secret, &keys); err != nil {
		return nil, err
	}
	c.options.URL, c.options.APIKey = set.URL, content.Secret(keys.APIKey)
	client, err := external.NewClient(c.options)
	if err != nil {
		return nil, err
	}
	if c.client != nil {
		c.client.Close()
	}
	c.client, c.secret = client, secret
	return client, nil
}

func (c *carriers) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil {
		c.client.Close()
	}
}
