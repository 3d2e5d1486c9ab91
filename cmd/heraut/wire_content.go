package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"heraut/appsbooks"
	"heraut/fault"
	"heraut/people"
	"heraut/settings"
	"heraut/store"
)

// contentToken asks Apple about content tokens, in this installation's name.
type contentToken struct{ parts *parts }

const (
	// appleTimeout bounds one request while somebody waits for the answer.
	appleTimeout = 15 * time.Second
	// applePatience is how long a wait that Apple asks for may be then.
	applePatience = 2 * time.Second
	// installationName is how Apple shows this installation to others.
	installationName = "Heraut"
)

// Read implements office.ContentToken.
func (c contentToken) Read(ctx context.Context, file string) (settings.ContentToken, []byte, error) {
	token, err := appsbooks.ParseToken([]byte(file))
	if err != nil {
		return settings.ContentToken{}, nil, err
	}
	t, err := c.ask(ctx, token, (*appsbooks.Client).ClientConfig)
	return t, []byte(token.Raw), err
}

// Claim implements office.ContentToken.
func (c contentToken) Claim(ctx context.Context, secret []byte, takeOver bool) (settings.ContentToken, error) {
	token, err := appsbooks.ParseToken(secret)
	if err != nil {
		return settings.ContentToken{}, err
	}
	refused := ""
	t, err := c.ask(ctx, token, func(client *appsbooks.Client, ctx context.Context) (config appsbooks.ClientConfig, err error) {
		if config, err = client.Claim(ctx, appsbooks.Subscription{}, takeOver); err != nil {
			return config, unmanageable(err)
		}
		config, refused = c.subscribe(ctx, client, config)
		return config, nil
	})
	if refused != "" {
		t.Notifications.Active, t.Notifications.Detail = false, refused
	}
	return t, err
}

// ask asks one thing about the token's location. Errors are faults.
func (c contentToken) ask(
	ctx context.Context, token appsbooks.Token, what func(*appsbooks.Client, context.Context) (appsbooks.ClientConfig, error),
) (settings.ContentToken, error) {
	client, err := c.client(ctx, token)
	if err != nil {
		return settings.ContentToken{}, err
	}
	defer client.Close()
	config, err := what(client, ctx)
	if err != nil {
		return settings.ContentToken{}, tokenFault(err)
	}
	t := settings.ContentToken{
		Organization: token.Organization, Location: config.Location, UID: config.UID, ExpiresAt: token.ExpiresAt,
		ClaimedByUs: client.Owns(config), CheckedAt: time.Now().UTC(), Notifications: c.notifications(config),
	}
	if !config.TokenExpires.IsZero() {
		t.ExpiresAt = config.TokenExpires
	}
	if config.Owner != nil {
		t.Owner = &settings.LocationOwner{Name: config.Owner.Name, Metadata: config.Owner.Metadata}
	}
	return t, nil
}

func (c contentToken) client(ctx context.Context, token appsbooks.Token) (*appsbooks.Client, error) {
	id, err := installationID(ctx, c.parts.store)
	if err != nil {
		return nil, err
	}
	pool, err := roots(c.parts.config.AppsBooksCA)
	if err != nil {
		return nil, err
	}
	client, err := appsbooks.NewClient(token, appsbooks.Options{
		MDM: appsbooks.MDMInfo{
			ID: id, Name: installationName, Metadata: cmp.Or(c.parts.config.PublicURL, installationName),
		},
		BaseURL: c.parts.config.AppsBooksURL, RootCAs: pool, Timeout: appleTimeout, Patience: applePatience, Logger: c.parts.log,
	})
	return client, wrap(err, "making a client for Apps and Books")
}

// installationID is the id by which Apple knows this installation, made when
// it is first needed.
func installationID(ctx context.Context, s *store.Store) (string, error) {
	var i settings.Installation
	version, err := s.Setting(ctx, settings.NameInstallation, &i)
	if err != nil || version > 0 {
		return i.ID, wrap(err, "reading the installation's id")
	}
	i.ID = uuid.NewString()
	_, err = s.PutSetting(ctx, people.System("installation"), settings.NameInstallation, i, nil, &version)
	if fault.Is(err, fault.PreconditionFailed) { // another process was faster
		_, err = s.Setting(ctx, settings.NameInstallation, &i)
	}
	return i.ID, wrap(err, "making the installation's id")
}

// tokenFault says what an administrator can do about an error of Apps and
// Books.
func tokenFault(err error) error {
	if claimed, ok := errors.AsType[*appsbooks.ClaimedError](err); ok {
		f := fault.New(fault.Conflict, "Another service has claimed this location: "+claimed.Owner.Name+
			". Stop managing it there, then install the token with take_over.")
		f.Details = map[string]any{"owner": settings.LocationOwner{Name: claimed.Owner.Name, Metadata: claimed.Owner.Metadata}}
		return f
	}
	e, ok := errors.AsType[*appsbooks.Error](err)
	switch {
	case !ok && !errors.Is(err, context.DeadlineExceeded):
		return err
	case !ok, e.Class == appsbooks.Retry, e.Status == http.StatusProxyAuthRequired:
		return fmt.Errorf("%w: %w", fault.New(fault.Unavailable, "Apple's Apps and Books service does not answer at the moment. Try again later."), err)
	}
	return fault.Invalid(fault.Field{Pointer: "/token_file", Message: refusal(e)})
}

// unmanageable says so where a token may read and not manage: the location was
// read with it a moment ago. A token that ended meanwhile says that by itself.
func unmanageable(err error) error {
	e, ok := errors.AsType[*appsbooks.Error](err)
	if !ok || e.Class != appsbooks.Stop || e.Status == http.StatusProxyAuthRequired {
		return err
	}
	switch e.Number {
	case appsbooks.LoginRequired, appsbooks.TokenExpired, appsbooks.TokenRevoked:
		return err
	}
	return fault.Invalid(fault.Field{Pointer: "/token_file", Message: fmt.Sprintf(
		"With this content token Apple lets Heraut read and not manage (%d): it is read-only, or of a kind that can not be used here. "+
			"Download the token of the location from an account that may manage licenses.", cmp.Or(e.Number, e.Status))})
}

// refusal tells why Apple does not take a token.
func refusal(e *appsbooks.Error) string {
	const again = " Download a new one and install that."
	switch e.Number {
	case appsbooks.LoginRequired:
		return "Apple does not accept this content token any more (9601), as after a new password of the account that downloaded it." + again
	case appsbooks.TokenExpired:
		return "Apple says that this content token has expired (9621)." + again
	case appsbooks.TokenRevoked:
		return "Apple says that this content token has been revoked (9625)." + again
	case 0:
		return fmt.Sprintf("Apple refuses this content token with status %d.%s", e.Status, again)
	}
	return fmt.Sprintf("Apple refuses this content token (%d): %s", e.Number, e.Message)
}
