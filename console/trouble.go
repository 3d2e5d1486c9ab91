package console

import (
	"context"
	"strings"
	"sync"
	"time"

	"heraut/settings"
)

// Checker checks what a send needs, without sending anything.
type Checker interface {
	Check(ctx context.Context) []settings.Check
}

const (
	// checksLife is how long what the checks found is shown before they are made
	// again.
	checksLife = 30 * time.Second
	// checksWithin bounds one round of checks.
	checksWithin = 30 * time.Second
)

// checksCache keeps what the checks found last. They are made anew beside the
// page that asks, which never waits for them.
type checksCache struct {
	checker Checker
	now     func() time.Time

	mu     sync.Mutex
	at     time.Time // when latest was found; zero: never
	busy   bool
	latest []settings.Check
}

// get is what was found last; false before anything was.
func (c *checksCache) get() (found []settings.Check, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.busy && c.now().Sub(c.at) >= checksLife {
		c.busy = true
		go c.refresh()
	}
	return c.latest, !c.at.IsZero()
}

func (c *checksCache) refresh() {
	// Not the page's context: it ends before the checks do.
	ctx, cancel := context.WithTimeout(context.Background(), checksWithin)
	defer cancel()
	c.keep(c.checker.Check(ctx))
}

// keep remembers what was found just now.
func (c *checksCache) keep(found []settings.Check) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.latest, c.at, c.busy = found, c.now(), false
}

// forget makes the next page ask anew: a setting was changed.
func (c *checksCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = time.Time{}
}

// trouble is what the banner of every page says, but of the one that says it
// at length.
func (v *visit) trouble() []Trouble {
	if v.c.Path() == "/preflight" {
		return nil
	}
	found, _ := v.checks.get()
	var all []Trouble
	for _, c := range found {
		base := checkBase(c.Name)
		switch {
		case !c.OK:
			all = append(all, Trouble{Text: v.t("trouble.bad." + base), Link: "/preflight#" + base})
		case c.Soon:
			all = append(all, Trouble{Text: v.t("trouble.soon." + base), Link: "/preflight#" + base})
		}
	}
	return all
}

// checkBase is what a check is about, without the location that it looked at.
func checkBase(name string) string {
	base, _, _ := strings.Cut(name, "/")
	return base
}
