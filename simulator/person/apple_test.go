package person_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsbookssim "heraut/simulator/appsbooks"
	"heraut/simulator/person"
)

const (
	bookOrg = "De Esdoorn"
	invited = "a-1"
)

// apple starts Apps and Books with one invited user and gives the address at
// which that one accepts.
func apple(t *testing.T) (s *appsbookssim.Server, inviteURL string, roots *x509.CertPool) {
	t.Helper()
	s, err := appsbookssim.New(appsbookssim.Options{EventDelay: time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	roots = x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(s.CAPEM()))
	books := caller{t, s, roots, string(s.Token(bookOrg, time.Now().AddDate(1, 0, 0)))}
	books.call(http.MethodPost, "/users/create", `{"users":[{"clientUserId":"`+invited+`"}]}`, nil)
	var code string
	require.Eventually(t, func() bool {
		code = books.user().InviteCode
		return code != ""
	}, patient, interval)
	var config struct {
		URLs struct {
			InvitationEmail string `json:"invitationEmail"`
		} `json:"urls"`
	}
	books.call(http.MethodGet, "/service/config", "", &config)
	return s, strings.ReplaceAll(config.URLs.InvitationEmail, "%25inviteCode%25", code), roots
}

// caller is a management service.
type caller struct {
	t     *testing.T
	apple *appsbookssim.Server
	roots *x509.CertPool
	token string
}

func (c caller) call(method, path, body string, into any) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.apple.URL()+path, bytes.NewReader([]byte(body)))
	require.NoError(c.t, err)
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", "application/json")
	response, err := trusting(c.roots).Do(r)
	require.NoError(c.t, err)
	defer response.Body.Close()
	require.Equal(c.t, http.StatusOK, response.StatusCode)
	if into != nil {
		require.NoError(c.t, json.NewDecoder(response.Body).Decode(into))
	}
}

func (c caller) user() appsbookssim.User {
	var page struct{ Users []appsbookssim.User }
	c.call(http.MethodGet, "/users?clientUserId="+invited, "", &page)
	if len(page.Users) == 0 {
		return appsbookssim.User{}
	}
	return page.Users[0]
}

func TestPersonAcceptsWhatADeviceShows(t *testing.T) {
	s, inviteURL, roots := apple(t)
	books := caller{t, s, roots, string(s.Token(bookOrg, time.Now().AddDate(1, 0, 0)))}
	no, yes := accepts("No"), accepts("Yes")
	no.Plan.Intent = person.Decline
	crowd := wakeUp(t, person.Options{People: []person.Person{no, yes}, RootCAs: roots})
	defer func() { require.NoError(t, crowd.Close()) }()
	crowd.Prompt("No", inviteURL)
	crowd.Prompt("nobody", inviteURL)
	crowd.Prompt("Yes", "")
	require.Equal(t, "Registered", books.user().Status)
	for range 2 { // an iPad and a Mac
		crowd.Prompt("Yes", inviteURL)
	}
	require.Eventually(t, func() bool { return books.user().Status == "Associated" }, patient, interval)
}

func TestPersonAcceptsAtApple(t *testing.T) {
	for _, way := range []string{"from the device itself", "by a link", "by a button"} {
		t.Run(way, func(t *testing.T) {
			s, inviteURL, roots := apple(t)
			heraut := leadsTo(inviteURL)
			defer heraut.Close()
			link := map[string]string{
				"from the device itself": inviteURL, "by a link": heraut.URL + "/i/link", "by a button": heraut.URL + "/i/button",
			}[way]
			crowd := wakeUp(t, person.Options{People: []person.Person{accepts("1")}, RootCAs: roots})
			defer func() { require.NoError(t, crowd.Close()) }()
			crowd.Push("aa1", link)
			books := caller{t, s, roots, string(s.Token(bookOrg, time.Now().AddDate(1, 0, 0)))}
			require.Eventually(t, func() bool { return books.user().Status == "Associated" }, patient, interval)
		})
	}
}

// leadsTo serves invitation pages that lead on to Apple, by a link or a button.
func leadsTo(inviteURL string) *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /i/link", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `<a href="/help">Help</a><a href="%s">Sign in</a>`, html.EscapeString(inviteURL)) // the reader may be gone
	})
	mux.HandleFunc("GET /i/button", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `<form method="post"><button name="answer" value="accept">Sign in</button></form>`) // the reader may be gone
	})
	mux.HandleFunc("POST /i/button", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inviteURL, http.StatusSeeOther)
	})
	return httptest.NewServer(mux)
}

func trusting(roots *x509.CertPool) *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}}
}
