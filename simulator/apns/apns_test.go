package apnssim_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	apnssim "heraut/simulator/apns"
)

const (
	topic    = "org.example.school"
	mdmTopic = "com.apple.mgmt.External.1"
	payload  = `{"aps":{"alert":{"title":"T","body":"B"}},"link":"https://school.example/i/x"}`
)

var token = strings.Repeat("ab", 32)

func newServer(t *testing.T, o apnssim.Options) *apnssim.Server {
	t.Helper()
	s, err := apnssim.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// provider makes an HTTP client with a certificate for a topic; with none it
// comes without a certificate.
func provider(t *testing.T, s *apnssim.Server, topic string, until time.Time) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(s.CAPEM()))
	config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if topic != "" {
		certPEM, keyPEM, err := s.IssueCertificateUntil(topic, until)
		require.NoError(t, err)
		pair, err := tls.X509KeyPair(certPEM, keyPEM)
		require.NoError(t, err)
		config.Certificates = []tls.Certificate{pair}
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// post sends one push and returns the status and the reason.
func post(t *testing.T, s *apnssim.Server, client *http.Client, change func(*http.Request)) (status int, reason string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/3/device/"+token, strings.NewReader(payload))
	require.NoError(t, err)
	r.Header.Set("apns-topic", topic)
	r.Header.Set("apns-push-type", "alert")
	if change != nil {
		change(r)
	}
	response, err := client.Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	require.Equal(t, 2, response.ProtoMajor)
	require.NotEmpty(t, response.Header.Get("apns-id"))
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	if len(body) == 0 {
		return response.StatusCode, ""
	}
	var said struct {
		Reason string `json:"reason"`
	}
	require.NoError(t, json.Unmarshal(body, &said))
	return response.StatusCode, said.Reason
}

func nextYear() time.Time { return time.Now().AddDate(1, 0, 0) }

func TestServerTakesAPush(t *testing.T) {
	s := newServer(t, apnssim.Options{})
	told := make(chan apnssim.Notification, 1)
	s.OnNotification(func(n apnssim.Notification) { told <- n })
	const id = "123e4567-e89b-42d3-a456-426655440000"
	expiration := time.Now().Add(time.Hour).Truncate(time.Second).UTC()

	status, _ := post(t, s, provider(t, s, topic, nextYear()), func(r *http.Request) {
		r.Header.Set("apns-id", id)
		r.Header.Set("apns-collapse-id", "c")
		r.Header.Set("apns-priority", "5")
		r.Header.Set("apns-expiration", strconv.FormatInt(expiration.Unix(), 10))
	})
	require.Equal(t, 200, status)

	n := <-told
	require.Equal(t, []apnssim.Notification{n}, s.Received())
	require.WithinDuration(t, time.Now(), n.At, time.Minute)
	n.At = time.Time{}
	require.Equal(t, apnssim.Notification{
		Token: token, Topic: topic, PushType: "alert", ApnsID: id, CollapseID: "c",
		Priority: 5, Expiration: expiration, Payload: json.RawMessage(payload),
	}, n)
	require.Equal(t, map[string]int{id: 1}, s.CountByApnsID())
	require.Equal(t, map[string]int{token: 1}, s.CountByToken())
	require.Equal(t, apnssim.Content{Title: "T", Body: "B", Link: "https://school.example/i/x"}, n.Content())
}

func TestServerRefusesAsAPNsDoes(t *testing.T) {
	s := newServer(t, apnssim.Options{})
	s.Register(strings.Repeat("cd", 32), "org.example.other")
	s.Unregister(strings.Repeat("ef", 32), time.Now())
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	device := func(path string) func(*http.Request) {
		return func(r *http.Request) { r.URL.Path = path }
	}
	body := func(text string) func(*http.Request) {
		return func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
		}
	}
	cases := map[string]struct {
		change func(*http.Request)
		status int
		reason string
	}{
		"no topic is the certificate's": {func(r *http.Request) { r.Header.Del("apns-topic") }, 200, ""},
		"payload of 4096 bytes":         {body(`{"x":"` + strings.Repeat("x", 4088) + `"}`), 200, ""},
		"payload of 4097 bytes":         {body(`{"x":"` + strings.Repeat("x", 4089) + `"}`), 413, "PayloadTooLarge"},
		"no payload":                    {body(""), 400, "PayloadEmpty"},
		"get":                           {func(r *http.Request) { r.Method = http.MethodGet }, 405, "MethodNotAllowed"},
		"path":                          {device("/4/device/" + token), 404, "BadPath"},
		"no token":                      {device("/3/device/"), 400, "MissingDeviceToken"},
		"token in capitals":             {device("/3/device/" + strings.ToUpper(token)), 400, "BadDeviceToken"},
		"token not hex":                 {device("/3/device/xyz"), 400, "BadDeviceToken"},
		"token of another topic":        {device("/3/device/" + strings.Repeat("cd", 32)), 400, "DeviceTokenNotForTopic"},
		"token that is dead":            {device("/3/device/" + strings.Repeat("ef", 32)), 410, "Unregistered"},
		"another topic":                 {header("apns-topic", "org.example.other"), 400, "TopicDisallowed"},
		"push type":                     {header("apns-push-type", "shout"), 400, "InvalidPushType"},
		"mdm over an app's topic":       {header("apns-push-type", "mdm"), 400, "InvalidPushType"},
		"id":                            {header("apns-id", "1"), 400, "BadMessageId"},
		"collapse id":                   {header("apns-collapse-id", strings.Repeat("x", 65)), 400, "BadCollapseId"},
		"priority":                      {header("apns-priority", "11"), 400, "BadPriority"},
		"expiration":                    {header("apns-expiration", "soon"), 400, "BadExpirationDate"},
		"doubled header":                {func(r *http.Request) { r.Header.Add("apns-topic", topic) }, 400, "DuplicateHeaders"},
	}
	client := provider(t, s, topic, nextYear())
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			status, reason := post(t, s, client, c.change)
			require.Equal(t, c.status, status)
			require.Equal(t, c.reason, reason)
		})
	}
	require.Equal(t, 2, s.Total(), "what was refused is not taken")
}

func TestServerWantsAProviderCertificate(t *testing.T) {
	s := newServer(t, apnssim.Options{})
	_, reason := post(t, s, provider(t, s, "", nextYear()), nil)
	require.Equal(t, "MissingProviderToken", reason)

	_, err := provider(t, s, topic, time.Now().Add(-time.Hour)).Post(s.URL()+"/3/device/"+token, "", nil)
	require.Error(t, err, "an expired certificate ends the handshake")

	status, _ := post(t, s, provider(t, s, mdmTopic, nextYear()), func(r *http.Request) {
		r.Header.Set("apns-topic", mdmTopic)
		r.Header.Set("apns-push-type", "mdm")
	})
	require.Equal(t, 200, status)
}

func TestServerMayKnowItsDevices(t *testing.T) {
	s := newServer(t, apnssim.Options{RegisteredOnly: true})
	client := provider(t, s, topic, nextYear())
	_, reason := post(t, s, client, nil)
	require.Equal(t, "BadDeviceToken", reason)
	s.Register(strings.ToUpper(token), topic)
	status, _ := post(t, s, client, nil)
	require.Equal(t, 200, status)
	s.Unregister(token, time.Now())
	status, _ = post(t, s, client, nil)
	require.Equal(t, 410, status)
	s.Register(token, topic)
	status, _ = post(t, s, client, nil)
	require.Equal(t, 200, status)
}

func TestServerWakesTheDeviceOfAToken(t *testing.T) {
	s := newServer(t, apnssim.Options{})
	heard := make(chan apnssim.Notification, 9)
	tell := func(n apnssim.Notification) { heard <- n }
	s.RegisterDevice(strings.ToUpper(token), topic, tell)
	s.RegisterDevice(strings.Repeat("cd", 32), topic, tell)
	client := provider(t, s, topic, nextYear())
	post(t, s, client, nil)
	require.Equal(t, token, (<-heard).Token)

	require.NoError(t, s.SetScript(apnssim.Script{Rules: []apnssim.Rule{{Count: 1, Status: 503}, {Count: 1, Status: 500, Taken: true}}}))
	post(t, s, client, nil)
	post(t, s, client, nil)
	require.Len(t, heard, 1, "of one that was refused it hears nothing; of one that was taken first it does")
	s.Unregister(token, time.Now())
	post(t, s, client, nil)
	require.Len(t, heard, 1)
}

func TestServerKeepsTheNewest(t *testing.T) {
	s := newServer(t, apnssim.Options{Keep: 3})
	client := provider(t, s, topic, nextYear())
	for range 10 {
		post(t, s, client, nil)
	}
	require.Len(t, s.Received(), 3)
	require.Equal(t, 10, s.Total())
}

func TestServerOpensItsAuthorityAgain(t *testing.T) {
	first := newServer(t, apnssim.Options{})
	second := newServer(t, apnssim.Options{CACertPEM: first.CAPEM(), CAKeyPEM: first.CAKeyPEM()})
	require.True(t, bytes.Equal(first.CAPEM(), second.CAPEM()))
	status, _ := post(t, second, provider(t, first, topic, nextYear()), nil)
	require.Equal(t, 200, status, "a client of the first trusts the second")

	_, err := apnssim.New(apnssim.Options{CACertPEM: first.CAPEM(), CAKeyPEM: []byte("x")})
	require.Error(t, err)
}
