package appsbooks_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	appsbookssim "heraut/simulator/appsbooks"
)

func TestRetryAfterHeader(t *testing.T) {
	for header, want := range map[string]time.Duration{
		"":                     0,
		"30":                   30 * time.Second,
		"-1":                   0,
		"soon":                 0,
		"99999999999":          24 * time.Hour,
		"99999999999999999999": 0,
		now.Add(90 * time.Second).Format(http.TimeFormat): 90 * time.Second,
		now.Add(-time.Minute).Format(http.TimeFormat):     0,
	} {
		require.Equal(t, want, appsbooks.RetryAfter(header, now), header)
	}
}

func TestRetryAfterKeepsEveryRequestBack(t *testing.T) {
	for name, header := range map[string]string{
		"seconds": "120",
		"date":    time.Now().UTC().Add(2 * time.Minute).Format(http.TimeFormat),
	} {
		p := newPlace(t, appsbookssim.Options{}, func(o *appsbooks.Options) { o.Patience = time.Second })
		p.client.SetServiceAge(0)
		p.script(t, appsbookssim.Rule{Path: "/users/create", Status: 503, Number: 9729, RetryAfter: header})
		_, err := p.client.CreateUsers(t.Context(), newUsers(1))
		e := asError(t, err)
		require.Equal(t, appsbooks.Retry, e.Class, name)
		require.InDelta(t, 120, e.RetryAfter.Seconds(), 5, name)
		asked := len(p.apple.Requests())
		_, err = p.client.EventStatus(t.Context(), "x")
		require.Equal(t, appsbooks.TemporarilyDown, asError(t, err).Number, name)
		_, err = p.client.Service(t.Context())
		require.NoError(t, err, "the older one serves on")
		require.Len(t, p.apple.Requests(), asked, "nothing more was asked")
	}
}

func TestTooManyRequestsBacksOff(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{}, func(o *appsbooks.Options) { o.Patience = 3 * time.Second })
	p.script(t, appsbookssim.Rule{Path: "/client/config", Count: 2, Status: 429, Number: 9646})
	start := time.Now()
	_, err := p.client.ClientConfig(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(start), 3*time.Second, "one second, then two")
	require.Equal(t, 3, p.paths("/client/config"))
}

func TestWhatTheClientRepeats(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{}, func(o *appsbooks.Options) { o.Patience = time.Minute })
	p.script(t,
		appsbookssim.Rule{Path: "/users/create", Count: 1, Status: 503, Number: 9729, RetryAfter: "1"},
		appsbookssim.Rule{Path: "/users/update", Count: 1, Break: appsbookssim.Reset, Taken: true})
	p.create(t, newUsers(1)...)
	require.Equal(t, 2, p.paths("/users/create"), "refused by number: not processed, asked again")
	_, err := p.client.UpdateUsers(t.Context(), []appsbooks.NewUser{{ClientUserID: "u-0000", Email: "a@example.org"}})
	require.Equal(t, appsbooks.Retry, asError(t, err).Class)
	require.Equal(t, []int{1, 1}, p.apple.Played())
	require.Zero(t, p.paths("/users/update"), "cut, and not sent again: the caller looks first")
	require.Eventually(t, func() bool { return p.apple.Users(org)[0].Email == "a@example.org" }, 5*time.Second, 5*time.Millisecond)
}

func TestTokenDoesNotFollowRedirects(t *testing.T) {
	other := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("followed to %s", r.URL.Path)
	}))
	defer other.Close()
	front := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/service/config" {
			_, _ = w.Write([]byte(`{"urls":{"clientConfig":"http://plain.example/config"},"limits":{"maxUsers":"many"}}`))
			return
		}
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	}))
	defer front.Close()
	client, err := appsbooks.NewClient(appsbooks.Token{Raw: "x"}, appsbooks.Options{
		MDM: appsbooks.MDMInfo{ID: "1", Name: "n", Metadata: "m"}, BaseURL: front.URL, Patience: -1,
		RootCAs: rootsOf(t, front),
	})
	require.NoError(t, err)
	_, err = client.ClientConfig(t.Context())
	require.Equal(t, 307, asError(t, err).Status, "and not to an address without TLS either")
	service, err := client.Service(t.Context())
	require.NoError(t, err)
	require.Equal(t, 100, service.Limits.Users)
}

func TestNewClientChecksItsOptions(t *testing.T) {
	mdm := appsbooks.MDMInfo{ID: "1", Name: "n", Metadata: "m"}
	token := appsbooks.Token{Raw: "x"}
	for _, address := range []string{"http://vpp.example", "vpp.example", "https://", "https://u:p@vpp.example", "https://vpp.example?x=1", ":"} {
		_, err := appsbooks.NewClient(token, appsbooks.Options{MDM: mdm, BaseURL: address})
		require.ErrorContains(t, err, "https://host:port", address)
	}
	_, err := appsbooks.NewClient(token, appsbooks.Options{})
	require.ErrorContains(t, err, "id, name and metadata")
	_, err = appsbooks.NewClient(appsbooks.Token{}, appsbooks.Options{MDM: mdm})
	require.Error(t, err)
	_, err = appsbooks.NewClient(token, appsbooks.Options{MDM: mdm})
	require.NoError(t, err)
}
