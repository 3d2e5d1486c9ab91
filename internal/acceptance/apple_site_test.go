package acceptance_test

import (
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/oapi-codegen/nullable"
	"github.com/stretchr/testify/require"

	"heraut/api/client"
	appsbookssim "heraut/simulator/appsbooks"
	devicesim "heraut/simulator/device"
	personsim "heraut/simulator/person"
)

const (
	// org is the organization that the content token is of.
	org = "School"
	// mdmTopic is that of its MDM push certificate.
	mdmTopic = "com.apple.mgmt.External.school"
)

// managed is a site with a content token: what surrounds it includes Apps and
// Books, and devices that enroll with it. Its processes may be killed.
type managed struct {
	*killer

	books *appsbookssim.Server
	fleet *devicesim.Fleet
	// owners are the people at the devices.
	owners *personsim.Crowd
	shown  showcase
}

// serveManaged is serve for a site with a content token.
func serveManaged(tb testing.TB) *managed {
	tb.Helper()
	m := newManaged(tb, appsbookssim.Options{})
	m.serve(m.asking()...)
	m.entrust()
	return m
}

// newManaged starts what such a site meets. Apple notifies nobody, unless the
// site is on https.
func newManaged(tb testing.TB, apple appsbookssim.Options) *managed {
	tb.Helper()
	m := &managed{killer: newKiller(tb)}
	var err error
	apple.EventDelay = 50 * time.Millisecond
	m.books, err = appsbookssim.New(apple)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, m.books.Close()) })
	roots := x509.NewCertPool()
	require.True(tb, roots.AppendCertsFromPEM(m.books.CAPEM()))
	m.owners, err = personsim.New(personsim.Options{RootCAs: roots, Stranger: func(id string) personsim.Person {
		return personsim.Person{ID: id, Account: id + "@icloud.example", Plan: personsim.Plan{Intent: personsim.Accept}}
	}})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, m.owners.Close()) })
	m.fleet = devicesim.NewFleet(devicesim.FleetOptions{APNs: m.apns, Keys: 2, Shown: m.shown.add})
	tb.Cleanup(func() { require.NoError(tb, m.fleet.Close()) })
	return m
}

// atApple are the flags of every process that asks Apple.
func (m *managed) atApple() []string {
	m.Helper()
	authority := filepath.Join(m.TempDir(), "appsbooks.pem")
	require.NoError(m, os.WriteFile(authority, m.books.CAPEM(), 0o600))
	return []string{"--appsbooks-url", m.books.URL(), "--appsbooks-ca", authority}
}

// asking are the flags of a process that looks every second.
func (m *managed) asking() []string { return append(m.atApple(), "--ask-apple-every", "1s") }

// entrust installs the content token and the MDM push certificate.
func (m *managed) entrust() {
	m.Helper()
	m.installToken(m.books.Token(org, time.Now().AddDate(1, 0, 0)))
	certificate, key, err := m.apns.IssueCertificate(mdmTopic)
	require.NoError(m, err)
	m.putMDMCertificate(string(certificate), string(key))
}

func (m *managed) installToken(file []byte) {
	m.Helper()
	ask(m, http.StatusOK, func() (*client.PutContentTokenResponse, error) {
		return m.api.PutContentTokenWithResponse(m.Context(), client.ContentTokenPut{TokenFile: new(string(file))})
	})
}

// uid is Apple's id of the installed location.
func (m *managed) uid() string {
	m.Helper()
	installed := ask(m, http.StatusOK, func() (*client.GetContentTokenResponse, error) {
		return m.api.GetContentTokenWithResponse(m.Context(), nil)
	})
	return installed.JSON200.UID
}

func (m *managed) putMDMCertificate(certificate, key string) {
	m.Helper()
	ask(m, http.StatusOK, func() (*client.PutPushCertificateResponse, error) {
		return m.api.PutPushCertificateWithResponse(m.Context(), client.PushKindMdm, client.PushCertificatePut{
			CertificatePem: certificate, PrivateKeyPem: &key,
		})
	})
}

// buy puts licenses of theApp into the library, and waits until Heraut knows.
func (m *managed) buy(seats int) {
	m.Helper()
	m.books.AddAsset(org, appsbookssim.Asset{AdamID: theApp, Total: seats})
	eventually(m, func() bool { return m.asset(theApp).Total > 0 }, "the app is listed")
}

// asset is an app or a book as Heraut knows it; the zero asset when it does not.
func (m *managed) asset(adamID string) client.ContentAsset {
	m.Helper()
	for _, a := range ask(m, http.StatusOK, func() (*client.ListContentResponse, error) {
		return m.api.ListContentWithResponse(m.Context(), &client.ListContentParams{Limit: new(most)})
	}).JSON200.Items {
		if a.AdamID == adamID {
			return a
		}
	}
	return client.ContentAsset{}
}

// promise gives a group apps and books; whoever is enrolled gets them.
func (m *managed) promise(group string, adamIDs ...string) {
	m.Helper()
	put := client.ContentSetPut{Items: []client.ContentRef{}}
	for _, id := range adamIDs {
		put.Items = append(put.Items, client.ContentRef{AdamID: id})
	}
	ask(m, http.StatusOK, func() (*client.PutGroupContentResponse, error) {
		return m.api.PutGroupContentWithResponse(m.Context(), group, put)
	})
}

// contentTasks are the active and the completed tasks about content.
func (m *managed) contentTasks() []client.Task {
	m.Helper()
	active := walk(func(cursor *client.Cursor) ([]client.Task, nullable.Nullable[client.NextCursor]) {
		page := ask(m, http.StatusOK, func() (*client.ListActiveTasksResponse, error) {
			return m.api.ListActiveTasksWithResponse(m.Context(), &client.ListActiveTasksParams{Limit: new(most), Cursor: cursor})
		}).JSON200
		return page.Items, page.NextCursor
	})
	completed := walk(func(cursor *client.Cursor) ([]client.Task, nullable.Nullable[client.NextCursor]) {
		page := ask(m, http.StatusOK, func() (*client.ListCompletedTasksResponse, error) {
			return m.api.ListCompletedTasksWithResponse(m.Context(), &client.ListCompletedTasksParams{Limit: new(most), Cursor: cursor})
		}).JSON200
		return page.Items, page.NextCursor
	})
	var tasks []client.Task
	for _, task := range append(active, completed...) {
		if task.Kind == client.TaskKindContent {
			tasks = append(tasks, task)
		}
	}
	return tasks
}
