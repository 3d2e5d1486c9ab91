package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"heraut/internal/config"
	"heraut/internal/secrets"
	"heraut/internal/telemetry"
	"heraut/worker"
)

func newAPI() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "api",
		Short: "Serve the API and the invitation pages, on PostgreSQL and an existing Temporal",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runPart(cmd, (*parts).serveAPI)
		},
	}
	config.Bind(cmd, "api")
	return cmd
}

// runPart runs a part of Heraut on PostgreSQL and an existing Temporal until
// the command is interrupted.
func runPart(cmd *cobra.Command, run func(*parts, context.Context) error) (err error) {
	ctx := cmd.Context()
	c, err := config.Load(cmd)
	if err != nil {
		return usageError{err}
	}
	log, err := telemetry.NewLogger(cmd.ErrOrStderr(), c.LogLevel, c.LogFormat)
	if err != nil {
		return wrap(err, "making the log")
	}
	p := newParts(c, log)
	defer func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*c.StopTimeout)
		defer cancel()
		err = errors.Join(err, p.close(grace))
	}()
	if err := p.open(ctx); err != nil {
		return err
	}
	return run(p, ctx)
}

// open opens the database that exists already; nothing is made or migrated.
func (p *parts) open(ctx context.Context) error {
	keys, err := secrets.Load(p.config.SecretsPath())
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no secrets file at %s: copy it from another machine of this installation, or run `heraut migrate` to make the first",
			p.config.SecretsPath())
	}
	if err != nil {
		return wrap(err, "reading the secrets")
	}
	p.keys = keys
	if err := p.openStore(ctx); err != nil {
		return err
	}
	return wrap(p.store.CheckSchema(ctx), "checking the database")
}

func (p *parts) serveAPI(ctx context.Context) error {
	if err := p.dialLater(); err != nil {
		return err
	}
	p.introduce(ctx)
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", p.config.Listen)
	if err != nil {
		return fmt.Errorf("listening at %s: %w", p.config.Listen, err)
	}
	spool, err := makeSpool(filepath.Join(os.TempDir(), fmt.Sprintf("heraut-uploads-%d", os.Getuid())))
	if err != nil {
		return err
	}
	h, err := p.handler(p.config.TemporalUIURL, spool)
	if err != nil {
		return err
	}
	p.log.InfoContext(ctx, "The API listens.", "listen", l.Addr().String())
	return p.serveHTTP(ctx, l, h)
}

// introduceWithin bounds how long the start waits for an engine that does not
// answer.
const introduceWithin = 3 * time.Second

// introduce makes an engine that Heraut is new to take its workflows. One that
// is away holds nobody up: what people do is kept, and the worker introduces
// itself too.
func (p *parts) introduce(ctx context.Context) {
	asking, cancel := context.WithTimeout(ctx, introduceWithin)
	defer cancel()
	err := p.engine.Healthy(asking)
	if err == nil {
		err = worker.AddAttributes(ctx, p.temporal, p.config.TemporalNamespace)
	}
	if err != nil {
		p.log.WarnContext(ctx, "The engine can not be used yet; what should start is kept for later.", "error", err)
	}
}
