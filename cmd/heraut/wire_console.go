package main

import (
	"context"
	"net/http"

	"heraut/api"
	"heraut/console"
	desk "heraut/office" // tests of this package have an office of their own
	"heraut/settings"
)

// console makes the administrator's pages.
func (p *parts) console(uiOrigin, spool string, imports *importer) (*console.Console, error) {
	set, err := p.settingsDesk()
	if err != nil {
		return nil, err
	}
	c, err := console.New(console.Dependencies{
		Log: p.log, IPExtractor: api.IPExtractor(p.config.TrustedProxies), Demo: p.config.Demo, Stopped: p.stopping,
		UIOrigin: uiOrigin, Namespace: p.config.TemporalNamespace,
		Importer: imports, Spool: spool, Links: p.enrollmentLinks(),
		Directories: desk.Directories{Store: p.store, Servers: directories{p}, Engine: p.patient, Later: p.leftToSchedule},
		SignIn:      p.signin(), Organization: p.consoleOrganization, Store: p.store,
		Settings: set, SignInLinks: desk.SignInLinks{Store: p.store, URL: p.signInURL}, Preflight: preflight{p, &contentCheck{parts: p}},
		Plans: gatedPlans{p.store, p}, Office: desk.Office{Engine: p.patient, Starts: p.store, HasContent: p.hasContent, Later: p.leftToReconcile},
	})
	return c, wrap(err, "making the console")
}

// enrollmentLinks makes links by which people enroll their devices.
func (p *parts) enrollmentLinks() desk.Links {
	return desk.Links{PublicURL: p.config.PublicURL, Secrets: p.keys, Store: p.store, MDM: func(ctx context.Context) (settings.MDMServer, error) {
		server, _, err := p.settings.mdmServer(ctx)
		return server, err
	}}
}

// settingsDesk changes the settings for the console, as the API does.
func (p *parts) settingsDesk() (desk.Settings, error) {
	mails, err := mailOptions(p.config, p.log)
	return desk.Settings{
		Store: p.store, Tokens: p.store, MailTester: mailTester{mails}, Certificates: certificates{}, Apple: contentToken{p},
		MDMServers: mdmServers{p}, Providers: identityProviders{p},
	}, err
}

// consoleOrganization is the organization as the console's pages name it.
func (p *parts) consoleOrganization(ctx context.Context) (console.Organization, error) {
	o, err := p.settings.organization(ctx)
	return console.Organization{Name: o.Name, Language: o.Language, Location: o.Location}, err
}

func (p *parts) hasContent(ctx context.Context) (bool, error) {
	o, err := p.settings.organization(ctx)
	return !o.AcceptsHere, err
}

func (p *parts) leftToReconcile(ctx context.Context, step string, err error) {
	p.log.WarnContext(ctx, "left to Reconcile", "step", step, "error", err)
}

func (p *parts) leftToSchedule(ctx context.Context, step string, err error) {
	p.log.WarnContext(ctx, "left to the schedule", "step", step, "error", err)
}

// anySession tells whether a browser has a session of the console or of an API
// key that lets it read what the engine keeps.
func anySession(valid ...func(*http.Request) bool) func(*http.Request) bool {
	return func(r *http.Request) bool {
		for _, v := range valid {
			if v(r) {
				return true
			}
		}
		return false
	}
}
