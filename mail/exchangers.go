package mail

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"heraut/invitation"
)

// How long answers of the name servers are kept, at most: package net does
// not tell their time to live.
const (
	keepFound   = 5 * time.Minute
	keepMissing = time.Minute
	keepFailure = 5 * time.Second
	lookupLimit = 30 * time.Second
	maxDomains  = 10_000
)

// exchangers knows which hosts take mail for a domain.
type exchangers struct {
	resolver *net.Resolver
	flights  singleflight.Group

	mu    sync.Mutex
	known map[string]exchange
}

// exchange is what was found for a domain: hosts in order of preference, or
// the outcome of every mail to it.
type exchange struct {
	hosts   []string
	outcome invitation.Outcome
	until   time.Time
}

func newExchangers(r *net.Resolver) *exchangers {
	return &exchangers{resolver: r, known: make(map[string]exchange)}
}

// hosts returns the mail servers of a domain; nil: the outcome says why not.
func (d *direct) hosts(ctx context.Context, domain string) ([]string, invitation.Outcome) {
	found, err := d.exchange.find(ctx, domain)
	if err != nil {
		return nil, cancelled()
	}
	return found.hosts, found.outcome
}

func (x *exchangers) find(ctx context.Context, domain string) (exchange, error) {
	x.mu.Lock()
	found, ok := x.known[domain]
	x.mu.Unlock()
	if ok && time.Now().Before(found.until) {
		return found, nil
	}
	// One lookup serves all who ask, so it does not end with the first of them.
	flight := x.flights.DoChan(domain, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookupLimit)
		defer cancel()
		return x.lookup(ctx, domain), nil
	})
	select {
	case result := <-flight:
		found, _ := result.Val.(exchange)
		x.remember(domain, found)
		return found, nil
	case <-ctx.Done():
		return exchange{}, ctx.Err()
	}
}

func (x *exchangers) remember(domain string, found exchange) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.known) >= maxDomains {
		clear(x.known)
	}
	x.known[domain] = found
}

// lookup asks for MX records (RFC 5321, 5.1): without one, the domain's own
// address counts; a single "." says that the domain takes no mail (RFC 7505).
func (x *exchangers) lookup(ctx context.Context, domain string) exchange {
	records, err := x.resolver.LookupMX(ctx, domain+".")
	if missing(err) || err == nil && len(records) == 0 {
		return x.lookupAddress(ctx, domain)
	}
	if err != nil && len(records) == 0 {
		return dnsFailure(domain)
	}
	if len(records) == 1 && records[0].Host == "." {
		return permanent("The domain " + domain + " accepts no mail (null MX).")
	}
	hosts := make([]string, 0, len(records))
	for _, record := range records {
		if host := strings.TrimSuffix(record.Host, "."); host != "" {
			hosts = append(hosts, host)
		}
	}
	return exchange{hosts: hosts, until: time.Now().Add(keepFound)}
}

func (x *exchangers) lookupAddress(ctx context.Context, domain string) exchange {
	addresses, err := x.resolver.LookupHost(ctx, domain+".")
	switch {
	case missing(err):
		return permanent("The domain " + domain + " does not exist or has no mail server.")
	case err != nil || len(addresses) == 0:
		return dnsFailure(domain)
	}
	return exchange{hosts: []string{domain}, until: time.Now().Add(keepFound)}
}

func missing(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound
}

func permanent(sentence string) exchange {
	return exchange{
		outcome: invitation.Outcome{Class: invitation.Refused, Answer: sentence},
		until:   time.Now().Add(keepMissing),
	}
}

func dnsFailure(domain string) exchange {
	return exchange{
		outcome: later("The name servers could not say where mail for " + domain + " goes."),
		until:   time.Now().Add(keepFailure),
	}
}
