package telemetry

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"heraut/people"
)

// Expiries are the ends of what only an administrator can renew; zero or
// absent for what is not installed.
type Expiries struct {
	ContentTokens    map[string]time.Time // by location
	PushCertificates map[people.PushKind]time.Time
}

// WatchExpiries adds how long the content tokens and the push certificates are
// still valid. Call it once.
func (m *Metrics) WatchExpiries(find func(context.Context) (Expiries, error)) {
	m.registry.MustRegister(&expiryCollector{find: find, log: m.log})
}

type expiryCollector struct {
	find func(context.Context) (Expiries, error)
	log  *slog.Logger
}

var (
	tokenExpires = prometheus.NewDesc(namespace+"_content_token_expires_seconds",
		"Seconds until a content token expires, negative afterwards, by location; absent without one.", []string{"location"}, nil)
	certificateExpires = prometheus.NewDesc(namespace+"_push_certificate_expires_seconds",
		"Seconds until a push certificate expires, negative afterwards, by kind; absent without one.", []string{"kind"}, nil)
)

// Describe implements prometheus.Collector.
func (c *expiryCollector) Describe(descs chan<- *prometheus.Desc) {
	descs <- tokenExpires
	descs <- certificateExpires
}

// Collect implements prometheus.Collector. While the store is away these
// figures are absent.
func (c *expiryCollector) Collect(metrics chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), censusLimit)
	defer cancel()
	found, err := c.find(ctx)
	if err != nil {
		c.log.Warn("figures of what expires can not be gathered", slog.Any("error", err))
		return
	}
	now := time.Now()
	for location, end := range found.ContentTokens {
		metrics <- gauge(tokenExpires, end.Sub(now).Seconds(), location)
	}
	for kind, end := range found.PushCertificates {
		metrics <- gauge(certificateExpires, end.Sub(now).Seconds(), string(kind))
	}
}
