package mdmstore_test

import (
	"crypto/x509"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/micromdm/nanomdm/mdm"
	"github.com/micromdm/nanomdm/service"
	"github.com/micromdm/nanomdm/service/certauth"
	"github.com/micromdm/nanomdm/service/nanomdm"
	"github.com/micromdm/nanomdm/test/e2e"
	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
	"heraut/internal/testkit"
	"heraut/store"
	"heraut/store/mdmstore"
)

// onBoth runs a test with an empty store on each database.
func onBoth(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		test(t, open(t, store.Options{Path: filepath.Join(t.TempDir(), "heraut.db")}))
	})
	t.Run("postgres", func(t *testing.T) {
		test(t, open(t, store.Options{URL: testkit.Postgres(t)}))
	})
}

func open(tb testing.TB, o store.Options) *store.Store {
	tb.Helper()
	keys, err := secrets.Create(filepath.Join(tb.TempDir(), "secrets"))
	require.NoError(tb, err)
	o.Sealer = keys
	s, err := store.Open(tb.Context(), o)
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, s.Close()) })
	require.NoError(tb, s.Migrate(tb.Context()))
	return s
}

// TestNanoMDM runs NanoMDM's own suite for its storage.
func TestNanoMDM(t *testing.T) {
	// The suite reads its data by a path from the folder of a storage.
	module, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/micromdm/nanomdm").Output()
	require.NoError(t, err)
	t.Chdir(filepath.Join(strings.TrimSpace(string(module)), "storage", "pgsql"))
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		e2e.TestE2E(t, t.Context(), mdmstore.New(s))
	})
}

// server is what stands before the storage in use: NanoMDM's service, which
// trusts a device by its certificate.
func server(s *store.Store) service.CheckinAndCommandService {
	storage := mdmstore.New(s)
	return certauth.New(nanomdm.New(storage), storage)
}

// device plays one enrollment, without HTTP.
type device struct {
	tb  testing.TB
	svc service.CheckinAndCommandService
	ids mdm.Enrollment
	// key stands for the bytes of the device's certificate.
	key string
}

func newDevice(tb testing.TB, svc service.CheckinAndCommandService, udid string) *device {
	tb.Helper()
	return &device{tb: tb, svc: svc, ids: mdm.Enrollment{UDID: udid}, key: "certificate of " + udid}
}

// user is a user's channel of the device.
func (d *device) user(id string) *device {
	u := *d
	u.ids.UserID = id
	return &u
}

func (d *device) id() string {
	if d.ids.UserID != "" {
		return d.ids.UDID + ":" + d.ids.UserID
	}
	return d.ids.UDID
}

func (d *device) request() *mdm.Request {
	return mdm.NewRequestWithContext(d.tb.Context(), &x509.Certificate{Raw: []byte(d.key)})
}

func (d *device) authenticate() error {
	return d.svc.Authenticate(d.request(), &mdm.Authenticate{Enrollment: d.ids, Raw: []byte("authenticate")})
}

func (d *device) tokenUpdate(token string) error {
	return d.svc.TokenUpdate(d.request(), &mdm.TokenUpdate{
		Enrollment: d.ids, Raw: []byte("token update"),
		Push: mdm.Push{Topic: "com.apple.mgmt.External.1", PushMagic: "magic of " + d.id(), Token: []byte(token)},
	})
}

func (d *device) enroll() *device {
	d.tb.Helper()
	if d.ids.UserID == "" {
		require.NoError(d.tb, d.authenticate())
	}
	require.NoError(d.tb, d.tokenUpdate("token of "+d.id()))
	return d
}

// report says something of a command and returns the next one's UUID.
func (d *device) report(uuid, status string) string {
	d.tb.Helper()
	next, err := d.svc.CommandAndReportResults(d.request(), &mdm.CommandResults{
		Enrollment: d.ids, CommandUUID: uuid, Status: status, Raw: []byte("bplist00\x00\xff of " + uuid),
	})
	require.NoError(d.tb, err)
	if next == nil {
		return ""
	}
	return next.CommandUUID
}

func (d *device) connect() string {
	d.tb.Helper()
	return d.report("", "Idle")
}

func command(uuid string) *mdm.Command {
	c := &mdm.Command{CommandUUID: uuid, Raw: []byte("bplist00\x00\xfe https://example.org/?inviteCode=secret " + uuid)}
	c.Command.RequestType = "InviteToProgram"
	return c
}
