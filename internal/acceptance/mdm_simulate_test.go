package acceptance_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	appsbookssim "heraut/simulator/appsbooks"
)

// Who tries Heraut out plays Apple in a process of its own: with its files a
// site is set up, a device enrolls by a link, is invited and accepts.
func TestSimulatedDevicesEnrollAtASite(t *testing.T) {
	t.Parallel()
	m := newManaged(t, appsbookssim.Options{})
	out := t.TempDir()
	apns, books := freeAddress(t), freeAddress(t)
	simulate := []string{
		"simulate", "--out", out, "--topic", mdmTopic, "--people", "--pace", "100",
		"--apns-listen", apns, "--appsbooks-listen", books, "--smtp-listen", freeAddress(t), "--inbox-listen", freeAddress(t),
	}
	at := func(name string) string { return filepath.Join(out, name) }
	read := func(name string) string {
		text, err := os.ReadFile(at(name))
		require.NoError(t, err)
		return string(text)
	}
	first := start(t, binary(t, full), simulate...)
	printed(t, first, "content token")
	m.serve(
		"--apns-url", "https://"+apns, "--apns-ca", at("apns-ca.pem"), "--ask-apple-every", "1s",
		"--appsbooks-url", "https://"+books+"/mdm/v2", "--appsbooks-ca", at("appsbooks-ca.pem"),
	)
	m.installToken([]byte(read("content-token.vpptoken")))
	m.putMDMCertificate(read("push-certificate.pem"), read("push-certificate.key"))
	p := m.one(bare)

	first.stop()
	start(t, binary(t, full), append(simulate, "--devices", "1", "--devices-profile", m.enrollmentLink(p.id).URL)...)
	eventually(t, func() bool {
		return slices.ContainsFunc(m.devicesOf(p.id), func(d client.Device) bool { return len(d.Push) == 1 && d.Push[0].Live })
	}, "the device enrolls")
	require.Equal(t, "SIM0000001", value(m.only(p.id).SerialNumber))
	plan := m.plan(toUser(p.id))
	require.Equal(t, client.ByChannel{Mdm: 1}, plan.ByChannel)
	m.settled(m.confirm(plan).ID)
	m.becomes(p.id, client.UserStateEnrolled)
}

// printed waits until a process has written a text.
func printed(t *testing.T, p *process, words string) {
	t.Helper()
	eventually(t, func() bool { return strings.Contains(p.program.Output(), words) }, "it prints %q", words)
}
