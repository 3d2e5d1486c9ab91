package acceptance_test

import (
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	appsbookssim "heraut/simulator/appsbooks"
)

// Where Apple can call, acceptances are known at once, though Heraut asks
// once an hour: doubled, forged, lost and late notifications change nothing but
// when.
func TestAppleNotifiesOfAcceptances(t *testing.T) {
	t.Parallel()
	var m *managed
	front := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		site, err := url.Parse(m.url)
		require.NoError(t, err)
		r.SetURL(site)
		r.Out.Host = r.In.Host
	}})
	t.Cleanup(front.Close)
	roots := x509.NewCertPool()
	roots.AddCert(front.Certificate())
	m = newManaged(t, appsbookssim.Options{NotifyRoots: roots})
	m.serve(append(m.atApple(), "--public-url", front.URL, "--ask-apple-every", "1h")...)
	m.entrust()
	everyone, group := m.people(5, all(byMail))
	send := m.invite(toGroup(group))
	eventually(t, func() bool { return m.send(send.ID).Counts.Sent == len(everyone) }, "all are invited")

	require.NoError(t, m.books.SetScript(appsbookssim.Script{Notifications: []appsbookssim.NotifyRule{
		{Type: "USER_ASSOCIATED", Count: 1, Do: appsbookssim.Double},
		{Type: "USER_ASSOCIATED", Count: 1, Do: appsbookssim.Forge},
		{Type: "USER_ASSOCIATED", Count: 1, Do: appsbookssim.Lose},
		{Type: "USER_ASSOCIATED", Count: 1, Do: appsbookssim.Late},
	}}))
	codes := m.books.Users(org)
	accept := func(i int) {
		require.NoError(t, m.books.Accept(codes[i].InviteCode, codes[i].ClientUserID+"@icloud.example"))
	}
	accept(0)
	m.enrolled(1)
	accept(1)
	eventually(t, func() bool { return m.refusedNotifications() > 0 }, "a forged notification is refused")
	accept(2)
	accept(3)
	accept(4)
	m.enrolled(5)
	m.settled(send.ID)
	require.Equal(t, 5, m.send(send.ID).Counts.Accepted)
	m.check([]string{send.ID})
}

// enrolled waits until that many are.
func (m *managed) enrolled(n int) {
	m.Helper()
	var listed []client.Enrollment
	eventually(m, func() bool {
		listed = m.enrollments()
		return len(listed) == n
	}, "%d are enrolled", n)
}

// refusedNotifications counts those that Heraut did not take for Apple's.
func (m *managed) refusedNotifications() (n int) {
	for _, told := range m.books.Notifications() {
		if told.Status == http.StatusUnauthorized {
			n++
		}
	}
	return n
}
