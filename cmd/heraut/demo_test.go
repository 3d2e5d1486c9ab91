package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/internal/config"
	"heraut/internal/telemetry"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
	"heraut/simulator/school"
)

// demoParts are the parts of a demo that a demo's own start needs.
func demoParts(t *testing.T, data string) *parts {
	t.Helper()
	log, err := telemetry.NewLogger(io.Discard, "info", "text")
	require.NoError(t, err)
	p := newParts(config.Config{Data: data, Demo: true, DatabaseConnections: 4}, log)
	t.Cleanup(func() { require.NoError(t, p.close(context.WithoutCancel(t.Context()))) })
	p.keys, err = loadOrCreateKeys(p.config.SecretsPath())
	require.NoError(t, err)
	require.NoError(t, p.openStore(t.Context()))
	require.NoError(t, p.store.Migrate(t.Context()))
	withoutEngine(p)
	return p
}

// playDemo starts a demo, its simulators on free ports.
func playDemo(t *testing.T, data string) *demo {
	t.Helper()
	p := demoParts(t, data)
	anywhere := addresses{APNs: "127.0.0.1:0", SMTP: "127.0.0.1:0", Inbox: "127.0.0.1:0"}
	before := demo{folder: filepath.Join(data, demoFolder), state: demoStateFile{Addresses: anywhere}}
	if _, err := os.Stat(before.folder); err != nil {
		require.NoError(t, os.Mkdir(before.folder, 0o700))
		require.NoError(t, before.saveState())
	}
	d, err := startDemo(t.Context(), p, 1000)
	require.NoError(t, err)
	return d
}

func end(t *testing.T, d *demo) {
	t.Helper()
	require.NoError(t, d.parts.close(t.Context()))
	d.parts.closers = nil
}

func groupNamed(t *testing.T, d *demo, name string) people.Group {
	t.Helper()
	groups, err := d.groups(t.Context())
	require.NoError(t, err)
	for _, g := range groups {
		if g.Name == name {
			return g
		}
	}
	require.Fail(t, "no group "+name)
	return people.Group{}
}

func TestDemoMakesASchoolThatCanBeInvited(t *testing.T) {
	d := playDemo(t, t.TempDir())
	groups, err := d.groups(t.Context())
	require.NoError(t, err)
	require.Len(t, groups, 14)
	for _, g := range groups {
		require.True(t, g.ManagedDistribution, g.Name)
	}
	counts, err := d.parts.store.GroupCounts(t.Context(), groupNamed(t, d, "Medewerkers").ID, groupNamed(t, d, school.Name).ID)
	require.NoError(t, err)
	require.Equal(t, 24, counts[groupNamed(t, d, "Medewerkers").ID].Members)
	require.Equal(t, 300, counts[groupNamed(t, d, school.Name).ID].Members)

	plan, err := d.parts.store.CreatePlan(t.Context(), operatorKey, invitation.Request{
		GroupID: groupNamed(t, d, school.Eager).ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto,
	})
	require.NoError(t, err)
	require.Equal(t, 23, plan.Totals.Users)
	require.Empty(t, plan.Skipped, "everybody in the class can be reached")

	mails, texts, err := d.parts.settings.forMail(t.Context())
	require.NoError(t, err)
	require.Equal(t, settings.TLSNone, mails.Relay.TLS)
	require.Equal(t, school.Name, texts.OrganizationName)
	require.Nil(t, texts.QuietHours)
	certificate, key, err := d.parts.settings.certificate(t.Context(), people.PushAlert)
	require.NoError(t, err)
	require.Equal(t, demoTopic, certificate.Topic)
	_, err = tls.X509KeyPair([]byte(certificate.PEM), key)
	require.NoError(t, err)
}

func TestDemoStartsAgainWhereItEnded(t *testing.T) {
	data := t.TempDir()
	first := playDemo(t, data)
	ca, at := first.apns.CAPEM(), first.addresses()
	_, err := first.parts.store.UpdateGroup(t.Context(), operatorKey, groupNamed(t, first, "5B").ID, nil, func(g people.Group) (people.Group, error) {
		g.ManagedDistribution = false
		return g, nil
	})
	require.NoError(t, err)
	end(t, first)

	second := playDemo(t, data)
	require.Equal(t, ca, second.apns.CAPEM())
	require.Equal(t, at, second.addresses())
	require.False(t, groupNamed(t, second, "5B").ManagedDistribution, "what was changed stays")
	end(t, second)

	taken, err := net.Listen("tcp", at.SMTP)
	require.NoError(t, err)
	defer taken.Close()
	third := playDemo(t, data)
	require.NotEqual(t, at.SMTP, third.addresses().SMTP)
	mails, err := third.parts.settings.mail(t.Context())
	require.NoError(t, err)
	require.Equal(t, third.sink.Port(), mails.Relay.Port, "the relay follows the sink")
}

func TestDemoLeavesARelayOfOnesOwn(t *testing.T) {
	d := playDemo(t, t.TempDir())
	doc, err := d.parts.settings.mail(t.Context())
	require.NoError(t, err)
	doc.Relay.Host = "relay.example.org"
	require.NoError(t, d.put(t.Context(), settings.NameMail, doc, nil, nil))
	require.NoError(t, d.followSink(t.Context(), "127.0.0.1:1"))
	kept, err := d.parts.settings.mail(t.Context())
	require.NoError(t, err)
	require.Equal(t, "relay.example.org", kept.Relay.Host)
}

func TestDemoDiedWhileItWasFilled(t *testing.T) {
	data := t.TempDir()
	first := playDemo(t, data)
	first.state.Seeded = false
	require.NoError(t, first.saveState())
	end(t, first)
	second := playDemo(t, data)
	groups, err := second.groups(t.Context())
	require.NoError(t, err)
	require.Len(t, groups, 14)
}

func TestDemoPeopleReactToMailAndPush(t *testing.T) {
	answered := make(chan string, 10)
	pages := newAnswerPage(t, answered)
	d := playDemo(t, t.TempDir())
	pupils := d.school.PeopleIn(school.Eager)

	body := "Subject: x\r\n\r\nLog in:\r\n" + pages + "/i/mail\r\n"
	require.NoError(t, smtp.SendMail(d.sink.Addr(), nil, demoFrom, []string{pupils[0].Email}, []byte(body)))
	require.Equal(t, "/i/mail accept", receive(t, answered))

	sendAlert(t, d, d.school.DevicesOf(pupils[1].ID)[0].PushToken, pages+"/i/push")
	require.Equal(t, "/i/push accept", receive(t, answered))

	for path, want := range map[string]string{"/": pupils[0].Email, "/push/": "/i/push"} {
		status, page := get(t, "http://"+d.state.Addresses.Inbox+path, "")
		require.Equal(t, http.StatusOK, status)
		require.Contains(t, page, want)
	}
	status, _ := get(t, "http://"+d.state.Addresses.Inbox+"/", "elsewhere.example")
	require.Equal(t, http.StatusMisdirectedRequest, status)
}

// sendAlert sends an alert as Heraut does, with the certificate of the settings.
func sendAlert(t *testing.T, d *demo, token, link string) {
	t.Helper()
	certificate, key, err := d.parts.settings.certificate(t.Context(), people.PushAlert)
	require.NoError(t, err)
	pair, err := tls.X509KeyPair([]byte(certificate.PEM), key)
	require.NoError(t, err)
	ca, err := os.ReadFile(d.parts.config.APNsCA)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(ca))
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2: true,
	}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.parts.config.APNsURL+"/3/device/"+token,
		strings.NewReader(`{"aps":{"alert":{"title":"T","body":"B"}},"link":"`+link+`"}`))
	require.NoError(t, err)
	r.Header.Set("apns-push-type", "alert")
	response, err := transport.RoundTrip(r)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Equal(t, http.StatusOK, response.StatusCode)
}

func receive(t *testing.T, from <-chan string) string {
	t.Helper()
	select {
	case text := <-from:
		return text
	case <-time.After(time.Minute):
		require.Fail(t, "nobody answered")
		return ""
	}
}

func get(t *testing.T, url, host string) (status int, page string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	r.Host = host
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(content)
}

func TestDemoGreetsWithLinesToCopy(t *testing.T) {
	var out strings.Builder
	d := &demo{school: school.New(), state: demoStateFile{Addresses: defaultAddresses()}, simulators: &simulators{log: slog.Default()}}
	key := filepath.Join("heraut-demo", config.KeyFile)
	require.NoError(t, d.greet(&out, demoPlaces{api: "http://127.0.0.1:8080", adminKey: key, temporalUI: "http://127.0.0.1:8233/"}))
	require.NotContains(t, out.String(), "{people}")
	require.Contains(t, out.String(), "cat heraut-demo/admin.key")
	require.Contains(t, out.String(), "http://127.0.0.1:8025/push/")
	require.Equal(t, " --data x --server http://127.0.0.1:9", demoFlags(demoPlaces{api: "http://127.0.0.1:9", adminKey: "x/admin.key"}))
	require.Equal(t, "go run ./cmd/heraut", programName("/tmp/go-build1/b001/exe/heraut"))
	require.Equal(t, "bin/heraut", programName("bin/heraut"))
}
