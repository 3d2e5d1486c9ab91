package mdmstore_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/micromdm/nanomdm/mdm"
	"github.com/micromdm/nanomdm/service"
	"github.com/micromdm/nanomdm/service/certauth"
	"github.com/micromdm/nanomdm/storage"
	"github.com/stretchr/testify/require"

	"heraut/store"
	"heraut/store/mdmstore"
)

// enrolled tells for which of the ids a wake-up has somewhere to go.
func enrolled(t *testing.T, s *store.Store, ids ...string) []string {
	t.Helper()
	found, err := mdmstore.New(s).RetrievePushInfo(t.Context(), ids)
	require.NoError(t, err)
	var list []string
	for _, id := range ids {
		if found[id] != nil {
			require.Equal(t, "magic of "+id, found[id].PushMagic)
			list = append(list, id)
		}
	}
	return list
}

func TestEnrollAnew(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		mac := newDevice(t, server(s), "mac").enroll()
		anna := mac.user("anna").enroll()
		enqueue(t, s, "M", mac.id())
		enqueue(t, s, "A", anna.id())
		require.Equal(t, []string{"mac", "mac:anna"}, enrolled(t, s, "mac", "mac:anna", "nobody"))

		require.NoError(t, mac.authenticate())
		require.Empty(t, enrolled(t, s, "mac", "mac:anna"), "until the next TokenUpdate")
		require.Equal(t, []string{"A Cleared ended", "M Cleared ended"}, statuses(t, s, "mac"))
		require.Empty(t, mac.connect())
		require.Empty(t, anna.connect())

		require.NoError(t, mac.tokenUpdate("new"))
		require.Equal(t, []string{"mac"}, enrolled(t, s, "mac", "mac:anna"))
		tally, err := mdmstore.New(s).RetrieveTokenUpdateTally(t.Context(), "mac")
		require.NoError(t, err)
		require.Equal(t, 1, tally)
		require.Empty(t, mac.report("M", "Acknowledged"), "an answer that was on its way is kept")
		require.Equal(t, []string{"A Cleared ended", "M Acknowledged ended"}, statuses(t, s, "mac"))

		enqueue(t, s, "A", anna.id())
		enqueue(t, s, "M", mac.id())
		require.Empty(t, mac.connect(), "it was answered")
		require.Equal(t, "A", anna.connect(), "it never arrived, and is sent again")
	})
}

func TestCheckOut(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		mac := newDevice(t, server(s), "mac").enroll()
		anna := mac.user("anna").enroll()
		enqueue(t, s, "A", anna.id())
		other := newDevice(t, mac.svc, "other").enroll()
		err := mac.svc.CheckOut(anna.request(), &mdm.CheckOut{Enrollment: anna.ids})
		require.ErrorIs(t, err, storage.ErrDeviceChannelOnly)
		require.NoError(t, mac.svc.CheckOut(mac.request(), &mdm.CheckOut{Enrollment: mac.ids}))
		require.Equal(t, []string{other.id()}, enrolled(t, s, "mac", "mac:anna", "other"))
		require.Equal(t, []string{"A "}, statuses(t, s, "mac"))
	})
}

// TestCertificates: a device is who its certificate says, and a certificate
// serves one device.
func TestCertificates(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		svc := server(s)
		one := newDevice(t, svc, "one").enroll()
		two := newDevice(t, svc, "two")
		two.key = one.key
		require.ErrorIs(t, two.authenticate(), certauth.ErrNoCertReuse)
		require.ErrorIs(t, two.tokenUpdate("x"), certauth.ErrNoCertAssoc)
		// Two that ask at once both find the certificate free.
		nano := mdmstore.New(s)
		r := two.request()
		r.EnrollID = &mdm.EnrollID{Type: mdm.Device, ID: "two"}
		require.ErrorIs(t, nano.AssociateCertHash(r, certauth.HashCert(r.Certificate)), certauth.ErrNoCertReuse)
		owner, err := nano.EnrollmentFromHash(t.Context(), strings.ToUpper(certauth.HashCert(r.Certificate)))
		require.NoError(t, err)
		require.Equal(t, "one", owner)
	})
}

func TestTokenUpdateWithoutDevice(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		nano := mdmstore.New(s)
		for _, id := range []mdm.EnrollID{{Type: mdm.Device, ID: "new"}, {Type: mdm.User, ID: "new:anna", ParentID: "new"}} {
			r := mdm.NewRequestWithContext(t.Context(), nil)
			r.EnrollID = &id
			err := nano.StoreTokenUpdate(r, &mdm.TokenUpdate{Raw: []byte("raw"), Push: mdm.Push{Topic: "t", PushMagic: "m", Token: []byte("x")}})
			requireRefused(t, err)
		}
		require.Empty(t, enrolled(t, s, "new", "new:anna"))
	})
}

// requireRefused wants an error that tells the device that it is its own.
func requireRefused(t *testing.T, err error) {
	t.Helper()
	var answer *service.HTTPStatusError
	require.ErrorAs(t, err, &answer)
	require.Equal(t, http.StatusBadRequest, answer.Status)
}

// TestBadInput: what is too long, or no text, is refused with the device's
// fault, and nothing is kept of it.
func TestBadInput(t *testing.T) {
	long := strings.Repeat("x", 300)
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		svc := server(s)
		for name, id := range map[string]string{"long": long, "NUL": "a\x00b", "no UTF-8": "a\xffb"} {
			requireRefused(t, newDevice(t, svc, id).authenticate())
			require.Empty(t, statuses(t, s, long), name)
		}
		d := newDevice(t, svc, "one").enroll()
		for _, p := range []mdm.Push{
			{Topic: "t", PushMagic: "m"},
			{Topic: "t", PushMagic: "m", Token: []byte(long)},
			{Topic: long, PushMagic: "m", Token: []byte("x")},
			{Topic: "t", PushMagic: "m\x00", Token: []byte("x")},
			{Topic: "t", Token: []byte("x")},
		} {
			requireRefused(t, svc.TokenUpdate(d.request(), &mdm.TokenUpdate{Enrollment: d.ids, Push: p}))
		}
		require.Equal(t, []string{"one"}, enrolled(t, s, "one"), "the old token stays")
		for _, report := range []mdm.CommandResults{{CommandUUID: long, Status: "Error"}, {CommandUUID: "A", Status: long}, {CommandUUID: "A\x00", Status: "Error"}} {
			report.Enrollment = d.ids
			_, err := svc.CommandAndReportResults(d.request(), &report)
			requireRefused(t, err)
		}
		empty := command("A")
		empty.Raw = nil
		for _, c := range []*mdm.Command{command(long), command(""), command("A\x00"), empty} {
			_, err := mdmstore.New(s).EnqueueCommand(t.Context(), []string{"one"}, c)
			require.Error(t, err)
		}
		require.Empty(t, statuses(t, s, "one"))
	})
}
