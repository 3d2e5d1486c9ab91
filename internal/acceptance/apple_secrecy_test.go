package acceptance_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	appsbookssim "heraut/simulator/appsbooks"
	devicesim "heraut/simulator/device"
)

// What opens Apple's and the devices' doors stays out of logs, histories,
// traces, figures and answers, and lies in the store only where it is sealed.
func TestNoSecretOfAppleOrOfDevicesLeavesItsPlace(t *testing.T) {
	t.Parallel()
	s := &appleStory{managed: newManaged(t, appsbookssim.Options{})}
	traces := &collector{}
	at := httptest.NewServer(traces)
	t.Cleanup(at.Close)
	s.serve(append(s.asking(), "--log-level=debug", "--traces-url="+at.URL)...)
	s.play()

	answers := s.everyAnswer()
	s.serving.stop()
	s.sealAuthority()
	require.Greater(t, len(s.secrets), 20)
	requireAbsent(t, "the API's answers", answers, s.secrets)
	requireAbsent(t, "the log", []byte(s.output), s.secrets)
	requireAbsent(t, "the log after a restart", []byte(s.serving.program.Output()), s.secrets)
	told := traces.told()
	for _, span := range []string{"StartWorkflow:InviteGroup", "RunActivity:WriteAndDeliver", "GET /v1/users/:id", "PUT /v1/settings/content-token"} {
		require.True(t, bytes.Contains(told, []byte(span)), span)
	}
	requireAbsent(t, "the traces", told, s.secrets)
	requireAbsent(t, "the engine's file", s.files("temporal.db*"), s.secrets)
	requireAbsent(t, "the store's file", s.files("heraut.db*"), s.sealed)
}

// collector keeps the traces that it is told, as they come.
type collector struct {
	mu  sync.Mutex
	all []byte
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Header.Get("Content-Encoding") != "" {
		http.Error(w, "Traces are read as they are.", http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all = append(c.all, body...)
}

func (c *collector) told() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.all
}

// appleStory is a day of a school on which much goes wrong.
type appleStory struct {
	*managed

	// secrets go nowhere; sealed not even into the store.
	secrets, sealed []secret
	// output is the log of the first process.
	output string
}

func (s *appleStory) hide(what, text string) { s.secrets = append(s.secrets, secret{what, text}) }

func (s *appleStory) seal(what, text string) {
	s.hide(what, text)
	s.sealed = append(s.sealed, secret{what, text})
}

// sealKey hides a private key, as PEM and as what that holds.
func (s *appleStory) sealKey(what, key string) {
	s.Helper()
	block, _ := pem.Decode([]byte(key))
	require.NotNil(s, block, what)
	lines := strings.Split(strings.TrimSpace(key), "\n")
	s.seal(what, lines[len(lines)/2])
	s.seal(what+"'s bytes", string(block.Bytes[len(block.Bytes)/2:]))
}

func (s *appleStory) play() {
	s.Helper()
	s.trust()
	everyone, group := s.people(4, func(i int) kind { return []kind{bare, bare, bare, byMail}[i] })
	s.buy(2)
	s.promise(group, theApp)
	devices := s.join(everyone)
	s.stumble()
	send := s.invite(toGroup(group))
	for _, d := range devices[:2] {
		s.seal("Apple's address on a device", s.shows(d))
	}
	page, apple := s.mailed(everyone[3])
	s.seal("a page's link", path.Base(page))
	s.seal("Apple's address on a page", apple)
	s.mailTo(everyone[2].email, 1)
	s.bookCodes()
	s.owners.Prompt(devices[0].Owner(), s.shows(devices[0]))
	s.owners.Mail(everyone[3].email, []string{page})
	s.becomes(everyone[0].id, client.UserStateEnrolled)
	s.becomes(everyone[3].id, client.UserStateEnrolled)
	s.requireTaken(2)
	s.wander()
	s.pushes()
	s.comeByHTTPS()
	require.Equal(s, 2, s.send(send.ID).Counts.Accepted)
}

// trust installs what the site needs, after what it can not use.
func (s *appleStory) trust() {
	s.Helper()
	revoked, file := s.books.Token(org, time.Now().AddDate(1, 0, 0)), s.books.Token(org, time.Now().AddDate(1, 0, 0))
	s.books.RevokeToken(revoked)
	for _, token := range [][]byte{revoked, file} {
		s.seal("a content token", string(token))
		s.seal("the middle of a content token", string(token[len(token)/3:len(token)/2]))
		plain, err := base64.StdEncoding.DecodeString(string(token))
		require.NoError(s, err)
		var inside struct {
			Token string `json:"token"`
		}
		require.NoError(s, json.Unmarshal(plain, &inside))
		s.seal("what a content token holds", inside.Token)
	}
	for _, bad := range []string{string(revoked), string(file[1:]), string(file[:len(file)-9]), string(file) + string(file)} {
		refused, err := s.api.PutContentTokenWithResponse(s.Context(), client.ContentTokenPut{TokenFile: &bad})
		require.NoError(s, err)
		require.Equal(s, http.StatusUnprocessableEntity, refused.StatusCode(), string(refused.Body))
		requireAbsent(s, "a refusal", refused.Body, s.secrets)
	}
	s.installToken(file)
	certificate, key, err := s.apns.IssueCertificate(mdmTopic)
	require.NoError(s, err)
	_, other, err := s.apns.IssueCertificate(mdmTopic)
	require.NoError(s, err)
	s.sealKey("the push certificate's key", string(key))
	s.sealKey("another key", string(other))
	refused, err := s.api.PutPushCertificateWithResponse(s.Context(), client.PushKindMdm, client.PushCertificatePut{
		CertificatePem: string(certificate), PrivateKeyPem: new(string(other)),
	})
	require.NoError(s, err)
	require.Equal(s, http.StatusUnprocessableEntity, refused.StatusCode(), string(refused.Body))
	requireAbsent(s, "a refusal", refused.Body, s.secrets)
	s.putMDMCertificate(string(certificate), string(key))
}

// challenges are what profiles let a device ask a certificate with.
var challenges = regexp.MustCompile(`<key>Challenge</key>\s*<string>([^<]+)</string>`)

// join lets devices enroll: one can not be invited, and reports an error.
func (s *appleStory) join(everyone []person) []*devicesim.Device {
	s.Helper()
	devices := make([]*devicesim.Device, 3)
	for i, o := range []devicesim.Options{
		{Name: "iPad"},
		{Name: "Mac", Platform: devicesim.Mac, User: devicesim.User{ShortName: "bram"}},
		{Name: "broken iPad", Behaviour: devicesim.Behaviour{ErrorCode: 12009}},
	} {
		o.Owner = everyone[i].id
		link := s.enrollmentLink(everyone[i].id)
		s.seal("an enrollment link", path.Base(link.URL))
		s.seal("an enrollment code", link.Code)
		profile := s.raw(http.MethodPost, link.URL, "", form)
		require.Equal(s, http.StatusOK, profile.status)
		challenge := challenges.FindStringSubmatch(profile.body)
		require.Len(s, challenge, 2)
		s.seal("a SCEP challenge", challenge[1])
		var err error
		devices[i], err = s.fleet.Add(o)
		require.NoError(s, err)
		require.NoError(s, devices[i].Enroll(s.Context(), []byte(profile.body)))
		require.Error(s, devices[i].Enroll(s.Context(), []byte(profile.body)), "a challenge works once")
		s.raw(http.MethodPost, link.URL, "", form)
	}
	return devices
}

// stumble lets Apple fail in the middle of things.
func (s *appleStory) stumble() {
	s.Helper()
	require.NoError(s, s.books.SetScript(appsbookssim.Script{Rules: []appsbookssim.Rule{
		{Path: "/users/create", Count: 1, Status: http.StatusOK, Number: 9603},
		{Path: "/assets/associate", Count: 1, Break: appsbookssim.Reset, Taken: true},
		{Path: "/assets", Count: 1, Status: http.StatusInternalServerError, Body: "<html>broken</html>"},
	}}))
}
