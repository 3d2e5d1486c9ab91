package signin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/internal/throttle"
	"heraut/people"
)

// What wrong passphrases cost. A network is a whole school behind one address.
// A login from one network has little, and from everywhere together more: a
// stranger can not keep a person out from home.
var (
	networkRate = throttle.Rate{PerSecond: 0.2, Burst: 50}
	pairRate    = throttle.Rate{PerSecond: 1.0 / 30, Burst: 10}
	loginRate   = throttle.Rate{PerSecond: 0.2, Burst: 100}
)

const (
	// hashesAtOnce is how many passphrases are worked on side by side.
	hashesAtOnce = 2
	// maxWaiting bounds who waits for a turn, and turnWait for how long.
	maxWaiting = 256
	turnWait   = 20 * time.Second
)

// gate checks logins and passphrases.
type gate struct {
	store       Store
	passphrases *secrets.Passphrases
	networks    *throttle.Limiter
	pairs       *throttle.Limiter
	logins      *throttle.Limiter
	waiting     chan struct{}
	turns       chan struct{}
}

func newGate(s Store, p *secrets.Passphrases, now func() time.Time) *gate {
	return &gate{
		store: s, passphrases: p,
		networks: throttle.New(networkRate, now), pairs: throttle.New(pairRate, now), logins: throttle.New(loginRate, now),
		waiting: make(chan struct{}, maxWaiting), turns: make(chan struct{}, hashesAtOnce),
	}
}

// held is the fault of who tries too often.
type held struct {
	fault *fault.Error
	wait  time.Duration
}

// Error implements error.
func (h *held) Error() string { return h.fault.Error() }

// Unwrap gives the fault.
func (h *held) Unwrap() error { return h.fault }

// check returns the administrator with the login and passphrase. Faults:
// unauthenticated, the same and in the same time for an unknown login and a
// wrong passphrase; rate_limited, a *held; unavailable where too many sign in
// at once.
func (g *gate) check(ctx context.Context, network, login, passphrase string) (people.Administrator, error) {
	leave, err := g.enter(ctx)
	if err != nil {
		return people.Administrator{}, err
	}
	defer leave()
	a, hash, err := g.store.Credentials(ctx, strings.TrimSpace(login))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return people.Administrator{}, err
	}
	// Whoever has a turn takes the allowance, and who is right gets it back: so
	// no number of tries at once gets past it, and no class of people who sign
	// in together meets it.
	refund, err := g.take(network, nameOf(a, login))
	if err != nil {
		return people.Administrator{}, err
	}
	same, err := g.passphrases.Verify(ctx, hash, passphrase)
	switch {
	case err != nil:
		refund()
		return people.Administrator{}, fmt.Errorf("checking a passphrase: %w", err)
	case !same:
		return people.Administrator{}, fault.New(fault.Unauthenticated, "Login and passphrase do not belong together.")
	}
	refund()
	return a, nil
}

// nameOf is what tries count against: an account, however its login is
// written, or a login that nobody has.
func nameOf(a people.Administrator, login string) string {
	if a.ID != "" {
		return a.ID
	}
	return "nobody " + login[:min(len(login), people.MaxLogin)]
}

// enter waits for a turn.
func (g *gate) enter(ctx context.Context) (leave func(), err error) {
	busy := fault.New(fault.Unavailable, "Too many people sign in at this moment. Try again.")
	select {
	case g.waiting <- struct{}{}:
	default:
		return nil, busy
	}
	defer func() { <-g.waiting }()
	ctx, cancel := context.WithTimeoutCause(ctx, turnWait, busy)
	defer cancel()
	select {
	case g.turns <- struct{}{}:
		return func() { <-g.turns }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// take counts one try against the network, the login from there, and the login.
func (g *gate) take(network, key string) (refund func(), err error) {
	type part struct {
		limiter *throttle.Limiter
		name    string
	}
	var taken []part
	refund = func() {
		for _, p := range taken {
			p.limiter.Refund(p.name)
		}
	}
	for _, p := range []part{{g.networks, network}, {g.pairs, network + "|" + key}, {g.logins, key}} {
		if wait := p.limiter.Take(p.name); wait > 0 {
			refund()
			return nil, &held{fault.New(fault.RateLimited, "Too many tries. Wait a moment."), wait}
		}
		taken = append(taken, p)
	}
	return refund, nil
}

// waitOf is how long who was held back has to wait; 0 for another error.
func waitOf(err error) time.Duration {
	if h, ok := errors.AsType[*held](err); ok {
		return h.wait
	}
	return 0
}

// networkOf is who asks. Headers count only as far as the server's IPExtractor
// trusts them; Echo's own fallback would believe any X-Forwarded-For.
func networkOf(c echo.Context) string {
	extract := c.Echo().IPExtractor
	if extract == nil {
		extract = echo.ExtractIPDirect()
	}
	return throttle.Network(extract(c.Request()))
}
