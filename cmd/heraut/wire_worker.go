package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"heraut/activities"
	"heraut/worker"
)

// startWorker starts the worker and the intake for bounces.
func (p *parts) startWorker(ctx context.Context) error {
	if err := worker.AddAttributes(ctx, p.temporal, p.config.TemporalNamespace); err != nil {
		return wrap(err, "preparing the engine")
	}
	a, err := p.activities()
	if err != nil {
		return err
	}
	w := worker.New(p.temporal, a, worker.Options{
		Workflows: p.config.WorkflowConcurrency, Activities: p.config.ActivityConcurrency, StopTimeout: p.config.StopTimeout,
	})
	if err := w.Start(); err != nil {
		return wrap(err, "starting the worker")
	}
	p.onClose(func(context.Context) error { w.Stop(); return nil })
	running, stop := context.WithCancel(ctx)
	p.onClose(func(context.Context) error { stop(); return nil })
	go p.prepare(running)
	go warnOfExpiries(running, p.settings, p.log)
	go (&bounces{settings: p.settings, store: p.store, engine: p.engine, keys: p.keys, log: p.log}).run(running)
	return nil
}

// prepareAgain is the wait before the engine is prepared once more.
const prepareAgain = 15 * time.Second

// prepare keeps the engine's schedules, beside the work: an engine whose last
// process died in the middle of its own start takes up to ten seconds to tell
// of a schedule, and nobody who was invited should wait for that.
func (p *parts) prepare(ctx context.Context) {
	for ctx.Err() == nil {
		err := worker.Prepare(ctx, p.temporal, p.config.TemporalNamespace, worker.Intervals{
			Watch: p.config.AskAppleEvery, Distribute: p.config.AskAppleEvery,
		})
		if err == nil {
			return
		}
		if ctx.Err() == nil {
			p.log.WarnContext(ctx, "The engine's schedules could not be kept yet.", "error", err)
		}
		select {
		case <-time.After(prepareAgain):
		case <-ctx.Done():
		}
	}
}

func (p *parts) activities() (*activities.Activities, error) {
	mails, err := newMailCourier(p.config, p.keys, p.settings, p.log)
	if err != nil {
		return nil, err
	}
	p.onClose(func(context.Context) error { mails.Close(); return nil })
	pushes, err := newPushCourier(p.config, p.keys, p.settings, p.log)
	if err != nil {
		return nil, err
	}
	p.onClose(func(context.Context) error { pushes.Close(); return nil })
	commands, err := p.newMDMCourier(pushes)
	if err != nil {
		return nil, err
	}
	apple := &books{parts: p}
	p.onClose(func(context.Context) error { apple.Close(); return nil })
	return &activities.Activities{
		Ledger: p.store, Mailer: p.metrics.CountMails(mails), Pusher: p.metrics.CountPushes(byChannel{pushes, commands}),
		Users: p.engine, Engine: p.engine, Log: p.log, Owner: owner(),
		Books: apple, Registrations: p.store, LookEvery: p.config.AskAppleEvery,
		Libraries: libraries{apple}, Licenses: p.store, Distributor: p.engine,
		Commands:    silence{p, pushes.Push},
		Directories: directories{p}, Syncer: p.engine,
		Limits: activities.Limits{
			Mails: p.config.MailConnections, Pushes: p.config.PushConcurrency,
			Starts: p.config.StartConcurrency, PageSize: p.config.PageSize,
		},
	}, nil
}

// owner names this process among all that work on the same store.
func owner() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s-%s", host, strconv.Itoa(os.Getpid()))
}
