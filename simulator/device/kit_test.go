package devicesim_test

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/micromdm/nanolib/log"
	"github.com/micromdm/nanomdm/certverify"
	"github.com/micromdm/nanomdm/cryptoutil"
	httpmdm "github.com/micromdm/nanomdm/http/mdm"
	"github.com/micromdm/nanomdm/mdm"
	"github.com/micromdm/nanomdm/service"
	"github.com/micromdm/nanomdm/service/certauth"
	"github.com/micromdm/nanomdm/service/nanomdm"
	"github.com/micromdm/nanomdm/storage/inmem"
	"github.com/micromdm/plist"
	"github.com/stretchr/testify/require"

	apnssim "heraut/simulator/apns"
	devicesim "heraut/simulator/device"
)

const (
	topic    = "com.apple.mgmt.External.1"
	patient  = 20 * time.Second
	interval = 2 * time.Millisecond
)

// said is a report or a check-in as a plist, with the id that the server gave it.
type said struct {
	id    string
	plist map[string]any
}

func (s said) text(key string) string {
	text, _ := s.plist[key].(string)
	return text
}

// first is the first dictionary of a list.
func (s said) first(t *testing.T, key string) map[string]any {
	t.Helper()
	list, ok := s.plist[key].([]any)
	require.True(t, ok && len(list) > 0, "%s of %v", key, s.plist)
	found, ok := list[0].(map[string]any)
	require.True(t, ok, "%v", list)
	return found
}

// server is NanoMDM's own service with SCEP beside it, over HTTP.
type server struct {
	service.CheckinAndCommandService

	http  *httptest.Server
	store *inmem.InMem
	scep  *authority
	apns  *apnssim.Server
	push  *http.Client

	mu   sync.Mutex // NanoMDM's store in memory is not for concurrent use
	down int        // the status of every answer; 0: NanoMDM answers
	said []said
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{store: inmem.New(), scep: newAuthority(t)}
	var err error
	s.apns, err = apnssim.New(apnssim.Options{RegisteredOnly: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.apns.Close()) })
	s.push = provider(t, s.apns)
	s.CheckinAndCommandService = certauth.New(nanomdm.New(s.store), s.store)
	roots, err := certverify.NewPoolVerifier(s.scep.pem(), nil, x509.ExtKeyUsageClientAuth)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/scep", s.scep.handler(t))
	mux.Handle("/enroll/", s.portal())
	handler := httpmdm.CheckinAndCommandHandler(s, log.NopLogger)
	handler = httpmdm.CertVerifyMiddleware(handler, roots, log.NopLogger)
	handler = httpmdm.CertExtractMdmSignatureMiddleware(handler, httpmdm.MdmSignatureVerifierFunc(cryptoutil.VerifyMdmSignature))
	mux.Handle("/mdm", s.inTurn(handler))
	s.http = httptest.NewServer(mux)
	t.Cleanup(s.http.Close)
	return s
}

func (s *server) inTurn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.down != 0 {
			w.WriteHeader(s.down)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// setAnswer answers everything with a status from now on; 0 ends that.
func (s *server) setAnswer(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = status
}

// The messages are written down on their way to NanoMDM; a turn is held.

func (s *server) note(e mdm.Enrollment, raw []byte, err error) error {
	if err != nil {
		return err
	}
	m := said{plist: map[string]any{}}
	if r := e.Resolved(); r != nil {
		if m.id = r.DeviceChannelID; r.IsUserChannel {
			m.id += ":" + r.UserChannelID
		}
	}
	if err := plist.Unmarshal(raw, &m.plist); err != nil {
		return err
	}
	s.said = append(s.said, m)
	return nil
}

func (s *server) Authenticate(r *mdm.Request, m *mdm.Authenticate) error {
	return s.note(m.Enrollment, m.Raw, s.CheckinAndCommandService.Authenticate(r, m))
}

func (s *server) TokenUpdate(r *mdm.Request, m *mdm.TokenUpdate) error {
	return s.note(m.Enrollment, m.Raw, s.CheckinAndCommandService.TokenUpdate(r, m))
}

func (s *server) CheckOut(r *mdm.Request, m *mdm.CheckOut) error {
	return s.note(m.Enrollment, m.Raw, s.CheckinAndCommandService.CheckOut(r, m))
}

func (s *server) CommandAndReportResults(r *mdm.Request, m *mdm.CommandResults) (*mdm.Command, error) {
	next, err := s.CheckinAndCommandService.CommandAndReportResults(r, m)
	return next, s.note(m.Enrollment, m.Raw, err)
}

// heard returns the messages that fit, oldest first.
func (s *server) heard(key, value string) []said {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []said
	for _, m := range s.said {
		if m.text(key) == value {
			found = append(found, m)
		}
	}
	return found
}

// enqueue queues a command and returns its CommandUUID.
func (s *server) enqueue(t *testing.T, id string, command map[string]any) string {
	t.Helper()
	commandUUID := uuid.NewString()
	raw, err := plist.Marshal(map[string]any{"CommandUUID": commandUUID, "Command": command})
	require.NoError(t, err)
	decoded, err := mdm.DecodeCommand(raw)
	require.NoError(t, err)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err = s.store.EnqueueCommand(context.Background(), []string{id}, decoded)
	require.NoError(t, err)
	return commandUUID
}

func invitation(url string) map[string]any {
	return map[string]any{"RequestType": "InviteToProgram", "ProgramID": "com.apple.cloudvpp", "InvitationURL": url}
}

// invite queues an invitation and wakes the channel.
func (s *server) invite(t *testing.T, id, url string) (commandUUID string) {
	t.Helper()
	commandUUID = s.enqueue(t, id, invitation(url))
	require.Equal(t, http.StatusOK, s.wake(t, id))
	return commandUUID
}

// reports waits for as many reports on a command.
func (s *server) reports(t *testing.T, commandUUID string, n int) []said {
	t.Helper()
	var got []said
	require.Eventually(t, func() bool {
		got = s.heard("CommandUUID", commandUUID)
		return len(got) >= n
	}, patient, interval)
	require.Len(t, got, n)
	return got
}

// profileOf are the parts of a profile that tests change.
type profileOf struct {
	challenge           string
	noUsers, noCheckOut bool
}

func (s *server) profile(o profileOf) []byte {
	capabilities, checkOut := "<string>com.apple.mdm.per-user-connections</string>", "<true/>"
	if o.noUsers {
		capabilities = ""
	}
	if o.noCheckOut {
		checkOut = "<false/>"
	}
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>PayloadType</key><string>Configuration</string><key>PayloadIdentifier</key><string>example.school</string>
<key>PayloadUUID</key><string>1</string><key>PayloadDisplayName</key><string>School</string><key>PayloadContent</key><array>
<dict><key>PayloadType</key><string>com.apple.security.root</string><key>PayloadUUID</key><string>0</string><key>PayloadContent</key><data>%[1]s</data></dict>
<dict><key>PayloadType</key><string>com.apple.security.scep</string><key>PayloadUUID</key><string>2</string><key>PayloadContent</key><dict>
<key>URL</key><string>%[2]s/scep</string><key>Name</key><string>school</string><key>Challenge</key><string>%[3]s</string>
<key>Keysize</key><integer>2048</integer><key>Key Type</key><string>RSA</string>
<key>Subject</key><array><array><array><string>O</string><string>School</string></array></array><array><array><string>2.5.4.3</string><string>device</string></array></array></array>
</dict></dict>
<dict><key>PayloadType</key><string>com.apple.mdm</string><key>PayloadUUID</key><string>3</string><key>IdentityCertificateUUID</key><string>2</string>
<key>ServerURL</key><string>%[2]s/mdm</string><key>Topic</key><string>%[4]s</string><key>SignMessage</key><true/>
<key>CheckOutWhenRemoved</key>%[5]s<key>AccessRights</key><integer>8191</integer><key>ServerCapabilities</key><array>%[6]s</array></dict>
</array></dict></plist>`, base64.StdEncoding.EncodeToString(s.scep.certificate.Raw), s.http.URL, o.challenge, topic, checkOut, capabilities)
}

// fleet makes a fleet whose waits are a thousand times shorter.
func (s *server) fleet(t *testing.T, o devicesim.FleetOptions) *devicesim.Fleet {
	t.Helper()
	o.APNs, o.Pace = s.apns, 1000
	if o.Keys == 0 {
		o.Keys = 1
	}
	f := devicesim.NewFleet(o)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

// enroll adds a device and enrolls it.
func (s *server) enroll(t *testing.T, f *devicesim.Fleet, o devicesim.Options) *devicesim.Device {
	t.Helper()
	d, err := f.Add(o)
	require.NoError(t, err)
	require.NoError(t, d.Enroll(t.Context(), s.profile(profileOf{challenge: s.scep.challenge()})))
	return d
}
