package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/mail"
	"heraut/settings"
	"heraut/store"
	"heraut/workflows"
)

// bounces keeps the intake for delivery reports as the settings of the moment
// say.
type bounces struct {
	settings storedSettings
	store    *store.Store
	engine   *workflows.Client
	keys     *secrets.Keyring
	log      *slog.Logger
}

// bouncesAge is how soon a changed bounces.listen is in force.
const bouncesAge = 5 * time.Second

// run serves until ctx ends. An address that can not be listened on is tried
// again: another worker on this machine may have it.
func (b *bounces) run(ctx context.Context) {
	var now settings.Bounces
	var intake *mail.Intake
	ticker := time.NewTicker(bouncesAge)
	defer ticker.Stop()
	for {
		if m, err := b.settings.mail(ctx); err == nil && m.Bounces != now {
			b.stop(intake)
			intake = b.start(ctx, m.Bounces)
			if now = m.Bounces; intake == nil && now.Listen != "" {
				now = settings.Bounces{}
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			b.stop(intake)
			return
		}
	}
}

func (b *bounces) start(ctx context.Context, s settings.Bounces) *mail.Intake {
	if s.Listen == "" {
		return nil
	}
	intake, err := mail.NewIntake(s.Listen, s.Domain, b.keys.All(secrets.ForVERP), b.handle, b.log)
	if err != nil {
		b.log.WarnContext(ctx, "The intake for bounces does not listen.", "listen", s.Listen, "error", err)
		return nil
	}
	go func() {
		if err := intake.Serve(); err != nil && ctx.Err() == nil {
			b.log.WarnContext(ctx, "The intake for bounces stopped.", "error", err)
		}
	}()
	return intake
}

func (b *bounces) stop(intake *mail.Intake) {
	if intake == nil {
		return
	}
	if err := intake.Close(); err != nil {
		b.log.Warn("The intake for bounces did not close.", "error", err)
	}
}

// handle moves what bounced for good from sent to failed. A report about a
// delivery that is gone is taken and forgotten: its sender can do no better.
func (b *bounces) handle(ctx context.Context, report mail.Bounce) error {
	if !report.Permanent {
		return nil
	}
	decided, err := b.store.Bounce(ctx, report.DeliveryID, report.Status+" "+report.Words)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return wrap(err, "recording a bounce")
	}
	return tell(ctx, b.engine, decided.UserID, decided.SettledSends)
}

// tell wakes the workflows that a decision concerns.
func tell(ctx context.Context, engine *workflows.Client, userID string, sends []string) error {
	err := engine.WakeUser(ctx, userID)
	for _, id := range sends {
		err = errors.Join(err, engine.WakeGroup(ctx, id))
	}
	return err
}
