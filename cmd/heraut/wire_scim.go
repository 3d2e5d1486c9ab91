package main

import (
	"context"
	"net/http"

	"heraut/api"
	backoffice "heraut/office" // tests call their fixture office
	"heraut/scim"
	"heraut/settings"
)

// scimHandler serves identity providers.
func (p *parts) scimHandler() http.Handler {
	return scim.New(scim.Dependencies{
		Clients: p.store, Users: p.store, Groups: p.store, Log: p.log, PublicURL: p.config.PublicURL,
		Address: api.IPExtractor(p.config.TrustedProxies),
		Office: backoffice.Office{
			Engine: p.patient, Starts: p.store, HasContent: p.settings.hasContent,
			Later: func(ctx context.Context, step string, err error) {
				p.log.WarnContext(ctx, "left to Reconcile", "step", step, "error", err)
			},
		},
	}, scim.Options{Observe: p.metrics.Request})
}

// hasContent tells whether a content token is installed.
func (s storedSettings) hasContent(ctx context.Context) (bool, error) {
	var token settings.ContentToken
	version, err := s.store.Setting(ctx, settings.NameContentToken, &token)
	return version > 0, wrap(err, "reading the content token")
}
