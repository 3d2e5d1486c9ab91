package main

import (
	"context"
	"fmt"
	"net"
	"net/http"

	"github.com/spf13/cobra"

	"heraut/internal/config"
)

func newWorker() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Run workflows and send pushes and mail, on PostgreSQL and an existing Temporal",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runPart(cmd, (*parts).work)
		},
	}
	config.Bind(cmd, "worker")
	return cmd
}

// work runs the worker until ctx ends, and shows its figures where told.
func (p *parts) work(ctx context.Context) error {
	if err := p.dial(ctx); err != nil {
		return err
	}
	if err := p.startWorker(ctx); err != nil {
		return err
	}
	p.log.InfoContext(ctx, "The worker works.")
	if p.config.MetricsListen == "" {
		<-ctx.Done()
		return nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", p.config.MetricsListen)
	if err != nil {
		return fmt.Errorf("listening at %s: %w", p.config.MetricsListen, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", p.metrics.Handler())
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("ok\n")) // a prober that went away needs no answer
	})
	return p.serveHTTP(ctx, l, mux)
}
