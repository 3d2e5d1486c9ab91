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

// contentCheck makes the lines of preflight about content tokens. Apple is
// asked at most once a minute about each, however often preflight is.
type contentCheck struct {
	parts *parts

	mu    sync.Mutex
	found map[string]standing // by setting
}

// standing is what Apple said of a token.
type standing struct {
	at   time.Time
	of   time.Time // when the token that was checked was installed
	said settings.ContentToken
	err  error // what is bad about it
}

// checkEvery is how long what Apple said is shown.
const checkEvery = time.Minute

// heldUp is what does not happen while the content token does not work.
const heldUp = " Until then nobody new is invited at Apple, and Heraut does not learn who accepted."

const tokenLine, callsLine = "content_token", "notifications"

// check is the lines "content_token" and "notifications", and for each further
// location two lines more, with "/" and the location's uid behind their names.
func (c *contentCheck) check(ctx context.Context) []settings.Check {
	tokens, err := c.parts.store.ContentTokens(ctx)
	switch {
	case err != nil:
		return []settings.Check{{Name: tokenLine, Detail: err.Error()}, {Name: callsLine, Detail: err.Error()}}
	case len(tokens) == 0:
		return []settings.Check{
			{Name: tokenLine, OK: true, Detail: "No content token is installed; people accept on Heraut's own invitation page."},
			{Name: callsLine, OK: true, Detail: "No content token is installed; Apple has nothing to tell."},
		}
	}
	var all []settings.Check
	for i, t := range tokens {
		suffix := ""
		if i > 0 {
			suffix = "/" + t.UID
		}
		all = append(all, c.checkOne(ctx, t, suffix)...)
	}
	return all
}

func (c *contentCheck) checkOne(ctx context.Context, t settings.InstalledToken, suffix string) []settings.Check {
	now := time.Now()
	said, err := c.standing(ctx, t, now)
	if err != nil {
		said = t.ContentToken // what was known when it was installed
	}
	// Nothing depends on being told: what it would tell is asked for.
	told := settings.Check{Name: callsLine + suffix, OK: true, Detail: strings.TrimSpace(said.Notifications.Detail + " " + said.Notifications.URL)}
	return []settings.Check{tokenCheck(tokenLine+suffix, t.ContentToken, now, err), told}
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
	return settings.Check{Name: name, OK: true, Detail: detail + " Apple decides who accepted.", Soon: warning != ""}
}

// standing is what Apple says of an installed token; an error is what is bad
// about it.
func (c *contentCheck) standing(ctx context.Context, t settings.InstalledToken, now time.Time) (settings.ContentToken, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.found[t.Name]; known.of.Equal(t.CheckedAt) && now.Sub(known.at) < checkEvery {
		return known.said, known.err
	}
	if err := c.parts.appleHeld(ctx, t.UID, now); err != nil {
		return t.ContentToken, err
	}
	secret, err := c.parts.store.SettingSecret(ctx, t.Name)
	if err != nil {
		return t.ContentToken, err
	}
	asking, stop := context.WithTimeout(ctx, appleTimeout)
	defer stop()
	said, _, err := contentToken{c.parts}.Read(asking, string(secret))
	if err == nil && !said.ClaimedByUs {
		err = notOurs(said.Owner)
	}
	if ctx.Err() == nil {
		if c.found == nil {
			c.found = map[string]standing{}
		}
		c.found[t.Name] = standing{at: now, of: t.CheckedAt, said: said, err: err}
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
