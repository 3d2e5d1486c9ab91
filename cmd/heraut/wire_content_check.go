package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"heraut/appsbooks"
	"heraut/fault"
	"heraut/settings"
)

// acceptHere is what a content token does not change yet.
const acceptHere = " People still accept on Heraut's own invitation page until Heraut learns from Apple who accepted."

// contentCheck is the line of preflight about the content token. Apple is
// asked at most once a minute, however often preflight is.
type contentCheck struct {
	parts *parts

	mu      sync.Mutex
	checked time.Time
	of      time.Time // when the token that was checked was installed
	found   error
}

// checkEvery is how long what Apple said is shown.
const checkEvery = time.Minute

// check is content while Apple is away: until Apple decides who accepted, that
// stands in nobody's way.
func (c *contentCheck) check(ctx context.Context) settings.Check {
	const name = "content_token"
	var t settings.ContentToken
	version, err := c.parts.store.Setting(ctx, settings.NameContentToken, &t)
	switch {
	case err != nil:
		return settings.Check{Name: name, Detail: err.Error()}
	case version == 0:
		return settings.Check{Name: name, OK: true, Detail: "No content token is installed; people accept on Heraut's own invitation page."}
	}
	now := time.Now()
	days, warning := appsbooks.Token{Organization: t.Organization, ExpiresAt: t.ExpiresAt}.Expiry(now)
	if days < 0 {
		return settings.Check{Name: name, Detail: warning + acceptHere}
	}
	detail := fmt.Sprintf("The content token of %s, location %s, is valid until %s.", t.Organization, t.Location, t.ExpiresAt.Format(time.DateOnly))
	if warning != "" {
		detail = warning
	}
	switch err := c.standing(ctx, t, now); {
	case fault.Is(err, fault.Unavailable):
		detail += " Apple could not be asked about it just now."
	case err != nil:
		return settings.Check{Name: name, Detail: wordsOf(err) + acceptHere}
	}
	return settings.Check{Name: name, OK: true, Detail: detail + acceptHere}
}

// standing is what Apple says of the installed token, nil for nothing bad.
func (c *contentCheck) standing(ctx context.Context, t settings.ContentToken, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of.Equal(t.CheckedAt) && now.Sub(c.checked) < checkEvery {
		return c.found
	}
	secret, err := c.parts.store.SettingSecret(ctx, settings.NameContentToken)
	if err != nil {
		return err
	}
	asking, stop := context.WithTimeout(ctx, appleTimeout)
	defer stop()
	said, _, err := contentToken{c.parts}.Read(asking, string(secret))
	if err == nil && !said.ClaimedByUs {
		err = notOurs(said.Owner)
	}
	if ctx.Err() == nil {
		c.checked, c.of, c.found = now, t.CheckedAt, err
	}
	return err
}

func notOurs(owner *settings.LocationOwner) error {
	if owner == nil {
		return fault.New(fault.Conflict, "Nobody has claimed the content token's location any more; install the token again.")
	}
	return fault.New(fault.Conflict, "Another service has claimed the content token's location: "+owner.Name+
		". Stop managing it there, then install the token again with take_over.")
}

// wordsOf are the words for a person: of a refused file, what is wrong with it.
func wordsOf(err error) string {
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case !ok:
		return err.Error()
	case len(f.Fields) > 0:
		return f.Fields[0].Message
	}
	return f.Message
}
