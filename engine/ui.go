package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/temporalio/ui-server/v2/server/api"
	"github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/csrf"
	"github.com/temporalio/ui-server/v2/server/headers"
	"github.com/temporalio/ui-server/v2/server/route"
	"github.com/temporalio/ui-server/v2/ui"
)

// webUI serves the Temporal UI. It is put together from the UI server's parts:
// its own Start ends the process when the port is taken.
type webUI struct {
	address string
	server  *http.Server
	stopped chan struct{}
}

// startUI listens and serves. Failures later on go to failed.
func startUI(o Options, engineAddress string, failed func(error)) (*webUI, error) {
	handler, err := uiHandler(&config.Config{
		TemporalGRPCAddress: engineAddress,
		EnableUI:            true,
		DefaultNamespace:    o.Namespace,
		DisableNewsFetch:    true,                              // the browser would ask a host of the server's makers
		CORS:                config.CORS{CookieInsecure: true}, // plain HTTP, on loopback
		Codec:               config.Codec{Endpoint: o.CodecEndpoint, IncludeCredentials: o.CodecEndpoint != ""},
		HideLogs:            true,
	})
	if err != nil {
		return nil, fmt.Errorf("preparing the Temporal UI: %w", err)
	}
	listener, err := net.Listen("tcp", o.UIListen)
	if err != nil {
		return nil, fmt.Errorf("listening for the Temporal UI: %w", err)
	}
	u := &webUI{
		address: listener.Addr().String(),
		server: &http.Server{
			Handler:           loopbackHostOnly(handler),
			ReadHeaderTimeout: 10 * time.Second,
			IdleTimeout:       2 * time.Minute,
			ErrorLog:          slog.NewLogLogger(o.Logger.Handler(), slog.LevelWarn),
		},
		stopped: make(chan struct{}),
	}
	go func() {
		defer close(u.stopped)
		if err := u.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			failed(fmt.Errorf("serving the Temporal UI: %w", err))
		}
	}()
	return u, nil
}

// stop ends the UI: open requests until ctx ends, then all of them.
func (u *webUI) stop(ctx context.Context) error {
	err := u.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, u.server.Close())
	}
	<-u.stopped
	return err
}

func uiHandler(cfg *config.Config) (http.Handler, error) {
	provider, err := config.NewConfigProviderWithRefresh(cfg)
	if err != nil {
		return nil, err
	}
	e := echo.New()
	e.Use(middleware.Recover(), middleware.Gzip(), middleware.Secure(),
		csrf.EnsureTokenCookie(!cfg.CORS.CookieInsecure),
		middleware.CSRFWithConfig(csrf.MiddlewareConfig(provider, !cfg.CORS.CookieInsecure)))
	route.SetHealthRoute(e)
	forwarded := []api.Middleware{headers.WithForwardHeaders([]string{"Caller-Type"})}
	if err := route.SetAPIRoutes(e, provider, forwarded); err != nil {
		return nil, err
	}
	assets, err := ui.Assets()
	if err != nil {
		return nil, err
	}
	if assets, err = fs.Sub(assets, "local"); err != nil {
		return nil, err
	}
	if err := route.SetUIRoutes(e, "", assets); err != nil {
		return nil, err
	}
	route.SetRenderRoute(e, "")
	return e, nil
}

// loopbackHostOnly refuses requests that name another host than this machine:
// a web page elsewhere could otherwise point its own name here (DNS rebinding)
// and act on the engine, which has no sign-in.
func loopbackHostOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(r.Host); err == nil {
			host = name
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "The Temporal UI answers on this machine only.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
