package api

import (
	"context"

	"heraut/office"
)

// handlers has a method for each operation of the contract. They neither know
// HTTP nor echo: errors are faults, roles and forms were checked before.
type handlers struct {
	d      Dependencies
	office office.Office
	// settings and signIn do what the console's pages do as well.
	settings    office.Settings
	signIn      office.SignInLinks
	directories office.Directories
}

var _ StrictServerInterface = (*handlers)(nil)

func newHandlers(d Dependencies) *handlers {
	h := &handlers{d: d}
	h.office = office.Office{Engine: d.Engine, Starts: d.Sends, HasContent: h.hasContent, Later: h.later}
	h.settings = office.Settings{
		Store: d.Settings, Tokens: d.ContentTokens, MailTester: d.MailTester, Certificates: d.Certificates, Apple: d.ContentToken,
		MDMServers: d.MDMServers, Providers: d.OIDC,
	}
	h.signIn = office.SignInLinks{Store: d.Administrators, URL: d.SignInURL}
	h.directories = office.Directories{Store: d.Directories, Servers: d.DirectoryServers, Engine: d.Engine, Later: h.later}
	return h
}

func (h *handlers) hasContent(ctx context.Context) (bool, error) {
	tokens, err := h.d.ContentTokens.ContentTokens(ctx)
	return len(tokens) > 0, err
}

func (h *handlers) later(ctx context.Context, step string, err error) {
	h.d.Log.WarnContext(ctx, "left to Reconcile", "step", step, "request_id", requestID(ctx), "error", err)
}
