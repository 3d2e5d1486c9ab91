// Package temporalcluster gives tests a Temporal server in a process of its
// own, on PostgreSQL: what `heraut api` and `heraut worker` meet in production.
// The server is built from the module that engine links, so the versions are
// the same.
package temporalcluster

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"google.golang.org/protobuf/types/known/durationpb"

	"heraut/internal/testkit"
)

// Namespace is the one that is registered.
const Namespace = "default"

// retention is how long the namespace keeps closed runs.
const retention = 24 * time.Hour

// patience bounds a stop on a busy machine.
const patience = 90 * time.Second

// Cluster is a running Temporal server.
type Cluster struct {
	address string
	binary  string
	process *testkit.Process
	config  settings
	dir     string // of the process
}

// Start builds the server's own main package, sets up its two databases,
// starts it, registers the namespace, and waits until workflows can run. It
// ends with the test. The first build on a machine takes minutes.
func Start(tb testing.TB) *Cluster {
	tb.Helper()
	binary, err := build(tb.Context())
	if err != nil {
		tb.Fatalf("building the Temporal server: %v", err)
	}
	config, err := newSettings(testkit.Postgres(tb), testkit.Postgres(tb))
	if err != nil {
		tb.Fatalf("configuring the Temporal server: %v", err)
	}
	if err := setUpSchemas(config); err != nil {
		tb.Fatalf("setting up the Temporal server's databases: %v", err)
	}
	c := &Cluster{address: loopback(config.Frontend.GRPC), binary: binary, config: config}
	c.Restart(tb)
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := c.process.Stop(ctx); err != nil {
			tb.Errorf("stopping the Temporal server: %v", err)
		}
	})
	return c
}

// Kill ends the server as kill -9 does. Its databases stay.
func (c *Cluster) Kill(tb testing.TB) {
	tb.Helper()
	if err := errors.Join(c.process.Kill(), os.RemoveAll(c.dir)); err != nil {
		tb.Fatalf("killing the Temporal server: %v", err)
	}
}

// Restart starts the server after a Kill, at the same address, and waits until
// workflows can run.
func (c *Cluster) Restart(tb testing.TB) {
	tb.Helper()
	if err := c.run(); err != nil {
		tb.Fatalf("starting the Temporal server: %v", err)
	}
	if err := testkit.Await(c.process, c.ready); err != nil {
		tb.Fatalf("waiting for the Temporal server: %v", err)
	}
}

// Address is where clients connect, host:port.
func (c *Cluster) Address() string { return c.address }

// Output is what the server has logged so far.
func (c *Cluster) Output() string { return c.process.Output() }

func (c *Cluster) run() (err error) {
	if c.dir, err = os.MkdirTemp("", "heraut-temporal-"); err != nil {
		return err
	}
	file := filepath.Join(c.dir, "config.yaml")
	if err := c.config.write(file); err != nil {
		return err
	}
	c.process, err = testkit.Program{
		Path: c.binary, Args: []string{"--config-file", file, "--allow-no-auth", "start"}, Dir: c.dir, Signal: "TERM",
		Env: []string{"TEMPORAL_VERSION_CHECK_DISABLED=1"}, // nothing is sent to its makers
	}.Start()
	return err
}

// ready registers the namespace, which needs the frontend, and asks for its
// workflows, which needs every cache to know it.
func (c *Cluster) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := client.DialContext(ctx, client.Options{HostPort: c.address, Namespace: Namespace, Logger: silent{}})
	if err != nil {
		return err
	}
	defer conn.Close()
	service := conn.WorkflowService()
	_, err = service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: Namespace})
	if err != nil {
		_, err = service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace: Namespace, WorkflowExecutionRetentionPeriod: durationpb.New(retention),
		})
		if err != nil {
			return fmt.Errorf("registering the namespace: %w", err)
		}
	}
	_, err = conn.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: Namespace})
	return err
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// silent drops what a client logs: before the server is up, it can only
// complain.
type silent struct{}

var _ log.Logger = silent{}

// Debug implements log.Logger.
func (silent) Debug(string, ...any) {}

// Info implements log.Logger.
func (silent) Info(string, ...any) {}

// Warn implements log.Logger.
func (silent) Warn(string, ...any) {}

// Error implements log.Logger.
func (silent) Error(string, ...any) {}
