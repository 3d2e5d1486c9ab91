package acceptance_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oapi-codegen/nullable"
	"github.com/stretchr/testify/require"

	"heraut/api/client"
	apnssim "heraut/simulator/apns"
	smtpsim "heraut/simulator/smtp"
)

// topic is the bundle id of the made-up self-service app.
const topic = "org.example.selfservice"

// site is one installation and what surrounds it: a mail sink as its relay,
// and an APNs.
type site struct {
	testing.TB

	api  *client.ClientWithResponses
	url  string
	data string
	// temporal is the address of the engine.
	temporal string
	sink     *smtpsim.Sink
	apns     *apnssim.Server

	// domain is where made-up people get their mail; local begins their
	// addresses, "p" unless told.
	domain, local string

	serving *process
	args    []string
	// running are further flags of every process, where there are several.
	running []string
}

// serve starts `heraut serve` in an empty folder, with a relay and a push
// certificate; more are further flags.
func serve(tb testing.TB, more ...string) *site {
	tb.Helper()
	s := surround(tb, smtpsim.Options{})
	s.serve(more...)
	return s
}

// surround starts what a site meets.
func surround(tb testing.TB, relay smtpsim.Options) *site {
	tb.Helper()
	s := &site{TB: tb, domain: "people.example"}
	var err error
	s.sink, err = smtpsim.New(relay)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, s.sink.Close()) })
	s.apns, err = apnssim.New(apnssim.Options{})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, s.apns.Close()) })
	return s
}

func (s *site) serve(more ...string) {
	s.Helper()
	if s.data == "" {
		s.data = filepath.Join(s.TempDir(), "data")
	}
	address := freeAddress(s)
	s.url, s.temporal = "http://"+address, freeAddress(s)
	s.args = append([]string{
		"serve", "--data", s.data, "--listen", address, "--public-url", s.url, "--temporal-listen", s.temporal,
		"--temporal-ui-listen", freeAddress(s), "--apns-url", s.apns.URL(), "--apns-ca", s.authority(), "--log-level", "warn",
	}, more...)
	s.startServe()
	s.connect(s.adminKey())
	s.furnish()
}

// authority is a file with the one that signed the APNs' certificate.
func (s *site) authority() string {
	s.Helper()
	path := filepath.Join(s.TempDir(), "apns.pem")
	require.NoError(s, os.WriteFile(path, s.apns.CAPEM(), 0o600))
	return path
}

// startServe starts the process, again after it has ended.
func (s *site) startServe() {
	s.Helper()
	s.serving = start(s, binary(s, full), s.args...)
	s.serving.ready(s.url + "/readyz")
}

func (s *site) adminKey() string {
	s.Helper()
	key, err := os.ReadFile(filepath.Join(s.data, "admin.key"))
	require.NoError(s, err)
	return strings.TrimSpace(string(key))
}

// connect makes the client for the API.
func (s *site) connect(key string) {
	s.Helper()
	var err error
	s.api, err = client.NewClientWithResponses(s.url, client.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+key)
		return nil
	}))
	require.NoError(s, err)
}

// furnish sets the relay, the push certificate and the organization.
func (s *site) furnish() {
	s.Helper()
	s.setMail(s.relay())
	certificate, key, err := s.apns.IssueCertificate(topic)
	require.NoError(s, err)
	ask(s, http.StatusOK, func() (*client.PutPushCertificateResponse, error) {
		return s.api.PutPushCertificateWithResponse(s.Context(), client.PushKindAlert, client.PushCertificatePut{
			CertificatePem: string(certificate), PrivateKeyPem: new(string(key)),
		})
	})
	s.setInvitations(client.InvitationSettingsPut{})
}

// relay are the settings for mail through the sink.
func (s *site) relay() client.MailSettingsPut {
	return client.MailSettingsPut{
		Mode: client.MailModeRelay, From: nullable.NewNullableWithValue("heraut@school.example"),
		Relay: relayAt(s.sink.Port()),
	}
}

// relayAt is a relay on this machine.
func relayAt(port int) nullable.Nullable[client.RelayPut] {
	return nullable.NewNullableWithValue(client.RelayPut{Host: "127.0.0.1", Port: &port, TLS: new(client.None)})
}

// bouncesAt has reports about bounces.example taken at an address.
func bouncesAt(listen string) nullable.Nullable[client.BouncesPut] {
	return nullable.NewNullableWithValue(client.BouncesPut{
		Domain: nullable.NewNullableWithValue("bounces.example"), Listen: nullable.NewNullableWithValue(listen),
	})
}

func (s *site) setMail(settings client.MailSettingsPut) {
	s.Helper()
	ask(s, http.StatusOK, func() (*client.PutMailSettingsResponse, error) {
		return s.api.PutMailSettingsWithResponse(s.Context(), nil, settings)
	})
}

// setInvitations sets what sends freeze: no reminders unless told, and no
// quiet hours at whatever hour the tests run.
func (s *site) setInvitations(settings client.InvitationSettingsPut) {
	s.Helper()
	settings.OrganizationName = new("School")
	settings.QuietHours = nullable.NewNullNullable[client.QuietHours]()
	if settings.Reminders == nil {
		settings.Reminders = &[]client.Reminder{}
	}
	ask(s, http.StatusOK, func() (*client.PutInvitationSettingsResponse, error) {
		return s.api.PutInvitationSettingsWithResponse(s.Context(), nil, settings)
	})
}
