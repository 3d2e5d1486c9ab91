package console_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/mail"
	"heraut/office"
	"heraut/people"
	"heraut/push"
	"heraut/settings"
)

// outside is what lies outside of the house: Apple, mail servers, providers.
type outside struct {
	mu     sync.Mutex
	checks []settings.Check
	owner  string // who has claimed every location; empty: nobody
	asked  int    // how often the checks were made
}

func newOutside() *outside {
	return &outside{checks: []settings.Check{{Name: "database", OK: true, Detail: "The database answers."}}}
}

// find makes the checks find something else.
func (o *outside) find(checks ...settings.Check) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.checks = checks
}

func (o *outside) Check(context.Context) []settings.Check {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked++
	return slices.Clone(o.checks)
}

// desk changes the settings of the house, with real mail and certificates.
func (h *house) desk() office.Settings {
	return office.Settings{
		Store: h.store, Tokens: h.store, MailTester: h.outside, Certificates: h.outside, Apple: h.outside, MDMServers: h.outside, Providers: h.outside,
	}
}

// TestMail goes over real sockets.
func (*outside) TestMail(ctx context.Context, s settings.Mail, to string) ([]settings.Check, error) {
	var checks []settings.Check
	for _, step := range mail.Test(ctx, s, mail.Options{HELO: "heraut.example.org"}, to) {
		checks = append(checks, settings.Check{Name: step.Name, OK: step.OK, Detail: step.Detail})
	}
	return checks, nil
}

func (*outside) ReadCertificate(cert, key []byte, kind people.PushKind) (settings.PushCertificate, error) {
	c, err := push.ParseCertificate(cert, key, kind)
	return settings.PushCertificate{Topic: c.Topic, NotAfter: c.NotAfter, PEM: string(cert)}, err
}

// Read knows files of the form "token <organization>/<location>".
func (o *outside) Read(_ context.Context, file string) (settings.ContentToken, []byte, error) {
	place, ok := strings.CutPrefix(file, "token ")
	if !ok {
		return settings.ContentToken{}, nil, fault.Invalid(fault.Field{
			Pointer: "/token_file", Message: "This is not a content token: the file is not base64. Give the file as it was downloaded.",
		})
	}
	organization, location, _ := strings.Cut(place, "/")
	return settings.ContentToken{
		Organization: organization, Location: location, UID: "uid-" + location, ExpiresAt: time.Date(2030, 11, 8, 0, 0, 0, 0, time.UTC),
	}, []byte(file), nil
}

func (o *outside) Claim(ctx context.Context, secret []byte, takeOver bool) (settings.ContentToken, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.owner != "" && !takeOver {
		f := fault.New(fault.Conflict, "Another service has claimed this location: "+o.owner+".")
		f.Details = map[string]any{"owner": settings.LocationOwner{Name: o.owner}}
		return settings.ContentToken{}, f
	}
	t, _, err := o.Read(ctx, string(secret))
	t.ClaimedByUs = true
	return t, err
}

const goodMDM, goodIssuer = "https://mdm.example.org", "https://id.example.org"

func (*outside) CheckMDM(_ context.Context, set settings.MDMServer, _ settings.MDMSecrets) error {
	if set.URL != goodMDM {
		return fault.Invalid(fault.Field{Pointer: "/url", Message: "The server does not answer."})
	}
	return nil
}

func (*outside) CheckOIDC(_ context.Context, set settings.OIDC) error {
	if set.Issuer != goodIssuer {
		return fault.Invalid(fault.Field{Pointer: "/issuer", Message: "Discovery failed."})
	}
	return nil
}

func (*outside) RedirectURL() string { return "https://heraut.example.org/oidc/callback" }

// signInURL is the address of a one-time link.
func signInURL(token string) string { return "https://heraut.example.org/set-passphrase#" + token }

// sendFiles posts a form with files: pairs of a field and its value, files marked
// by "@" before the field's name.
func (h *house) sendFiles(path string, pairs ...string) answer {
	h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i < len(pairs); i += 2 {
		name, isFile := strings.CutPrefix(pairs[i], "@")
		if !isFile {
			require.NoError(h.t, form.WriteField(name, pairs[i+1]))
			continue
		}
		w, err := form.CreateFormFile(name, "file.txt")
		require.NoError(h.t, err)
		_, err = w.Write([]byte(pairs[i+1]))
		require.NoError(h.t, err)
	}
	require.NoError(h.t, form.Close())
	return h.body(http.MethodPost, path, &body, "Content-Type", form.FormDataContentType())
}

// secret is what is kept beside a setting.
func (h *house) secret(name string) string {
	h.t.Helper()
	secret, err := h.store.SettingSecret(h.t.Context(), name)
	require.NoError(h.t, err)
	return string(secret)
}

// nowhere holds that no page that a person of any role can open shows a text.
func (h *house) nowhere(text string, paths ...string) {
	h.t.Helper()
	for _, role := range []people.Role{people.Viewer, people.Operator, people.Admin} {
		h.become(role)
		for _, path := range paths {
			require.NotContains(h.t, h.get(path).text, text, "%s by %s", path, role)
		}
	}
	require.NotContains(h.t, h.log.String(), text)
}
