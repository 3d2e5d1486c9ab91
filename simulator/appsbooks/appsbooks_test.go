package appsbookssim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	appsbookssim "heraut/simulator/appsbooks"
)

// fast are limits small enough to be met, and no limit of requests.
var fast = map[string]int{"maxRequestPerSecond": 100_000, "maxUsers": 2, "maxAssets": 2, "maxClientUserIds": 2, "maxSerialNumbers": 2, "maxRevokeClientUserIds": 1, "maxRevokeSerialNumbers": 1}

func TestServiceConfigNeedsNoToken(t *testing.T) {
	p := newPeer(t, appsbookssim.Options{})
	a := p.ask(t, "GET", "/service/config", "", func(r *http.Request) { r.Header.Del("Authorization") })
	require.Equal(t, 200, a.status)
	urls := at[map[string]any](t, a.body, "urls")
	require.Equal(t, p.URL()+"/users/create", urls["createUsers"])
	require.Contains(t, urls["invitationEmail"], "associateVPPUserWithITSAccount?inviteCode=%25inviteCode%25&mt=8")
	require.InDelta(t, 15, at[float64](t, a.body, "limits", "maxRequestPerSecond"), 0)
	require.Greater(t, len(at[[]any](t, a.body, "errorCodes")), 40)
}

func TestAnswersToWrongTokens(t *testing.T) {
	p := newPeer(t, appsbookssim.Options{Limits: fast})
	revoked := p.Token(org, time.Now().Add(time.Hour))
	p.RevokeToken(revoked)
	for header, number := range map[string]int{
		"": 9601, "Bearer nobody": 9601, "Bearer ": 9622, "Basic abc": 9622, p.token: 9622,
		"Bearer " + string(p.Token(org, time.Now().Add(-time.Second))): 9621,
		"Bearer " + string(revoked):                                    9625,
	} {
		a := p.ask(t, "GET", "/client/config", "", func(r *http.Request) { r.Header.Set("Authorization", header) })
		require.Equal(t, 401, a.status)
		require.Equal(t, number, a.number(), "%.20s", header)
	}
}

func TestRequestsThatAreRefused(t *testing.T) {
	p := newPeer(t, appsbookssim.Options{Limits: fast})
	p.AddAsset(org, appsbookssim.Asset{AdamID: "1", Total: 5})
	p.AddAsset(org, appsbookssim.Asset{AdamID: "2", Total: 5, Book: true})
	p.settle(t, "/users/create", `{"users":[{"clientUserId":"a"},{"clientUserId":"b"}]}`)
	const app, booklet = `{"adamId":"1","pricingParam":"STDQ"}`, `{"adamId":"2"}`
	for _, c := range []struct {
		method, path, body string
		status, number     int
	}{
		{"GET", "/users/create", "", 405, 9726},
		{"POST", "/users", "{}", 405, 9726},
		{"DELETE", "/users", "", 405, 9726},
		{"GET", "/nowhere", "", 400, 9602},
		{"POST", "/users/create", "{", 400, 9602},
		{"POST", "/users/create", `{"users":5}`, 400, 9602},
		{"POST", "/users/create", `{}`, 400, 9720},
		{"POST", "/users/create", `{"users":[{}]}`, 400, 9602},
		{"POST", "/users/create", `{"users":[{"clientUserId":"c"},{"clientUserId":"d"},{"clientUserId":"e"}]}`, 400, 9714},
		{"POST", "/users/create", `{"users":[{"clientUserId":"c"},{"clientUserId":"c"}]}`, 400, 9715},
		{"POST", "/users/create", `{"users":[{"clientUserId":"c","email":"none"}]}`, 400, 9717},
		{"POST", "/users/update", `{"users":[{"clientUserId":"c"}]}`, 400, 9609},
		{"POST", "/users/retire", `{"users":[{"clientUserId":"c"}]}`, 400, 9609},
		{"GET", "/users?pageIndex=1", "", 400, 9650},
		{"GET", "/users?pageIndex=-1", "", 400, 9650},
		{"GET", "/users?sinceVersionId=x", "", 400, 9721},
		{"GET", "/assignments?sinceVersionId=x", "", 400, 9721},
		{"GET", "/status?eventId=x", "", 400, 9708},
		{"POST", "/assets/associate", `{"clientUserIds":["a"]}`, 400, 9718},
		{"POST", "/assets/associate", `{"assets":[` + app + `]}`, 400, 9719},
		{"POST", "/assets/associate", `{"assets":[` + app + `,` + booklet + `,{"adamId":"3"}],"clientUserIds":["a"]}`, 400, 9700},
		{"POST", "/assets/associate", `{"assets":[` + app + `],"clientUserIds":["a","b","c"]}`, 400, 9701},
		{"POST", "/assets/associate", `{"assets":[` + app + `],"serialNumbers":["a","b","c"]}`, 400, 9702},
		{"POST", "/assets/associate", `{"assets":[` + app + `,` + app + `],"clientUserIds":["a"]}`, 400, 9703},
		{"POST", "/assets/associate", `{"assets":[` + app + `],"clientUserIds":["a","a"]}`, 400, 9704},
		{"POST", "/assets/associate", `{"assets":[` + app + `],"serialNumbers":["a","a"]}`, 400, 9705},
		{"POST", "/assets/associate", `{"assets":[` + app + `],"clientUserIds":["c"]}`, 400, 9609},
		{"POST", "/assets/associate", `{"assets":[{"adamId":"3"}],"clientUserIds":["a"]}`, 400, 9602},
		{"POST", "/assets/associate", `{"assets":[` + booklet + `],"serialNumbers":["s"]}`, 400, 9707},
		{"POST", "/assets/disassociate", `{"assets":[` + booklet + `],"clientUserIds":["a"]}`, 400, 9706},
		{"POST", "/assets/revoke", `{"clientUserIds":["a","b"]}`, 400, 9701},
		{"POST", "/client/config", `{"mdmInfo":{"id":"1","name":"n"}}`, 400, 9723},
		{"POST", "/client/config", `{"mdmInfo":{"id":"` + strings.Repeat("x", 101) + `","name":"n","metadata":"m"}}`, 400, 9724},
		{"POST", "/client/config", `{"mdmInfo":{"id":"1","name":"` + strings.Repeat("é", 101) + `","metadata":"m"}}`, 400, 9725},
		{"POST", "/client/config", `{"mdmInfo":{"id":"1","name":"n","metadata":"` + strings.Repeat("x", 256) + `"}}`, 400, 9713},
		{"POST", "/client/config", `{"notificationUrl":"https://a.example/x"}`, 400, 9710},
		{"POST", "/client/config", `{"notificationUrl":"https://a.example/` + strings.Repeat("x", 512) + `","notificationAuthToken":"t"}`, 400, 9711},
		{"POST", "/client/config", `{"notificationUrl":"http://a.example/x","notificationAuthToken":"t"}`, 400, 9712},
		{"POST", "/client/config", `{"notificationUrl":"https://127.0.0.1:1/x","notificationAuthToken":"t"}`, 400, 9728},
	} {
		a := p.ask(t, c.method, c.path, c.body)
		require.Equal(t, []int{c.status, c.number}, []int{a.status, a.number()}, "%s %s %s", c.method, c.path, c.body)
	}
	a := p.ask(t, "POST", "/users/create", `{}`, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") })
	require.Equal(t, []int{415, 9727}, []int{a.status, a.number()})
	require.Len(t, p.Users(org), 2, "what is refused does nothing")
}

func TestTooManyRequestsInASecond(t *testing.T) {
	p := newPeer(t, appsbookssim.Options{Limits: map[string]int{"maxRequestPerSecond": 3}})
	second := string(p.Token(org, time.Now().Add(time.Hour)))
	numbers := map[int]int{}
	start := time.Now()
	for i := range 6 {
		if i == 3 {
			p.token = second // the limit is the location's
		}
		numbers[p.ask(t, "GET", "/client/config", "").number()]++
	}
	if time.Since(start) < time.Second {
		require.Equal(t, map[int]int{0: 3, 9646: 3}, numbers)
	}
	p.token = string(p.Token("Another School", time.Now().Add(time.Hour)))
	require.Equal(t, 200, p.ask(t, "GET", "/client/config", "").status)
	require.Len(t, p.Requests(), 7)
}

func TestAnswersTellTheLocationAndItsOwner(t *testing.T) {
	p := newPeer(t, appsbookssim.Options{})
	a := p.ask(t, "GET", "/users", "")
	require.NotContains(t, a.body, "mdmInfo")
	require.Equal(t, "2049025000400001", a.body["uId"])
	require.Regexp(t, `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}$`, a.body["tokenExpirationDate"])
	p.ask(t, "POST", "/client/config", `{"mdmInfo":{"id":"1","name":"n","metadata":"m"}}`)
	require.Equal(t, map[string]any{"id": "1", "name": "n", "metadata": "m"}, p.ask(t, "GET", "/users", "").body["mdmInfo"])
	require.Equal(t, "n", p.ClaimedBy(org).Name)
	p.Claim(org, appsbookssim.MDMInfo{})
	require.NotContains(t, p.ask(t, "GET", "/users", "").body, "mdmInfo")
}

func TestAuthorityOutlivesTheServer(t *testing.T) {
	first := newPeer(t, appsbookssim.Options{})
	second := newPeer(t, appsbookssim.Options{CACertPEM: first.CAPEM(), CAKeyPEM: first.CAKeyPEM()})
	second.http = first.http
	require.Equal(t, 200, second.ask(t, "GET", "/service/config", "").status)
	_, err := appsbookssim.New(appsbookssim.Options{CACertPEM: first.CAPEM()})
	require.ErrorContains(t, err, "authority")
	_, err = appsbookssim.New(appsbookssim.Options{Addr: "127.0.0.1:notaport"})
	require.Error(t, err)
}
