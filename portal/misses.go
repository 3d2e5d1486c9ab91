package portal

import (
	"github.com/labstack/echo/v4"

	"heraut/internal/throttle"
)

var (
	// linkMisses limits tokens that do not verify, for each client. Tokens have
	// 256 bits: the limit spares the store and does not guard the links, so a
	// school behind one address never feels it.
	linkMisses = throttle.Rate{PerSecond: 10, Burst: 600}
	// codeMisses does guard the codes, which have 50 bits, since people type
	// them. A class that types at the same time, with mistakes, does not meet it.
	codeMisses = throttle.Rate{PerSecond: 1, Burst: 100}
)

// clientOf tells who asks: an IPv4 address, or the /64 that one IPv6 household
// has. Headers count only as far as the server's IPExtractor trusts them;
// Echo's own fallback would believe any X-Forwarded-For.
func clientOf(c echo.Context) string {
	extract := c.Echo().IPExtractor
	if extract == nil {
		extract = echo.ExtractIPDirect()
	}
	return throttle.Network(extract(c.Request()))
}
