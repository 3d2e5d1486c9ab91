package telemetry

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"heraut/invitation"
)

// Census is the store as the figures need it.
type Census interface {
	CountInvitations(ctx context.Context, f invitation.Filter) (int, error)
	// RunningSends lists the group sends that are not settled, after an id.
	RunningSends(ctx context.Context, after string, limit int) ([]invitation.RunningSend, error)
	RouteState(ctx context.Context, route invitation.Route) (invitation.RouteState, error)
}

const (
	// censusAge is how long a census holds: several who gather figures cost no
	// more than one.
	censusAge = 10 * time.Second
	// censusLimit bounds a census, so that a slow database does not keep the
	// other figures away.
	censusLimit = 5 * time.Second
	// mostSends is the largest number of sends that is told apart from more.
	mostSends = 1000
)

var routes = []invitation.Route{invitation.RouteMail, invitation.RouteMDM, invitation.RouteAlert, invitation.RouteBooks}

// WatchStore adds what the store knows: open invitations by state, group sends
// that are not settled, and whether each route is up. Call it once.
func (m *Metrics) WatchStore(census Census) {
	m.registry.MustRegister(&censusCollector{census: census, log: m.log})
}

type censusCollector struct {
	census Census
	log    *slog.Logger

	mu    sync.Mutex
	taken time.Time
	last  []prometheus.Metric
}

var (
	openInvitations = prometheus.NewDesc(namespace+"_invitations_open", "Invitations without an end, by state.", []string{"state"}, nil)
	openSends       = prometheus.NewDesc(namespace+"_group_sends_open", "Group sends that are not settled; at most 1000 are counted.", nil, nil)
	routeUp         = prometheus.NewDesc(namespace+"_route_up", "1 while a way out works, 0 while it is down.", []string{"route"}, nil)
)

// Describe implements prometheus.Collector.
func (c *censusCollector) Describe(descs chan<- *prometheus.Desc) {
	descs <- openInvitations
	descs <- openSends
	descs <- routeUp
}

// Collect implements prometheus.Collector. While the store is away these
// figures are absent.
func (c *censusCollector) Collect(metrics chan<- prometheus.Metric) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.taken) > censusAge {
		ctx, cancel := context.WithTimeout(context.Background(), censusLimit)
		defer cancel()
		var err error
		if c.last, err = c.take(ctx); err != nil {
			c.log.Warn("figures of the store can not be gathered", slog.Any("error", err))
		}
		c.taken = time.Now()
	}
	for _, metric := range c.last {
		metrics <- metric
	}
}

func (c *censusCollector) take(ctx context.Context) ([]prometheus.Metric, error) {
	var found []prometheus.Metric
	for _, state := range invitation.OpenStates {
		n, err := c.census.CountInvitations(ctx, invitation.Filter{State: state})
		if err != nil {
			return nil, fmt.Errorf("counting %s invitations: %w", state, err)
		}
		found = append(found, gauge(openInvitations, float64(n), string(state)))
	}
	sends, err := c.census.RunningSends(ctx, "", mostSends)
	if err != nil {
		return nil, fmt.Errorf("counting sends: %w", err)
	}
	found = append(found, gauge(openSends, float64(len(sends))))
	for _, route := range routes {
		state, err := c.census.RouteState(ctx, route)
		if err != nil {
			return nil, fmt.Errorf("reading route %s: %w", route, err)
		}
		up := 0.0
		if state.DownSince.IsZero() {
			up = 1
		}
		found = append(found, gauge(routeUp, up, string(route)))
	}
	return slices.Clip(found), nil
}

func gauge(desc *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
}
