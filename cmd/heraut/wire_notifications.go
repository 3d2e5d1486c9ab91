package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"heraut/appsbooks"
	"heraut/content"
	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/settings"
	"heraut/store"
)

const (
	// notificationsPath is what Apple calls, below the public URL.
	notificationsPath = "/apple/notifications"
	// subscribeWithin bounds how long an administrator waits for Apple to try
	// the address.
	subscribeWithin = 30 * time.Second
	// watchWithin bounds how long Apple waits for the engine; what it was not
	// told is tried again.
	watchWithin = 2 * time.Second
	// maxNotificationID bounds what is kept of a notification; Apple's ids are
	// UUIDs.
	maxNotificationID = 100
)

// notificationURL is what Apple may call: https alone; empty where there is no
// such address.
func (c contentToken) notificationURL() string {
	if !strings.HasPrefix(c.parts.config.PublicURL, "https://") {
		return ""
	}
	return c.parts.config.PublicURL + notificationsPath
}

// subscribe asks Apple to call when something changes. Apple tries the address
// at once, and that it can not be reached (9728) is no reason to go without
// the token: refused says why, and asking from time to time goes on.
func (c contentToken) subscribe(ctx context.Context, client *appsbooks.Client, claimed appsbooks.ClientConfig) (config appsbooks.ClientConfig, refused string) {
	url := c.notificationURL()
	if url == "" {
		return claimed, ""
	}
	asking, cancel := context.WithTimeout(ctx, subscribeWithin)
	defer cancel()
	config, err := client.Claim(asking, appsbooks.Subscription{
		URL: url, Token: content.Secret(c.parts.keys.NotificationToken(claimed.UID)),
		Types: []appsbooks.NotificationType{
			appsbooks.UserManagement, appsbooks.UserAssociated, appsbooks.AssetManagement, appsbooks.AssetCounted,
		},
	}, false)
	if err == nil {
		return config, ""
	}
	c.parts.log.WarnContext(ctx, "Apple was not asked to tell what changes.", "error", err)
	why := "Apple did not take the address."
	if e, ok := errors.AsType[*appsbooks.Error](err); ok && e.Number == appsbooks.URLUnreachable {
		why = "Apple can not reach the address (9728)."
	} else if ok && e.Number != 0 {
		why = fmt.Sprintf("Apple does not take the address (%d): %s", e.Number, e.Message)
	}
	return claimed, why + " " + askOften + " Install the content token again once Apple can reach it."
}

const askOften = "Heraut asks Apple every few minutes."

// notifications tells whether Apple calls us, as Apple has it.
func (c contentToken) notifications(config appsbooks.ClientConfig) settings.Notifications {
	url := c.notificationURL()
	if url == "" {
		return settings.Notifications{Detail: askOften + " To be told of changes at once, Heraut needs a public address with https."}
	}
	location, ours := c.parts.keys.NotificationLocation(string(config.NotificationToken))
	if config.NotificationURL == url && ours && location == config.UID {
		return settings.Notifications{URL: url, Active: true, Detail: "Apple tells at once what changes."}
	}
	return settings.Notifications{URL: url, Detail: "Apple does not call this address. " + askOften + " Install the content token again to be told at once."}
}

// notifications takes what Apple tells.
type notifications struct {
	keys  *secrets.Keyring
	store *store.Store
	look  looking
	log   *slog.Logger
}

// looking makes Heraut look at Apple now.
type looking interface {
	// WatchNow asks who has accepted.
	WatchNow(ctx context.Context) error
	// DistributeNow asks for seats, and gives and takes back licenses.
	DistributeNow(ctx context.Context) error
}

// Arrived implements api.Notifications. What it says is not used: Heraut looks
// for itself.
func (n notifications) Arrived(ctx context.Context, authorization string, body []byte) error {
	scheme, token, _ := strings.Cut(authorization, " ")
	location, ok := n.keys.NotificationLocation(strings.TrimSpace(token))
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return notApples()
	}
	said, err := appsbooks.ParseNotification(body)
	if err != nil || len(said.ID) > maxNotificationID {
		return fault.New(fault.Malformed, "This is not a notification of Apps and Books.")
	}
	if said.UID != "" && said.UID != location {
		return notApples()
	}
	if said.Type == appsbooks.TestNotification {
		return nil // it comes before the token is installed
	}
	if err := n.installed(ctx, location); err != nil {
		return err
	}
	fresh, err := n.store.SeeNotification(ctx, said.ID)
	if err != nil || !fresh {
		return err
	}
	telling, cancel := context.WithTimeout(context.WithoutCancel(ctx), watchWithin)
	defer cancel()
	if err := n.lookAt(telling, said.Type); err != nil {
		n.log.WarnContext(ctx, "A notification of Apple's waits for the next look.", "error", err)
	}
	return nil
}

func (n notifications) lookAt(ctx context.Context, about appsbooks.NotificationType) error {
	switch about {
	case appsbooks.AssetManagement, appsbooks.AssetCounted:
		return n.look.DistributeNow(ctx)
	}
	return n.look.WatchNow(ctx)
}

// installed refuses what is told of a location that was left.
func (n notifications) installed(ctx context.Context, location string) error {
	tokens, err := n.store.ContentTokens(ctx)
	if err != nil {
		return err
	}
	if location == "" || settings.TokenOf(tokens, location) < 0 {
		return notApples()
	}
	return nil
}

func notApples() error {
	return fault.New(fault.Unauthenticated, "This is no notification of a location that is installed here.")
}
