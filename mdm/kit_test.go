package mdm_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/internal/secrets"
	"heraut/invitation"
	"heraut/mdm"
	"heraut/people"
	devicesim "heraut/simulator/device"
	"heraut/store"
	"heraut/store/mdmstore"
)

const (
	topic     = "com.apple.mgmt.External.school"
	inviteURL = "https://apple.example/accept?inviteCode=c0de-c0de&mt=8"
	patient   = 20 * time.Second
	interval  = 2 * time.Millisecond
)

var key = bytes.Repeat([]byte("k"), 32)

// pems are one authority for all tests: its key takes a while.
var pems = sync.OnceValues(func() (p [2][]byte, err error) {
	p[0], p[1], err = mdm.NewCA("De Esdoorn")
	return p, err
})

func authority(t *testing.T) *mdm.Authority {
	t.Helper()
	p, err := pems()
	require.NoError(t, err)
	a, err := mdm.ParseAuthority(p[0], p[1])
	require.NoError(t, err)
	return a
}

// notes play the ledger.
type notes struct {
	mu       sync.Mutex
	enrolled []people.EnrolledDevice
	channels []people.MDMChannel
	left     []string
	reports  map[string][]invitation.Report
	fails    error
}

func (n *notes) DeviceEnrolled(_ context.Context, d people.EnrolledDevice) error {
	return n.note(func() { n.enrolled = append(n.enrolled, d) })
}

func (n *notes) ChannelRenewed(_ context.Context, c people.MDMChannel) error {
	return n.note(func() { n.channels = append(n.channels, c) })
}

func (n *notes) DeviceLeft(_ context.Context, id string, _ time.Time) error {
	return n.note(func() { n.left = append(n.left, id) })
}

func (n *notes) CommandReported(_ context.Context, uuid string, r invitation.Report) error {
	return n.note(func() { n.reports[uuid] = append(n.reports[uuid], r) })
}

func (n *notes) note(keep func()) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.fails == nil {
		keep()
	}
	return n.fails
}

func (n *notes) failWith(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fails = err
}

func (n *notes) said(uuid string) []invitation.Report {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.reports[uuid]
}

// site is the MDM server over HTTP on a real store, and devices.
type site struct {
	*notes

	t        *testing.T
	store    *store.Store
	queue    *mdmstore.Storage
	profiles *mdm.Profiles
	http     *httptest.Server
	fleet    *devicesim.Fleet
	shown    chan string
	log      *logged
}

// logged is what the server logs.
type logged struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

func (l *logged) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.String()
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{notes: &notes{reports: map[string][]invitation.Report{}}, t: t, shown: make(chan string, 10), log: &logged{}}
	keys, err := secrets.Create(filepath.Join(t.TempDir(), "secrets"))
	require.NoError(t, err)
	s.store, err = store.Open(t.Context(), store.Options{
		Path: filepath.Join(t.TempDir(), "heraut.db"), Sealer: keys, LinkHash: func(id string) []byte { return []byte(id) },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.store.Close()) })
	require.NoError(t, s.store.Migrate(t.Context()))
	s.queue = mdmstore.New(s.store)
	server, err := mdm.NewServer(mdm.Options{
		Authority: authority(t), Storage: s.queue, Challenges: s.store, Certificates: s.store, Ledger: s.notes,
		Logger: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	require.NoError(t, err)
	s.http = httptest.NewServer(server)
	t.Cleanup(s.http.Close)
	s.profiles, err = mdm.NewProfiles(mdm.ProfileOptions{Authority: authority(t), URL: s.http.URL, Key: key})
	require.NoError(t, err)
	s.fleet = devicesim.NewFleet(devicesim.FleetOptions{Keys: 2, Pace: 1000, Shown: func(_ *devicesim.Device, url string) { s.shown <- url }})
	t.Cleanup(func() { require.NoError(t, s.fleet.Close()) })
	return s
}

func (s *site) user(name string) string {
	s.t.Helper()
	u, err := s.store.CreateUser(s.t.Context(), people.System("test"), people.User{FullName: name})
	require.NoError(s.t, err)
	return u.ID
}

func (s *site) challenge(userID string, ttl time.Duration) string {
	s.t.Helper()
	challenge, err := s.store.CreateChallenge(s.t.Context(), userID, "", ttl)
	require.NoError(s.t, err)
	return challenge
}

// profile makes one with a fresh challenge.
func (s *site) profile(userID string) []byte {
	s.t.Helper()
	return s.profileWith(userID, s.challenge(userID, time.Hour))
}

func (s *site) profileWith(userID, challenge string) []byte {
	s.t.Helper()
	raw, err := s.profiles.Make(mdm.Enrollment{
		UserID: userID, Topic: topic, Challenge: content.Secret(challenge), Organization: "De Esdoorn", Language: "nl",
	})
	require.NoError(s.t, err)
	return raw
}

// enroll adds a device and enrolls it for the user.
func (s *site) enroll(o devicesim.Options, userID string) *devicesim.Device {
	s.t.Helper()
	d, err := s.fleet.Add(o)
	require.NoError(s.t, err)
	require.NoError(s.t, d.Enroll(s.t.Context(), s.profile(userID)))
	return d
}

// courier delivers over the site's queue; wake plays the push.
func (s *site) courier(wake func(context.Context, invitation.Message) invitation.Outcome) *mdm.Courier {
	return mdm.NewCourier(mdm.CourierOptions{
		InviteURL: func(context.Context, string) (content.Secret, error) { return inviteURL, nil },
		Keep:      func(context.Context, invitation.Command) error { return nil },
		Carry:     mdm.QueueAndWake(s.queue, wake),
		Key:       key,
	})
}

func taken(context.Context, invitation.Message) invitation.Outcome {
	return invitation.Outcome{Class: invitation.Taken}
}

// invite delivers an invitation to a channel and tells its CommandUUID.
func (s *site) invite(enrollmentID, sendKey string) string {
	s.t.Helper()
	o := s.courier(taken).Push(s.t.Context(), invitation.Message{EnrollmentID: enrollmentID, SendKey: sendKey})
	require.Equal(s.t, invitation.Taken, o.Class, o.Answer)
	return mdm.CommandUUID(key, sendKey)
}
