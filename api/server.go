package api

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"heraut/internal/throttle"
)

// Options are the frame's settings; the zero value is what most want.
type Options struct {
	// TrustedProxies are the addresses of proxies whose X-Forwarded-For names
	// the client. Without any, the connection's own address counts.
	TrustedProxies []netip.Prefix
	// KeyRate limits each API key; zero: 1,000 a second, 4,000 at once.
	KeyRate Rate
	// AddressRate limits requests without a working key, for each address;
	// zero: 10 a second, 100 at once.
	AddressRate Rate
	// Observe is told of every answered request, by its route's pattern; nil:
	// nobody is.
	Observe func(method, route string, status int, took time.Duration)
	// Trace begins the trace of a request, and done ends it, by its route's
	// pattern; nil: no traces.
	Trace func(ctx context.Context) (traced context.Context, done func(method, route string, status int))
}

// server is the frame around the handlers.
type server struct {
	d         Dependencies
	log       *slog.Logger
	echo      *echo.Echo
	byKey     *throttle.Limiter
	byAddress *throttle.Limiter
	observe   func(method, route string, status int, took time.Duration)
	trace     func(ctx context.Context) (traced context.Context, done func(method, route string, status int))
}

// New makes the handler of the whole contract but the portal's paths. It must
// see paths as they came in: a http.ServeMux before it would clean them.
func New(d Dependencies, o Options) (http.Handler, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	operations, err := loadOperations(contract)
	if err != nil {
		return nil, err
	}
	s := &server{
		d: d, log: d.Log, echo: echo.New(),
		byKey: newLimiter(o.KeyRate, defaultKeyRate), byAddress: newLimiter(o.AddressRate, defaultAddressRate),
		observe: o.Observe, trace: o.Trace,
	}
	s.echo.Binder = binder{}
	s.echo.HTTPErrorHandler = s.writeProblem
	s.echo.IPExtractor = IPExtractor(o.TrustedProxies)
	s.echo.Pre(s.frame)
	s.service()
	RegisterHandlersWithOptions(s.echo, NewStrictHandler(newHandlers(d), nil), RegisterHandlersOptions{
		OperationMiddlewares: s.middlewares(operations),
	})
	return headAsGet(s.echo), nil
}

// middlewares are the steps before each handler, first to last.
func (s *server) middlewares(operations []operation) map[string][]echo.MiddlewareFunc {
	steps := map[string][]echo.MiddlewareFunc{}
	for i := range operations {
		o := &operations[i]
		if o.public() {
			continue // the frame's service.go and package portal serve these
		}
		list := []echo.MiddlewareFunc{within(o.timeout), s.authenticate(o), s.check(o), s.spool(o)}
		if o.repeatable() {
			list = append(list, s.idempotent(o))
		}
		list = append(list, s.asRead(o)) // after a repeated request had its first answer
		if o.id == sessionOperation {
			list = append([]echo.MiddlewareFunc{s.fromUI}, list...)
		}
		steps[o.id] = list
	}
	return steps
}

// IPExtractor finds the client's address: from the connection, or from
// X-Forwarded-For as far as it was written by proxies that are trusted.
func IPExtractor(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		p = p.Masked()
		trust = append(trust, echo.TrustIPRange(&net.IPNet{
			IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}
