//go:build !lean

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"heraut/engine"
	"heraut/internal/config"
	"heraut/internal/config/datadir"
	"heraut/internal/telemetry"
	"heraut/people"
	"heraut/worker"
)

func newServe() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run everything in one process: API, invitation pages, worker, Temporal server and UI",
		Example: "  heraut serve --demo\n" +
			"  heraut serve --data /var/lib/heraut --listen :443 --public-url https://heraut.example.org --tls-cert cert.pem --tls-key key.pem",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(cmd)
			if err != nil {
				return usageError{err}
			}
			return serve(cmd.Context(), c, cmd)
		},
	}
	config.Bind(cmd, "serve")
	return cmd
}

// serve runs until ctx ends. What was started is stopped in reverse order.
func serve(ctx context.Context, c config.Config, cmd *cobra.Command) (err error) {
	log, err := telemetry.NewLogger(cmd.ErrOrStderr(), c.LogLevel, c.LogFormat)
	if err != nil {
		return wrap(err, "making the log")
	}
	spareMemory()
	s := &allInOne{parts: newParts(c, log), cmd: cmd}
	defer func() {
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*c.StopTimeout)
		defer cancel()
		err = errors.Join(err, s.close(grace))
	}()
	if err := s.open(ctx); err != nil {
		return err
	}
	return s.run(ctx)
}

// garbageShare is how much garbage may lie in the heap, in percent of what is
// used: the engine makes much of it, and a third of Go's usual share keeps
// 70 MB free for a tenth more work (heraut bench mail).
const garbageShare = 35

// spareMemory leaves the choice to whoever set GOGC.
func spareMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbageShare)
	}
}

// allInOne is the one process of `heraut serve`.
type allInOne struct {
	*parts
	cmd    *cobra.Command
	folder *datadir.Folder
	engine *engine.Engine
	http   net.Listener
	demo   *demo // nil without --demo
	// firstLinkPath is the file with the link for the first administrator;
	// empty once somebody can sign in.
	firstLinkPath string
}

// open takes the data folder and starts everything but the work.
func (s *allInOne) open(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		s.openFolder, s.openStore, s.migrate, s.listen, s.playDemo, s.startEngine, s.dial, s.firstKey, s.firstLink,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *allInOne) openFolder(context.Context) error {
	folder, err := datadir.Open(s.config.Data, s.config.Demo)
	if err != nil {
		return wrap(err, "opening the data folder")
	}
	s.folder = folder
	s.onClose(func(context.Context) error { return folder.Close() })
	if err := refuseLostKeys(&s.config); err != nil {
		return err
	}
	s.keys, err = loadOrCreateKeys(s.config.SecretsPath())
	return err
}

func (s *allInOne) migrate(ctx context.Context) error {
	return wrap(s.store.Migrate(ctx), "bringing the database up to date")
}

// listen takes the address early: the demo's links and the UI's codec need it.
func (s *allInOne) listen(ctx context.Context) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.config.Listen)
	if err != nil {
		return inUse(fmt.Errorf("listening at %s: %w", s.config.Listen, err), "--listen")
	}
	s.http = l
	s.onClose(func(context.Context) error {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	s.local = s.localURL()
	if s.config.Demo && s.config.PublicURL == "" {
		s.config.PublicURL = s.local
	}
	return nil
}

// codecURL is where the Temporal UI has payloads decoded. A browser sends the
// session's cookie to the UI's own host alone, and the UI is on loopback; a
// certificate, though, is for the public name.
func (s *allInOne) codecURL() string {
	if s.config.TLSCert != "" && s.config.PublicURL != "" {
		return s.config.PublicURL + "/codec"
	}
	return s.localURL() + "/codec"
}

// inUse adds what to do about an address that another process has.
func inUse(err error, flag string) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w: stop what listens there, or name another address with %s", err, flag)
	}
	return err
}

// localURL is how this machine reaches the API.
func (s *allInOne) localURL() string {
	scheme := "http"
	if s.config.TLSCert != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(s.http.Addr().String())
	if err != nil || net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

func (s *allInOne) startEngine(ctx context.Context) error {
	e, err := engine.Start(ctx, engine.Options{
		Dir: s.config.Data, Listen: s.config.TemporalListen, UIListen: s.config.TemporalUIListen,
		Namespace: s.config.TemporalNamespace, Retention: s.config.TemporalRetention,
		SearchAttributes: worker.SearchAttributes(), CodecEndpoint: s.codecURL(), Logger: s.log,
	})
	if err != nil {
		return inUse(wrap(err, "starting the engine"), "--temporal-listen or --temporal-ui-listen")
	}
	s.engine, s.config.TemporalAddress = e, e.Address()
	s.onClose(e.Stop)
	return nil
}

// firstKey writes an admin API key beside the data at the first start.
func (s *allInOne) firstKey(ctx context.Context) error {
	page, err := s.store.ListKeys(ctx, people.Cursor{}, 1)
	if err != nil || len(page.Items) > 0 {
		return wrap(err, "looking for API keys")
	}
	_, secret, err := s.store.CreateKey(ctx, people.System("first start"), people.APIKey{Name: "admin", Role: people.Admin})
	if err != nil {
		return wrap(err, "making the first API key")
	}
	return wrap(s.folder.WriteSecret(config.KeyFile, []byte(secret+"\n")), "writing the first API key")
}

// run works and serves until ctx ends or the engine fails.
func (s *allInOne) run(ctx context.Context) error {
	h, err := s.makeHandler()
	if err != nil {
		return err
	}
	if err := s.startWorker(ctx); err != nil {
		return err
	}
	if err := s.greet(); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		select {
		case err := <-s.engine.Failed():
			stop(wrap(err, "the engine failed"))
		case <-ctx.Done():
		}
	}()
	if s.demo != nil {
		h = s.demo.begin(ctx, h)
	}
	err = s.serveHTTP(ctx, s.http, h)
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = errors.Join(err, cause)
	}
	return err
}

func (s *allInOne) makeHandler() (http.Handler, error) {
	spool, err := makeSpool(filepath.Join(s.config.Data, "uploads"))
	if err != nil {
		return nil, err
	}
	origin := ""
	if ui := s.engine.UIAddress(); ui != "" {
		origin = "http://" + ui
	}
	return s.handler(origin, spool)
}
