package devicesim_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsbookssim "heraut/simulator/appsbooks"
	devicesim "heraut/simulator/device"
	"heraut/simulator/person"
)

// books is a management service at the simulated Apps and Books.
type books struct {
	apple *appsbookssim.Server
	roots *x509.CertPool
	http  *http.Client
	token string
}

func newBooks(t *testing.T) *books {
	t.Helper()
	apple, err := appsbookssim.New(appsbookssim.Options{EventDelay: time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, apple.Close()) })
	b := &books{apple: apple, roots: x509.NewCertPool(), token: string(apple.Token("School", time.Now().AddDate(1, 0, 0)))}
	require.True(t, b.roots.AppendCertsFromPEM(apple.CAPEM()))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: b.roots, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	b.http = &http.Client{Transport: transport}
	return b
}

func (b *books) call(t *testing.T, method, path, body string, into any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.apple.URL()+path, bytes.NewBufferString(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+b.token)
	r.Header.Set("Content-Type", "application/json")
	response, err := b.http.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.NoError(t, json.NewDecoder(response.Body).Decode(into))
}

func (b *books) user(t *testing.T, id string) appsbookssim.User {
	t.Helper()
	var page struct{ Users []appsbookssim.User }
	b.call(t, http.MethodGet, "/users?clientUserId="+id, "", &page)
	if len(page.Users) == 0 {
		return appsbookssim.User{}
	}
	return page.Users[0]
}

// register makes a user and returns the URL of the invitation.
func (b *books) register(t *testing.T, id string) string {
	t.Helper()
	b.call(t, http.MethodPost, "/users/create", `{"users":[{"clientUserId":"`+id+`"}]}`, &struct{}{})
	var code string
	require.Eventually(t, func() bool {
		code = b.user(t, id).InviteCode
		return code != ""
	}, patient, interval)
	var config struct {
		URLs struct {
			InvitationEmail string `json:"invitationEmail"`
		} `json:"urls"`
	}
	b.call(t, http.MethodGet, "/service/config", "", &config)
	return strings.ReplaceAll(config.URLs.InvitationEmail, "%25inviteCode%25", code)
}

func TestWholePathFromEnrollmentToAcceptance(t *testing.T) {
	s, apple := newServer(t), newBooks(t)
	crowd, err := person.New(person.Options{
		People: []person.Person{
			{ID: "Els", Plan: person.Plan{Intent: person.Accept, After: time.Second}},
			{ID: "Jan", Plan: person.Plan{Intent: person.Decline, After: time.Second}},
		},
		Pace: 1000, RootCAs: apple.roots,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, crowd.Close()) })
	f := s.fleet(t, devicesim.FleetOptions{Shown: func(d *devicesim.Device, url string) { crowd.Prompt(d.Owner(), url) }})
	s.enroll(t, f, devicesim.Options{UDID: "U1", Owner: "Els"})
	s.enroll(t, f, devicesim.Options{UDID: "M1", Owner: "Els", Platform: devicesim.Mac, User: devicesim.User{ID: "A", ShortName: "els"}})
	s.enroll(t, f, devicesim.Options{UDID: "U2", Owner: "Jan"})

	invitations := map[string]string{"els": apple.register(t, "els"), "jan": apple.register(t, "jan")}
	var commands []string
	for id, who := range map[string]string{"U1": "els", "M1:A": "els", "U2": "jan"} {
		commands = append(commands, s.invite(t, id, invitations[who]))
	}
	for _, command := range commands {
		require.Equal(t, "Acknowledged", s.reports(t, command, 1)[0].text("InvitationResult"))
	}
	require.Eventually(t, func() bool { return apple.user(t, "els").Status == "Associated" }, patient, interval)
	require.Equal(t, "Registered", apple.user(t, "jan").Status, "who cancels stays registered")

	// The same invitation may be sent again, after a change of mind.
	require.NoError(t, apple.apple.Accept(apple.user(t, "jan").InviteCode, "jan@icloud.example"))
	again := s.invite(t, "U1", invitations["els"])
	require.Equal(t, "Acknowledged", s.reports(t, again, 1)[0].text("InvitationResult"), "devices show what they are given")
}
