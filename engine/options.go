package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/metrics"
)

// FileName is the name of the engine's file in its folder. SQLite keeps two
// more beside it while the engine runs, with -wal and -shm appended.
const FileName = "temporal.db"

// Defaults of Options.
const (
	DefaultListen    = "127.0.0.1:7233"
	DefaultNamespace = "default"
	DefaultRetention = 90 * 24 * time.Hour
	DefaultShards    = 4
)

// Options say how the engine runs.
type Options struct {
	// Required.

	// Dir is the folder for the engine's file. It must exist.
	Dir string

	// Optional.

	// Listen is where clients connect (default DefaultListen). Its host must
	// be loopback, for the engine has no sign-in. Port 0 takes a free one.
	Listen string
	// UIListen is where the Temporal UI listens, by the rules of Listen.
	// Empty: no UI.
	UIListen string
	// CodecEndpoint is the URL that the UI asks to decode payloads, without
	// its last part /decode. The browser sends its cookies along.
	CodecEndpoint string
	// Namespace is made at the first start (default DefaultNamespace).
	Namespace string
	// Retention is how long closed runs are kept (default DefaultRetention).
	// It is brought up to date at each start.
	Retention time.Duration
	// SearchAttributes are added to the namespace where it lacks them.
	SearchAttributes map[string]enumspb.IndexedValueType
	// Shards is the number of history shards (default DefaultShards). The
	// first start decides; later ones keep what the file has.
	Shards int32
	// Logger takes what the server logs (default slog.Default()).
	Logger *slog.Logger
	// LogLevel is the least level that is logged (default slog.LevelWarn).
	LogLevel slog.Leveler
	// Metrics takes the server's metrics (default: nothing does).
	Metrics metrics.Handler
	// DynamicConfig overrides settings of the server by their names, such as
	// "frontend.namespaceRPS".
	DynamicConfig map[string]any
	// FaultInjection makes the server's persistence fail, for tests.
	FaultInjection *config.FaultInjection
}

// withDefaults checks the options and fills in what was left out.
func (o Options) withDefaults() (Options, error) {
	o.Listen = orDefault(o.Listen, DefaultListen)
	o.Namespace = orDefault(o.Namespace, DefaultNamespace)
	o.Retention = orDefault(o.Retention, DefaultRetention)
	o.Shards = orDefault(o.Shards, DefaultShards)
	o.LogLevel = orDefault[slog.Leveler](o.LogLevel, slog.LevelWarn)
	o.Logger = orDefault(o.Logger, slog.Default())
	if o.Metrics == nil {
		o.Metrics = metrics.NoopMetricsHandler
	}
	if err := o.check(); err != nil {
		return Options{}, err
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return Options{}, fmt.Errorf("finding the engine's folder: %w", err)
	}
	o.Dir = dir
	return o, nil
}

func (o Options) check() error {
	if o.Dir == "" {
		return errors.New("the engine needs a folder for its file")
	}
	info, err := os.Stat(o.Dir)
	if err != nil {
		return fmt.Errorf("looking at the engine's folder: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("the engine's folder %s is not a folder", o.Dir)
	}
	if err := checkLoopback("the engine", o.Listen); err != nil {
		return err
	}
	if o.UIListen != "" {
		if err := checkLoopback("the Temporal UI", o.UIListen); err != nil {
			return err
		}
	}
	if strings.HasPrefix(o.Namespace, "temporal-") {
		return fmt.Errorf("the namespace %q is the server's own: take another name", o.Namespace)
	}
	return nil
}

// checkLoopback refuses addresses that other machines could reach.
func checkLoopback(what, address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("%s can not listen on %q: write host:port", what, address)
	}
	if ip := net.ParseIP(host); host == "localhost" || (ip != nil && ip.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("%s has no sign-in and listens on loopback only: take 127.0.0.1 in place of %q", what, host)
}

func orDefault[T comparable](value, fallback T) T {
	var zero T
	if value == zero {
		return fallback
	}
	return value
}
