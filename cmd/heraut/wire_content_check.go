package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"heraut/appsbooks"
	"heraut/fault"
	"heraut/settings"
)

// contentCheck makes the lines of preflight about the content token. Apple is
// asked at most once a minute, however often preflight is.
type contentCheck struct {
	parts *parts

	mu      sync.Mutex
	checked time.Time
	of      time.Time // when the token that was checked was installed
	said    settings.ContentToken
	found   error
}

// checkEvery is how long what Apple said is shown.
const checkEvery = time.Minute

// heldUp is what does not happen while the content token does not work.
const heldUp = " Until then nobody new is invited at Apple, and Heraut does not learn who accepted."

// check is the lines "content_token" and "notifications".
func (c *contentCheck) check(ctx context.Context) []settings.Check {
	const token, calls = "content_token", "notifications"
	var t settings.ContentToken
	version, err := c.parts.store.Setting(ctx, settings.NameContentToken, &t)
	switch {
	case err != nil:
		return []settings.Check{{Name: token, Detail: err.Error()}, {Name: calls, Detail: err.Error()}}
	case version == 0:
		return []settings.Check{
			{Name: token, OK: true, Detail: "No content token is installed; people accept on Heraut's own invitation page."},
			{Name: calls, OK: true, Detail: "No content token is installed; Apple has nothing to tell."},
		}
	}
	now := time.Now()
	said, err := c.standing(ctx, t, now)
	if err != nil {
		said = t // what was known when it was installed
	}
	// Nothing depends on being told: what it would tell is asked for.
	told := settings.Check{Name: calls, OK: true, Detail: strings.TrimSpace(said.Notifications.Detail + " " + said.Notifications.URL)}
	return []settings.Check{tokenCheck(token, t, now, err), told}
}

// tokenCheck tells how long the token is valid, and what Apple said of it.
func tokenCheck(name string, t settings.ContentToken, now time.Time, standing error) settings.Check {
	days, warning := appsbooks.Token{Organization: t.Organization, ExpiresAt: t.ExpiresAt}.Expiry(now)
	if days < 0 {
		return settings.Check{Name: name, Detail: warning + heldUp}
	}
	detail := fmt.Sprintf("The content token of %s, location %s, is valid until %s.", t.Organization, t.Location, t.ExpiresAt.Format(time.DateOnly))
	if warning != "" {
		detail = warning
	}
	switch {
	case fault.Is(standing, fault.Unavailable):
		return settings.Check{Name: name, Detail: detail + " Apple could not be asked about it just now." + heldUp}
	case standing != nil:
		return settings.Check{Name: name, Detail: wordsOf(standing) + heldUp}
	}
	return settings.Check{Name: name, OK: true, Detail: detail + " Apple decides who accepted."}
}

// standing is what Apple says of the installed token; an error is what is bad
// about it.
func (c *contentCheck) standing(ctx context.Context, t settings.ContentToken, now time.Time) (settings.ContentToken, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of.Equal(t.CheckedAt) && now.Sub(c.checked) < checkEvery {
		return c.said, c.found
	}
	secret, err := c.parts.store.SettingSecret(ctx, settings.NameContentToken)
	if err != nil {
		return t, err
	}
	asking, stop := context.WithTimeout(ctx, appleTimeout)
	defer stop()
	said, _, err := contentToken{c.parts}.Read(asking, string(secret))
	if err == nil && !said.ClaimedByUs {
		err = notOurs(said.Owner)
	}
	if ctx.Err() == nil {
		c.checked, c.of, c.said, c.found = now, t.CheckedAt, said, err
	}
	return said, err
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
