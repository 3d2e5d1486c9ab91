package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/temporal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// Engine is a running Temporal server, with its UI where asked for.
type Engine struct {
	address string
	server  temporal.Server
	conn    *grpc.ClientConn
	ui      *webUI
	failed  chan error

	stopping atomic.Bool
	stopOnce sync.Once
	stopErr  error
}

// Start makes or opens the engine's file, brings the namespace up to date,
// starts the server and its UI, and waits until clients can use them. ctx
// bounds the start alone; end the engine with Stop.
func Start(ctx context.Context, o Options) (*Engine, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := prepareFile(ctx, o.Dir); err != nil {
		return nil, err
	}
	if err := prepareNamespace(ctx, o); err != nil {
		return nil, err
	}
	e := &Engine{failed: make(chan error, 1)}
	if err := e.start(ctx, o); err != nil {
		return nil, errors.Join(err, e.Stop(context.WithoutCancel(ctx)))
	}
	return e, nil
}

// Address is where clients connect, host:port.
func (e *Engine) Address() string { return e.address }

// UIAddress is where the Temporal UI listens, host:port; empty without a UI.
func (e *Engine) UIAddress() string {
	if e.ui == nil {
		return ""
	}
	return e.ui.address
}

// Failed receives one error if the engine breaks down while it runs. Its owner
// then stops the process in good order: the engine does not mend itself.
func (e *Engine) Failed() <-chan error { return e.failed }

// Stop ends the UI and the server: requests in flight finish, long polls are
// cut after a second or two. It returns when all is stopped, or with an error
// when ctx ends first; what was acknowledged is on disk either way. Later calls
// return the answer of the first.
func (e *Engine) Stop(ctx context.Context) error {
	e.stopOnce.Do(func() {
		e.stopping.Store(true)
		e.stopErr = e.stopAll(ctx)
	})
	return e.stopErr
}

func (e *Engine) start(ctx context.Context, o Options) error {
	found, err := findPorts(o.Listen)
	if err != nil {
		return err
	}
	defer found.release() // the server listens by then
	e.address = found.frontendAddress()
	if err := e.startServer(ctx, o, found); err != nil {
		return err
	}
	e.conn, err = grpc.NewClient("passthrough:///"+e.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("connecting to the engine: %w", err)
	}
	if err := e.awaitReady(ctx); err != nil {
		return err
	}
	if o.UIListen != "" {
		e.ui, err = startUI(o, e.address, e.fail)
	}
	return err
}

// startServer builds and starts the server in a goroutine of its own, which a
// fatal error of the server ends.
func (e *Engine) startServer(ctx context.Context, o Options, p ports) error {
	type result struct {
		server temporal.Server
		err    error
	}
	started := make(chan result, 1)
	go func() {
		r := result{err: errors.New("the server gave up")}
		defer func() { started <- r }()
		r.server, r.err = e.newServer(o, p)
		if r.err == nil {
			r.err = r.server.Start()
		}
	}()
	select {
	case r := <-started:
		e.server = r.server
		return e.startError(r.err)
	case <-ctx.Done():
		go func() {
			if r := <-started; r.server != nil {
				_ = r.server.Stop() // nobody is left to tell
			}
		}()
		return fmt.Errorf("starting the engine: %w", context.Cause(ctx))
	}
}

// startError prefers what the server called fatal over what followed from it.
func (e *Engine) startError(err error) error {
	if err == nil {
		return nil
	}
	select {
	case fatal := <-e.failed:
		err = fatal
	default:
	}
	return fmt.Errorf("starting the engine: %w", err)
}

func (e *Engine) newServer(o Options, p ports) (temporal.Server, error) {
	logger := serverLog{logger: o.Logger, level: o.LogLevel, fatal: e.fail, stopping: &e.stopping}
	return temporal.NewServer(
		temporal.WithConfig(serverConfig(o, p)),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts(p)),
		temporal.WithDynamicConfigClient(dynamicConfig(o.DynamicConfig)),
		temporal.WithLogger(logger),
		temporal.WithCustomMetricsHandler(o.Metrics),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper {
			return authorization.NewNoopClaimMapper()
		}),
	)
}

// fail reports the first failure; the later ones follow from it.
func (e *Engine) fail(err error) {
	select {
	case e.failed <- err:
	default:
	}
}

func (e *Engine) stopAll(ctx context.Context) error {
	var errs []error
	if e.ui != nil {
		errs = append(errs, e.ui.stop(ctx))
	}
	if e.conn != nil {
		errs = append(errs, e.conn.Close())
	}
	if e.server != nil {
		errs = append(errs, stopServer(ctx, e.server))
	}
	return errors.Join(errs...)
}

func stopServer(ctx context.Context, server temporal.Server) error {
	stopped := make(chan error, 1)
	go func() { stopped <- server.Stop() }()
	select {
	case err := <-stopped:
		return err
	case <-ctx.Done():
		return fmt.Errorf("stopping the engine: %w", context.Cause(ctx))
	}
}
