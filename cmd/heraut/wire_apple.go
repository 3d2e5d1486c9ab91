package main

import (
	"bytes"
	"context"
	"sync"
	"time"

	"heraut/appsbooks"
	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/settings"
)

// inviteCodes are the codes that Apple gave to registered users.
type inviteCodes interface {
	// InviteCode is fault.NotFound for a user who is not registered.
	InviteCode(ctx context.Context, userID string) (content.Secret, error)
	// LocationOf is the location that a user belongs to.
	LocationOf(ctx context.Context, userID string) (string, error)
}

// appleLinks are the addresses at which people accept at Apple.
type appleLinks struct {
	parts *parts
	codes inviteCodes

	mu    sync.Mutex
	forms map[string]*appleForm // by location
}

// appleForm is the form of Apple's addresses as one location was told it.
type appleForm struct {
	mu       sync.Mutex
	raw      []byte // the token that the template was read with
	template string
	failed   error     // why there is no template
	due      time.Time // when it is read anew
}

const (
	// linkWithin bounds how long a page waits for Apple.
	linkWithin = 3 * time.Second
	// templateAge is how long the form of Apple's addresses is used (source:
	// "Service Config": read it every five minutes), and templateAgain the
	// wait after a reading that went wrong.
	templateAge, templateAgain = 5 * time.Minute, 30 * time.Second
)

// AppleLink implements portal.Apple.
func (a *appleLinks) AppleLink(ctx context.Context, userID string) (string, error) {
	code, err := a.codes.InviteCode(ctx, userID)
	if err != nil {
		return "", err
	}
	location, err := a.codes.LocationOf(ctx, userID)
	if err != nil {
		return "", err
	}
	template, err := a.form(ctx, location)
	if err != nil {
		return "", err
	}
	url, err := appsbooks.InviteURL(template, code)
	return string(url), wrap(err, "making the address at which user %s accepts", userID)
}

// form is the template of Apple's addresses for a location. However many pages
// are opened while Apple hangs, one of them in half a minute waits for it: the
// others have the older template, or the same error.
func (a *appleLinks) form(ctx context.Context, location string) (string, error) {
	tokens, err := a.parts.store.ContentTokens(ctx)
	if err != nil {
		return "", err
	}
	i := settings.TokenOf(tokens, location)
	if i < 0 {
		return "", fault.New(fault.NotFound, "There is no content token.")
	}
	raw, err := a.parts.store.SettingSecret(ctx, tokens[i].Name)
	if err != nil {
		return "", err
	}
	f := a.formOf(tokens[i].UID)
	f.mu.Lock()
	defer f.mu.Unlock()
	if !bytes.Equal(raw, f.raw) {
		f.raw, f.template, f.due = raw, "", time.Time{}
	}
	if now := time.Now(); !now.Before(f.due) {
		f.due = now.Add(templateAge)
		if f.failed = a.read(ctx, f, tokens[i].UID); f.failed != nil {
			f.due = now.Add(templateAgain)
		}
	}
	if f.template == "" {
		return "", f.failed
	}
	return f.template, nil
}

func (a *appleLinks) formOf(location string) *appleForm {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.forms == nil {
		a.forms = map[string]*appleForm{}
	}
	if a.forms[location] == nil {
		a.forms[location] = &appleForm{}
	}
	return a.forms[location]
}

// read asks Apple for the template, also for those who ask after this one has
// gone.
func (a *appleLinks) read(ctx context.Context, f *appleForm, location string) error {
	if err := a.parts.appleHeld(ctx, location, time.Now()); err != nil {
		return err
	}
	token, err := appsbooks.ParseToken(f.raw)
	if err != nil {
		return err
	}
	client, err := contentToken{a.parts}.client(ctx, token)
	if err != nil {
		return err
	}
	defer client.Close()
	asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), linkWithin)
	defer cancel()
	service, err := client.Service(asking)
	if err == nil {
		f.template = service.InvitationTemplate
	}
	return err
}

// appleHeld is fault.Unavailable while Apple has asked everybody to wait who
// asks about a location: who does not is kept out for longer.
func (p *parts) appleHeld(ctx context.Context, location string, now time.Time) error {
	state, err := p.store.RouteState(ctx, invitation.BooksRoute(location))
	if err != nil || !state.HeldUntil.After(now) {
		return err
	}
	return fault.New(fault.Unavailable, "Apple has asked to wait until "+state.HeldUntil.UTC().Format(time.RFC3339)+".")
}
