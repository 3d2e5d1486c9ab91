package portal

import (
	"maps"
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"
)

// Limits on tokens that do not verify, for each client. Tokens have 256 bits:
// the limit spares the store and does not guard the links, so a school behind
// one address never feels it.
const (
	missesPerSecond = 10
	missesAtOnce    = 600
	// Codes have 50 bits, since people type them: their limit does guard them.
	// A class that types at the same time, with mistakes, does not meet it.
	codesPerSecond = 1
	codesAtOnce    = 100
	// maxClients bounds memory; clients past it share one allowance.
	maxClients = 10_000
)

// misses counts the tokens or codes that no link has. Those that one has cost
// nothing.
type misses struct {
	now     func() time.Time
	every   rate.Limit
	atOnce  int
	mu      sync.Mutex
	clients map[netip.Prefix]*rate.Limiter
	rest    *rate.Limiter
}

func newMisses(now func() time.Time, perSecond, atOnce int) *misses {
	m := &misses{now: now, every: rate.Limit(perSecond), atOnce: atOnce, clients: map[netip.Prefix]*rate.Limiter{}}
	m.rest = m.newAllowance()
	return m
}

func (m *misses) newAllowance() *rate.Limiter { return rate.NewLimiter(m.every, m.atOnce) }

// exhausted tells whether the client has used up its allowance.
func (m *misses) exhausted(client netip.Prefix) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	allowance, known := m.clients[client]
	if !known && len(m.clients) >= maxClients {
		allowance = m.rest
	}
	return allowance != nil && allowance.TokensAt(m.now()) < 1
}

// count takes one miss off the client's allowance.
func (m *misses) count(client netip.Prefix) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.allowance(client).AllowN(m.now(), 1)
}

func (m *misses) allowance(client netip.Prefix) *rate.Limiter {
	if a, known := m.clients[client]; known {
		return a
	}
	if len(m.clients) >= maxClients {
		now := m.now()
		maps.DeleteFunc(m.clients, func(_ netip.Prefix, a *rate.Limiter) bool {
			return a.TokensAt(now) >= float64(m.atOnce)
		})
	}
	if len(m.clients) >= maxClients {
		return m.rest
	}
	a := m.newAllowance()
	m.clients[client] = a
	return a
}

// clientOf tells who asks: an IPv4 address, or the /64 that one IPv6 household
// has. Headers count only as far as the server's IPExtractor trusts them;
// Echo's own fallback would believe any X-Forwarded-For.
func clientOf(c echo.Context) netip.Prefix {
	extract := c.Echo().IPExtractor
	if extract == nil {
		extract = echo.ExtractIPDirect()
	}
	addr, err := netip.ParseAddr(extract(c.Request()))
	if err != nil {
		return netip.Prefix{} // no address: all of these count as one
	}
	addr = addr.Unmap().WithZone("")
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	return netip.PrefixFrom(addr, bits).Masked()
}
