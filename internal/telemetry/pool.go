package telemetry

import (
	"database/sql"

	"github.com/prometheus/client_golang/prometheus"
)

// WatchPool adds the figures of a pool of database connections by its name.
// stats is called for each gathering. Call it once for each name.
func (m *Metrics) WatchPool(name string, stats func() sql.DBStats) {
	labels := prometheus.Labels{"pool": name}
	gauge := func(what, help string, value func(sql.DBStats) float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Namespace: namespace, Subsystem: "database", Name: what, Help: help, ConstLabels: labels,
		}, func() float64 { return value(stats()) })
	}
	counter := func(what, help string, value func(sql.DBStats) float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{
			Namespace: namespace, Subsystem: "database", Name: what, Help: help, ConstLabels: labels,
		}, func() float64 { return value(stats()) })
	}
	m.registry.MustRegister(
		gauge("connections_open", "Open connections.", func(s sql.DBStats) float64 { return float64(s.OpenConnections) }),
		gauge("connections_in_use", "Connections in use.", func(s sql.DBStats) float64 { return float64(s.InUse) }),
		gauge("connections_limit", "Most open connections; 0 is no limit.", func(s sql.DBStats) float64 { return float64(s.MaxOpenConnections) }),
		counter("waits_total", "Times that a connection had to be waited for.", func(s sql.DBStats) float64 { return float64(s.WaitCount) }),
		counter("wait_seconds_total", "Time spent waiting for a connection.", func(s sql.DBStats) float64 { return s.WaitDuration.Seconds() }),
	)
}
