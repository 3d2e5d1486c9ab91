package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"

	"go.temporal.io/sdk/client"

	"heraut/internal/config"
	"heraut/internal/secrets"
	"heraut/internal/telemetry"
	"heraut/store"
	"heraut/workflows"
)

// parts are what every long-running process of Heraut is made of.
type parts struct {
	config   config.Config
	log      *slog.Logger
	metrics  *telemetry.Metrics
	traces   *telemetry.Traces // nil without a collector
	keys     *secrets.Keyring
	store    *store.Store
	settings storedSettings
	temporal client.Client
	engine   *workflows.Client
	patient  patientEngine // engine, for those who do not try again themselves
	apple    *appleLinks
	// local is where this machine finds the console; empty where nobody knows.
	local string
	// providers asks the identity providers of administrators.
	providers *http.Client

	// stopping is closed when HTTP stops: what streams ends then.
	stopping chan struct{}
	closers  []func(context.Context) error
}

// onClose adds what must end with the process; the last added ends first.
func (p *parts) onClose(f func(context.Context) error) { p.closers = append(p.closers, f) }

func (p *parts) close(ctx context.Context) error {
	var errs []error
	for _, f := range slices.Backward(p.closers) {
		errs = append(errs, f(ctx))
	}
	return errors.Join(errs...)
}

// openStore opens the database and adds its figures.
func (p *parts) openStore(ctx context.Context) error {
	s, err := openStore(ctx, p.config, p.keys)
	if err != nil {
		return err
	}
	p.store, p.settings, p.apple = s, storedSettings{s}, &appleLinks{parts: p, codes: s}
	p.onClose(func(context.Context) error { return s.Close() })
	if err := p.openProviders(); err != nil {
		return err
	}
	p.metrics.WatchStore(s)
	p.metrics.WatchExpiries(p.settings.expiries)
	return nil
}

// dial connects to the engine, which must answer.
func (p *parts) dial(ctx context.Context) error {
	return p.connect(func(metrics client.MetricsHandler) (client.Client, error) {
		return dialTemporal(ctx, p.config, p.keys, p.log, metrics, p.traces)
	})
}

// dialLater connects to the engine at the first call that needs it.
func (p *parts) dialLater() error {
	return p.connect(func(metrics client.MetricsHandler) (client.Client, error) {
		o, err := temporalOptions(p.config, p.keys, p.log, metrics, p.traces)
		if err != nil {
			return nil, err
		}
		return client.NewLazyClient(o)
	})
}

// startTraces begins to tell the collector, if there is one.
func (p *parts) startTraces() (err error) {
	if p.config.TracesURL == "" || p.traces != nil {
		return nil
	}
	p.traces, err = telemetry.NewTraces(context.Background(), p.config.TracesURL, versionName(), p.log)
	if err == nil {
		p.onClose(p.traces.Close)
	}
	return wrap(err, "starting traces")
}

func (p *parts) connect(dial func(client.MetricsHandler) (client.Client, error)) error {
	if err := p.startTraces(); err != nil {
		return err
	}
	handler, stop, err := p.metrics.Temporal()
	if err != nil {
		return wrap(err, "making figures")
	}
	p.onClose(stop)
	if p.temporal, err = dial(handler); err != nil {
		return err
	}
	p.onClose(func(context.Context) error { p.temporal.Close(); return nil })
	p.engine = &workflows.Client{Temporal: p.temporal, Namespace: p.config.TemporalNamespace, Names: p.config.NamesInEngine}
	p.patient = patientEngine{p.engine, newErrands(p.log)}
	running, stopErrands := context.WithCancel(context.Background())
	p.onClose(func(context.Context) error { stopErrands(); return nil })
	go p.patient.errands.run(running)
	return nil
}

// newParts makes the log and the figures that all else reports to.
func newParts(c config.Config, log *slog.Logger) *parts {
	return &parts{config: c, log: log, metrics: telemetry.NewMetrics(versionName(), log), stopping: make(chan struct{})}
}
