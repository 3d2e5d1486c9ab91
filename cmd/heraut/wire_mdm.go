package main

import (
	"context"
	"net/http"
	"sync"
	"time"

	"heraut/content"
	"heraut/fault"
	"heraut/mdm"
	"heraut/mdm/external"
	"heraut/people"
	"heraut/settings"
	"heraut/store/mdmstore"
)

// challengeLife is how long a profile that was downloaded can be installed.
const challengeLife = 24 * time.Hour

// builtInMDM is the built-in MDM server. It is made when the first profile or
// the first device asks for it: most installations never need its authority.
type builtInMDM struct {
	parts *parts

	mu       sync.Mutex
	server   *mdm.Server
	profiles *mdm.Profiles
}

// deviceAuthority is the document of settings.NameDeviceAuthority; its key is
// the secret beside it.
type deviceAuthority struct {
	PEM string `json:"pem"`
}

// ServeHTTP serves devices.
func (b *builtInMDM) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	server, err := b.open(r.Context(), false)
	switch {
	case fault.Is(err, fault.NotFound):
		http.NotFound(w, r)
	case err != nil:
		b.parts.log.ErrorContext(r.Context(), "the MDM server can not be opened", "error", err)
		http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
	default:
		server.ServeHTTP(w, r)
	}
}

// open makes the server, and with create its authority where there is none.
func (b *builtInMDM) open(ctx context.Context, create bool) (*mdm.Server, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.server != nil {
		return b.server, nil
	}
	authority, err := openAuthority(ctx, b.parts, create)
	if err != nil {
		return nil, err
	}
	server, err := mdm.NewServer(mdm.Options{
		Authority: authority, Storage: mdmstore.New(b.parts.store), Challenges: b.parts.store, Certificates: b.parts.store,
		Ledger: mdmLedger{b.parts.store, b.parts.patient}, Logger: b.parts.log,
	})
	if err != nil {
		return nil, err
	}
	if b.profiles, err = mdm.NewProfiles(mdm.ProfileOptions{Authority: authority, URL: b.parts.config.PublicURL, Key: b.parts.keys.CommandKey()}); err != nil {
		return nil, err
	}
	b.server = server
	return server, nil
}

// openAuthority reads the authority that signs devices' certificates.
// fault.NotFound: there is none, and it is not to be made.
func openAuthority(ctx context.Context, p *parts, create bool) (*mdm.Authority, error) {
	var doc deviceAuthority
	version, err := p.store.Setting(ctx, settings.NameDeviceAuthority, &doc)
	if err == nil && version == 0 {
		if !create {
			return nil, fault.New(fault.NotFound, "No device was enrolled here yet.")
		}
		err = makeAuthority(ctx, p, &doc)
	}
	if err != nil {
		return nil, wrap(err, "reading the devices' authority")
	}
	key, err := p.store.SettingSecret(ctx, settings.NameDeviceAuthority)
	if err != nil {
		return nil, err
	}
	return mdm.ParseAuthority([]byte(doc.PEM), key)
}

// makeAuthority makes it once; of two processes that try, one does.
func makeAuthority(ctx context.Context, p *parts, doc *deviceAuthority) error {
	organization, err := p.settings.organization(ctx)
	if err != nil {
		return err
	}
	certPEM, keyPEM, err := mdm.NewCA(organization.Name)
	if err != nil {
		return err
	}
	doc.PEM = string(certPEM)
	none := int64(0)
	_, err = p.store.PutSetting(ctx, people.System("enrollment"), settings.NameDeviceAuthority, *doc, keyPEM, &none)
	if fault.Is(err, fault.PreconditionFailed) {
		_, err = p.store.Setting(ctx, settings.NameDeviceAuthority, doc)
	}
	return err
}

// profile implements makeProfile.
func (b *builtInMDM) profile(ctx context.Context, link people.EnrollmentLink, language string) ([]byte, error) {
	if _, err := b.open(ctx, true); err != nil {
		return nil, err
	}
	certificate, _, err := b.parts.settings.certificate(ctx, people.PushMDM)
	if err != nil {
		return nil, err
	}
	organization, err := b.parts.settings.organization(ctx)
	if err != nil {
		return nil, err
	}
	challenge, err := b.parts.store.CreateChallenge(ctx, link.UserID, link.ID, challengeLife)
	if err != nil {
		return nil, err
	}
	return b.profiles.Make(mdm.Enrollment{
		UserID: link.UserID, Topic: certificate.Topic, Challenge: content.Secret(challenge),
		Organization: organization.Name, Language: language,
	})
}

// mdmHandler serves the built-in MDM server's devices and an external one's
// webhook.
func (p *parts) mdmHandler(builtIn *builtInMDM) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", builtIn)
	mux.Handle(webhookPath, external.NewWebhook(p.settings.webhookSecret, mdmLedger{p.store, p.patient}, p.log))
	return mux
}

// mdmPrefix is below which devices and MDM servers talk to Heraut.
const (
	mdmPrefix   = "/mdm/"
	webhookPath = mdmPrefix + "webhook"
)
