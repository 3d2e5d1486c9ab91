package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"heraut/invitation"
	"heraut/people"
	"heraut/push"
	"heraut/settings"
)

// preflight checks what a send needs, without sending anything.
type preflight struct {
	parts   *parts
	content *contentCheck
}

// Check implements api.Checker.
func (p preflight) Check(ctx context.Context) []settings.Check {
	return slices.Concat(
		[]settings.Check{p.publicURL(), p.mail(ctx), p.certificate(ctx, people.PushAlert), p.certificate(ctx, people.PushMDM), p.mdm(ctx)},
		p.content.check(ctx),
		[]settings.Check{
			p.database(ctx),
			answers("engine", "The engine answers.", p.parts.engine.Healthy(ctx)),
		},
	)
}

// database tells too when it was restored and nobody has let all go on.
func (p preflight) database(ctx context.Context) settings.Check {
	restored, err := p.parts.store.Restored(ctx)
	if err == nil && !restored.HeldSince.IsZero() {
		return settings.Check{Name: "database", Detail: "It was restored: bulk actions and licenses wait until `heraut restore --resume` lets them go on."}
	}
	return answers("database", "The database answers.", p.parts.store.Ping(ctx))
}

func answers(name, good string, err error) settings.Check {
	if err != nil {
		return settings.Check{Name: name, Detail: "It does not answer: " + err.Error()}
	}
	return settings.Check{Name: name, OK: true, Detail: good}
}

func (p preflight) publicURL() settings.Check {
	url := p.parts.config.PublicURL
	switch {
	case url == "":
		return settings.Check{Name: "public_url", Detail: "Set --public-url to the address at which people reach this server; without it nothing can be sent."}
	case !p.parts.config.Demo && !strings.HasPrefix(url, "https://"):
		return settings.Check{Name: "public_url", OK: true, Detail: "Invitations lead to " + url + ". Use https, so that links can not be read on the way."}
	}
	return settings.Check{Name: "public_url", OK: true, Detail: "Invitations lead to " + url + "."}
}

func (p preflight) mail(ctx context.Context) settings.Check {
	const name = "mail_route"
	m, err := p.parts.settings.mail(ctx)
	if err != nil {
		return settings.Check{Name: name, Detail: err.Error()}
	}
	if m.From == "" {
		return settings.Check{Name: name, Detail: "Mail is not set up: set its From address and how it leaves (PUT /v1/settings/mail)."}
	}
	good := "Mail leaves directly, on port 25 of each recipient's server; POST /v1/settings/mail/test tries it."
	if m.Mode == settings.MailRelay {
		good = fmt.Sprintf("Mail leaves through %s:%d; POST /v1/settings/mail/test tries it.", m.Relay.Host, m.Relay.Port)
	}
	return p.route(ctx, name, invitation.RouteMail, good)
}

// route tells whether a way out is known to be down.
func (p preflight) route(ctx context.Context, name string, route invitation.Route, good string) settings.Check {
	state, err := p.parts.store.RouteState(ctx, route)
	switch {
	case err != nil:
		return settings.Check{Name: name, Detail: err.Error()}
	case !state.DownSince.IsZero():
		return settings.Check{Name: name, Detail: fmt.Sprintf("Down since %s, tried again at %s: %s",
			state.DownSince.Format(time.RFC3339), state.NextProbeAt.Format(time.RFC3339), state.Reason)}
	}
	return settings.Check{Name: name, OK: true, Detail: good}
}

func (p preflight) certificate(ctx context.Context, kind people.PushKind) settings.Check {
	name, route := "push_certificate_"+string(kind), invitation.RouteAlert
	if kind == people.PushMDM {
		route = invitation.RouteMDM
	}
	doc, key, err := p.parts.settings.certificate(ctx, kind)
	if err != nil {
		return settings.Check{Name: name, Detail: err.Error()}
	}
	if doc.PEM == "" {
		return p.noCertificate(ctx, name, kind)
	}
	certificate, err := push.ParseCertificate([]byte(doc.PEM), key, kind)
	if err != nil {
		return settings.Check{Name: name, Detail: err.Error()}
	}
	if days, warning := certificate.Expiry(time.Now()); warning != "" {
		return settings.Check{Name: name, OK: days > 0, Detail: warning, Soon: true}
	}
	check := p.route(ctx, name, route, fmt.Sprintf("The certificate for %s is valid until %s.", doc.Topic, doc.NotAfter.Format(time.DateOnly)))
	if check.OK && kind == people.PushMDM {
		check.Detail += p.noToken(ctx)
	}
	return check
}

func (p preflight) noCertificate(ctx context.Context, name string, kind people.PushKind) settings.Check {
	n, err := p.parts.store.PushChannels(ctx, kind)
	switch {
	case err != nil:
		return settings.Check{Name: name, Detail: err.Error()}
	case kind == people.PushMDM:
		return p.noMDMCertificate(ctx, name, n)
	case n > 0:
		return settings.Check{Name: name, Detail: fmt.Sprintf("%d devices can be reached by alert, and no certificate for it is installed (PUT /v1/settings/push/alert).", n)}
	}
	return settings.Check{Name: name, OK: true, Detail: "No certificate for alerts is installed; devices are invited by mail."}
}
