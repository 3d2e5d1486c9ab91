package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"heraut/api"
	"heraut/internal/codec"
	"heraut/portal"
	"heraut/scim"
)

// handler is everything that Heraut serves over HTTP: the API, the console's
// pages, the portal below /i/ and /enroll, the MDM server below /mdm, SCIM below
// /scim/v2, and the codec of the Temporal UI below /codec.
func (p *parts) handler(uiOrigin, spool string) (http.Handler, error) {
	imports, err := p.startImporter(spool)
	if err != nil {
		return nil, err
	}
	rest, err := p.rest(uiOrigin, spool, imports)
	if err != nil {
		return nil, err
	}
	payloads, err := codec.NewPayloadCodec(p.keys)
	if err != nil {
		return nil, wrap(err, "making the codec")
	}
	admins, err := p.console(uiOrigin, spool, imports)
	if err != nil {
		return nil, err
	}
	sessions := api.Sessions{Secrets: p.keys, Keys: p.store}
	decode := codec.Handler(payloads, uiOrigin, anySession(sessions.Valid, admins.Valid))
	builtIn := &builtInMDM{parts: p}
	pages, devices, providers := p.portal(builtIn), p.mdmHandler(builtIn), p.scimHandler()
	// By hand, for a ServeMux would clean paths before the API sees them.
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/i/"), r.URL.Path == "/enroll", strings.HasPrefix(r.URL.Path, "/enroll/"):
			pages.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, mdmPrefix):
			devices.ServeHTTP(w, r)
		case scim.Owns(r.URL.Path):
			providers.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/codec/"):
			decode.ServeHTTP(w, r)
		case admins.Owns(r.URL.Path):
			admins.ServeHTTP(w, r)
		default:
			rest.ServeHTTP(w, r)
		}
	}), nil
}

func (p *parts) rest(uiOrigin, spool string, imports *importer) (http.Handler, error) {
	mails, err := mailOptions(p.config, p.log)
	if err != nil {
		return nil, err
	}
	o := api.Options{TrustedProxies: p.config.TrustedProxies, Observe: p.metrics.Request}
	if p.traces != nil {
		o.Trace = p.traces.Request
	}
	h, err := api.New(api.Dependencies{
		Log: p.log, Secrets: p.keys, Secure: strings.HasPrefix(p.config.PublicURL, "https://"), Spool: spool, UIOrigin: uiOrigin,
		Metrics: p.metrics.Handler(), Database: p.store, Engine: p.patient, Stopping: p.stopping, People: p.store,
		Plans: gatedPlans{p.store, p}, Sends: p.store, Invitations: p.store, Enrollments: p.store, Bulk: p.store,
		Keys: p.store, SCIMClients: p.store, Audit: p.store, Settings: p.store, Idempotency: p.store, Imports: p.store,
		Importer: imports, MailTester: mailTester{mails}, Certificates: certificates{},
		ContentToken: contentToken{p}, ContentTokens: p.store, MDMServers: mdmServers{p}, Content: p.store, Preflight: preflight{p, &contentCheck{parts: p}},
		PublicURL: p.config.PublicURL, EnrollmentLinks: p.store,
		Notifications:  notifications{p.keys, p.store, p.patient, p.log},
		Administrators: p.store, OIDC: identityProviders{p}, SignInURL: p.signInURL,
		Directories: p.store, DirectoryServers: directories{p},
	}, o)
	return h, wrap(err, "making the API")
}

func (p *parts) portal(builtIn *builtInMDM) http.Handler {
	e := echo.New()
	e.IPExtractor = api.IPExtractor(p.config.TrustedProxies)
	portal.New(portal.Dependencies{
		Invitations: portalInvitations{p.store, p}, Links: links{p.keys, p.config.PublicURL}, Workflows: p.patient,
		Apple: p.apple, Enrollment: enrollment{store: p.store, settings: p.settings, keys: p.keys, make: builtIn.profile},
		Organization: p.settings.organization, Logo: p.settings.logo, Log: p.log,
	}).Register(e)
	return e
}

// serveHTTP serves until ctx ends, and stops as stopHTTP does.
func (p *parts) serveHTTP(ctx context.Context, l net.Listener, h http.Handler) error {
	// No WriteTimeout: uploads and answers may take long, and every dependency
	// has a limit of its own.
	server := &http.Server{
		Handler: draining{h, p.stopping}, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(p.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- p.accept(server, l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving HTTP: %w", err)
	case <-ctx.Done():
	}
	err := p.stopHTTP(ctx, server)
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return wrap(err, "stopping HTTP")
}

func (p *parts) accept(server *http.Server, l net.Listener) error {
	if p.config.TLSCert != "" {
		return server.ServeTLS(l, p.config.TLSCert, p.config.TLSKey)
	}
	return server.Serve(l)
}

// makeSpool makes the folder for uploads.
func makeSpool(path string) (string, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("making the folder for uploads: %w", err)
	}
	return path, nil
}
