package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"heraut/fault"
	"heraut/internal/throttle"
	"heraut/people"
)

// longest bounds one request, a body that trickles in included: a group of
// 100,000 members may come at once.
const longest = 2 * time.Minute

// server is the frame around the handlers.
type server struct {
	Dependencies

	observe   func(method, route string, status int, took time.Duration)
	byClient  *throttle.Limiter
	byAddress *throttle.Limiter
}

// call is a request whose client is known.
type call struct {
	*http.Request

	client people.SCIMClient
	base   string // the address of everything, without a slash at the end
	id     string // of the resource; empty: of none
}

// handler answers a call.
type handler func(context.Context, call) (reply, error)

// ServeHTTP implements http.Handler.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begin := time.Now()
	ctx, cancel := context.WithTimeoutCause(r.Context(), longest, fault.New(fault.Unavailable, "The request took too long. Try again."))
	defer cancel()
	_ = http.NewResponseController(w).SetReadDeadline(begin.Add(longest)) // without deadlines, as in some tests, it reads as long as it likes
	route, answer, err := s.guarded(r.WithContext(ctx))
	if err != nil {
		answer = s.refusal(ctx, err)
	}
	answer.write(w, r)
	took := time.Since(begin)
	s.Log.InfoContext(ctx, "request", "method", r.Method, "route", route, "status", answer.status, "took_ms", float64(took.Microseconds())/1000)
	if s.observe != nil {
		s.observe(r.Method, route, answer.status, took)
	}
}

// guarded turns a panic into an error.
func (s *server) guarded(r *http.Request) (route string, answer reply, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return s.answer(r)
}

func (s *server) answer(r *http.Request) (route string, answer reply, err error) {
	client, err := s.authenticate(r)
	if err != nil {
		return Prefix, reply{}, err
	}
	c := call{Request: r, client: client, base: s.base(r)}
	kind, id, nested := strings.Cut(below(r.URL.Path), "/")
	c.id = id
	if strings.Contains(id, "/") || nested && id == "" {
		return Prefix, reply{}, nothingHere()
	}
	route = Prefix + kind
	if nested {
		route += "/:id"
	}
	methods, known := s.methods(kind, nested)
	if !known {
		return Prefix, reply{}, nothingHere()
	}
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	handle, takes := methods[method]
	if !takes {
		return route, reply{}, &misused{error: fault.New(fault.MethodNotAllowed, "This path does not take this method."), allowed: allowed(methods)}
	}
	answer, err = handle(r.Context(), c)
	return route, answer, err
}

// methods are all paths on one screen.
func (s *server) methods(kind string, one bool) (methods map[string]handler, known bool) {
	switch {
	case kind == "Users" && one:
		return map[string]handler{http.MethodGet: s.getUser, http.MethodPut: s.putUser, http.MethodPatch: s.patchUser, http.MethodDelete: s.deleteUser}, true
	case kind == "Users":
		return map[string]handler{http.MethodGet: s.listUsers, http.MethodPost: s.postUser}, true
	case kind == "Groups" && one:
		return map[string]handler{http.MethodGet: s.getGroup, http.MethodPut: s.putGroup, http.MethodPatch: s.patchGroup, http.MethodDelete: s.deleteGroup}, true
	case kind == "Groups":
		return map[string]handler{http.MethodGet: s.listGroups, http.MethodPost: s.postGroup}, true
	case kind == "ServiceProviderConfig" && !one:
		return map[string]handler{http.MethodGet: getConfig}, true
	case kind == "ResourceTypes", kind == "Schemas":
		return map[string]handler{http.MethodGet: discovery(kind)}, true
	case kind == "Bulk" && !one:
		return map[string]handler{http.MethodPost: notImplemented}, true
	case kind == "Me":
		return map[string]handler{http.MethodGet: notImplemented}, true
	}
	return nil, false
}

// base is the address that locations begin with.
func (s *server) base(r *http.Request) string {
	if s.PublicURL != "" {
		return s.PublicURL + strings.TrimSuffix(Prefix, "/")
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host + strings.TrimSuffix(Prefix, "/")
}

// authenticate finds out which client asks. Only requests without a working
// token count for an address: no stranger can spend the requests of others.
func (s *server) authenticate(r *http.Request) (people.SCIMClient, error) {
	client, err := s.clientOf(r)
	if fault.Is(err, fault.Unauthenticated) {
		if wait := s.byAddress.Take(throttle.Network(s.Address(r))); wait > 0 {
			return client, tooMany(wait)
		}
	}
	if err != nil {
		return client, err
	}
	if wait := s.byClient.Take(client.ID); wait > 0 {
		return client, tooMany(wait)
	}
	return client, nil
}

func (s *server) clientOf(r *http.Request) (people.SCIMClient, error) {
	missing := fault.New(fault.Unauthenticated, "Give the token of a SCIM client as Authorization: Bearer heraut_scim_...")
	values := r.Header.Values("Authorization")
	if len(values) != 1 { // two of them are none
		return people.SCIMClient{}, missing
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "bearer") || token == "" {
		return people.SCIMClient{}, missing
	}
	return s.Clients.AuthenticateSCIM(r.Context(), token)
}

func nothingHere() error { return fault.New(fault.NotFound, "There is nothing at this path.") }

// notImplemented answers what RFC 7644 names and a provider need not have.
func notImplemented(context.Context, call) (reply, error) {
	return reply{}, &refused{status: http.StatusNotImplemented, detail: "This server does not do this; see ServiceProviderConfig."}
}

// limited is a fault that says when to try again.
type limited struct {
	error

	after time.Duration
}

// Unwrap gives the fault.
func (l *limited) Unwrap() error { return l.error }

func tooMany(wait time.Duration) error {
	return &limited{error: fault.New(fault.RateLimited, "Too many requests. Wait a moment."), after: wait}
}

// wait is when the error says to try again; 0: it does not.
func waitOf(err error) time.Duration {
	if l, ok := errors.AsType[*limited](err); ok {
		return l.after
	}
	if fault.Is(err, fault.Unavailable) {
		return 5 * time.Second
	}
	return 0
}
