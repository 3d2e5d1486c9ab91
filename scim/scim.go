// Package scim lets identity providers such as Entra ID and Okta bring people
// and groups, by SCIM 2.0 (RFC 7643 and 7644) below /scim/v2.
//
// A client sees and changes what it has brought, and nothing else. What
// providers say of a person and Heraut has no use for is taken and forgotten.
package scim

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"heraut/internal/throttle"
	"heraut/people"
)

// Prefix is where the paths of this room begin.
const Prefix = "/scim/v2/"

// Owns tells whether a path is of this room: what begins with Prefix, and the
// base URL itself.
func Owns(path string) bool { return strings.HasPrefix(path+"/", Prefix) }

// Dependencies are the parts behind the protocol.
type Dependencies struct {
	Clients Clients
	Users   Users
	Groups  Groups
	Office  Office
	Log     *slog.Logger
	// PublicURL is the address at which clients reach this server, without a
	// slash at the end; empty: the one that each request came to.
	PublicURL string
	// Address finds the address of who asks.
	Address func(*http.Request) string
}

// Clients knows tokens.
type Clients interface {
	// AuthenticateSCIM returns an unauthenticated fault for a token that is not
	// valid.
	AuthenticateSCIM(ctx context.Context, token string) (people.SCIMClient, error)
}

// Users keeps the users of clients. Those of others are a not_found fault.
type Users interface {
	SCIMUsers(ctx context.Context, client people.SCIMClient, offset, limit int) (users []people.SCIMUser, total int, err error)
	FindSCIMUsers(ctx context.Context, client people.SCIMClient, conditions []people.SCIMCondition, limit int) ([]people.SCIMUser, error)
	SCIMUser(ctx context.Context, client people.SCIMClient, id string) (people.SCIMUser, error)
	CreateSCIMUser(ctx context.Context, client people.SCIMClient, u people.SCIMUser) (people.SCIMUser, error)
	UpdateSCIMUser(ctx context.Context, client people.SCIMClient, id string, ifVersion *int64,
		edit func(people.SCIMUser) (people.SCIMUser, error)) (before, after people.SCIMUser, err error)
	DeleteSCIMUser(ctx context.Context, client people.SCIMClient, id string, ifVersion *int64) error
}

// Groups keeps the groups of clients. Those of others are a not_found fault. Of
// members whom the client has not brought it tells, and leaves them out.
type Groups interface {
	SCIMGroups(ctx context.Context, client people.SCIMClient, offset, limit int) (groups []people.SCIMGroup, total int, err error)
	FindSCIMGroups(ctx context.Context, client people.SCIMClient, conditions []people.SCIMCondition, limit int) ([]people.SCIMGroup, error)
	SCIMGroup(ctx context.Context, client people.SCIMClient, id string) (people.SCIMGroup, error)
	SCIMMembers(ctx context.Context, client people.SCIMClient, groupIDs ...string) (map[string][]people.SCIMMember, error)
	CountSCIMMembers(ctx context.Context, client people.SCIMClient, groupIDs ...string) (map[string]int, error)
	CreateSCIMGroup(ctx context.Context, client people.SCIMClient, g people.SCIMGroup, members []string) (made people.SCIMGroup, unknown []string, err error)
	UpdateSCIMGroup(ctx context.Context, client people.SCIMClient, id string, ifVersion *int64,
		c people.SCIMGroupChange) (after people.SCIMGroup, unknown []string, err error)
	DeleteSCIMGroup(ctx context.Context, client people.SCIMClient, id string, ifVersion *int64) error
}

// Office tells workflows what follows a change.
type Office interface {
	// UserChanged makes the user's workflow look.
	UserChanged(ctx context.Context, userID string)
	// ContentChanged makes licenses follow a change of who should have which.
	ContentChanged(ctx context.Context)
}

// Options are limits; the zero value is what most want.
type Options struct {
	// ClientRate limits each client; zero: 100 a second, 1,000 at once.
	ClientRate throttle.Rate
	// AddressRate limits requests without a working token, for each network;
	// zero: 1 a second, 20 at once.
	AddressRate throttle.Rate
	// Observe is told of every answered request, by its route; nil: nobody is.
	Observe func(method, route string, status int, took time.Duration)
}

// The rates that count where Options say nothing.
var (
	defaultClientRate  = throttle.Rate{PerSecond: 100, Burst: 1000}
	defaultAddressRate = throttle.Rate{PerSecond: 1, Burst: 20}
)

// New makes the handler of everything below Prefix.
func New(d Dependencies, o Options) http.Handler {
	if o.ClientRate == (throttle.Rate{}) {
		o.ClientRate = defaultClientRate
	}
	if o.AddressRate == (throttle.Rate{}) {
		o.AddressRate = defaultAddressRate
	}
	return &server{
		Dependencies: d, observe: o.Observe,
		byClient: throttle.New(o.ClientRate, nil), byAddress: throttle.New(o.AddressRate, nil),
	}
}
