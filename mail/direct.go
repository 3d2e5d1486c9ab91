package mail

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"heraut/settings"
)

// direct delivers to the recipients' own mail servers.
type direct struct {
	options  Options
	exchange *exchangers
	blockade blockade

	mu           sync.Mutex
	destinations map[string]*destination
}

// destination is one set of mail servers; domains that share it share its
// connections.
type destination struct {
	key   string
	pool  *pool
	users int
}

func newDirect(o Options) *direct {
	return &direct{
		options:      o,
		exchange:     newExchangers(o.resolver()),
		destinations: make(map[string]*destination),
	}
}

// take returns the destination of these hosts; release gives it back.
func (d *direct) take(hosts []string) *destination {
	// Hosts of equal preference come in random order.
	key := strings.Join(slices.Sorted(slices.Values(hosts)), " ")
	d.mu.Lock()
	defer d.mu.Unlock()
	found, ok := d.destinations[key]
	if !ok {
		found = &destination{key: key}
		found.pool = newPool(d.options.PerDomain, d.options.Timeouts.Idle, func(ctx context.Context) (*conn, error) {
			return d.open(ctx, hosts)
		})
		d.destinations[key] = found
	}
	found.users++
	return found
}

// release forgets destinations that are neither used nor connected.
func (d *direct) release(used *destination) {
	d.mu.Lock()
	defer d.mu.Unlock()
	used.users--
	if len(d.destinations) <= manyDestinations {
		return
	}
	for key, other := range d.destinations {
		if other.users == 0 && other.pool.empty() {
			delete(d.destinations, key)
		}
	}
}

// manyDestinations is up to how many are kept without looking; one takes
// some hundred bytes.
const manyDestinations = 4096

func (d *direct) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, destination := range d.destinations {
		destination.pool.close()
	}
}

// maxHosts is how many of a domain's mail servers are tried.
const maxHosts = 5

// open tries the hosts in their order of preference.
func (d *direct) open(ctx context.Context, hosts []string) (*conn, error) {
	network := true
	var last *openError
	for _, host := range hosts[:min(len(hosts), maxHosts)] {
		c, err := d.openHost(ctx, host)
		if err == nil {
			d.blockade.connected()
			return c, nil
		}
		failure, ok := errors.AsType[*openError](err)
		if !ok {
			return nil, err
		}
		network = network && failure.network
		if last == nil || !failure.network {
			last = failure // a server's words say more than silence
		}
	}
	if !network {
		return nil, last
	}
	return nil, d.blockade.refused(hosts[0], last, d.options.MXPort)
}

// openHost falls back to plain text where TLS was offered and does not work:
// direct mail has no one to ask for better.
func (d *direct) openHost(ctx context.Context, host string) (*conn, error) {
	t := target{host: host, port: d.options.MXPort, tls: settings.TLSStartTLS, opportunistic: true}
	c, err := d.options.open(ctx, t)
	if failure, ok := errors.AsType[*openError](err); ok {
		if !failure.network && failure.step != StepDNS {
			d.blockade.connected()
		}
		if failure.step == StepTLS {
			t.tls = settings.TLSNone
			return d.options.open(ctx, t)
		}
	}
	return c, err
}
