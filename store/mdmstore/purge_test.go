package mdmstore_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/micromdm/nanomdm/mdm"
	"github.com/stretchr/testify/require"

	"heraut/internal/testkit"
	"heraut/store"
	"heraut/store/mdmstore"
	"heraut/store/storetest"
)

func TestPurge(t *testing.T) {
	for name, o := range map[string]store.Options{
		"sqlite":   {Path: filepath.Join(t.TempDir(), "heraut.db")},
		"postgres": {URL: testkit.Postgres(t)},
	} {
		t.Run(name, func(t *testing.T) {
			clock := storetest.NewClock()
			o.Now = clock.Now
			s := open(t, o)
			svc := server(s)
			one, gone := newDevice(t, svc, "one").enroll(), newDevice(t, svc, "gone").enroll()
			for i := range 3 {
				uuid := fmt.Sprintf("answered%d", i)
				enqueue(t, s, uuid, "one")
				require.Empty(t, one.report(uuid, "Acknowledged"))
			}
			enqueue(t, s, "waits", "one", "gone")
			enqueue(t, s, "patient", "one")
			require.NoError(t, svc.CheckOut(gone.request(), &mdm.CheckOut{Enrollment: gone.ids}))
			clock.Advance(24 * time.Hour)
			enqueue(t, s, "new", "one", "gone")
			require.Equal(t, "patient", one.report("waits", "Acknowledged"))

			n, err := s.MDM().Purge(t.Context(), clock.Now().Add(-time.Hour))
			require.NoError(t, err)
			require.Equal(t, 4, n)
			require.Equal(t, []string{"new ", "patient ", "waits Acknowledged ended"}, statuses(t, s, "one"), "what waits for a device that is enrolled stays")
			require.Equal(t, []string{"new "}, statuses(t, s, "gone"))
			n, err = s.MDM().Purge(t.Context(), clock.Now().Add(-time.Hour))
			require.NoError(t, err)
			require.Zero(t, n)
		})
	}
}

// TestPurgeMany deletes more than one statement does.
func TestPurgeMany(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		svc := server(s)
		ids := make([]string, 60)
		for i := range ids {
			ids[i] = newDevice(t, svc, fmt.Sprintf("device%d", i)).enroll().id()
		}
		for n := range 40 {
			enqueue(t, s, fmt.Sprintf("C%d", n), ids...)
		}
		for _, id := range ids {
			require.NoError(t, s.MDM().ClearCommands(t.Context(), id))
		}
		n, err := s.MDM().Purge(t.Context(), time.Now().Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, 2400, n)
	})
}

// TestMigration sends devices before their users, and nobody who has left.
func TestMigration(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		svc := server(s)
		plist := func(kind, id string) []byte {
			return fmt.Appendf(nil, `<plist version="1.0"><dict><key>MessageType</key><string>%s</string><key>UDID</key><string>%s</string></dict></plist>`, kind, id)
		}
		for i := range 120 { // more than are read at once
			d := newDevice(t, svc, fmt.Sprintf("device%03d", i))
			require.NoError(t, svc.Authenticate(d.request(), &mdm.Authenticate{Enrollment: d.ids, Raw: plist("Authenticate", d.id())}))
			for _, channel := range []*device{d, d.user("anna")} {
				require.NoError(t, svc.TokenUpdate(channel.request(), &mdm.TokenUpdate{
					Enrollment: channel.ids, Raw: plist("TokenUpdate", channel.id()),
					Push: mdm.Push{Topic: "t", PushMagic: "m", Token: []byte("x")},
				}))
			}
			if i == 7 {
				require.NoError(t, svc.CheckOut(d.request(), &mdm.CheckOut{Enrollment: d.ids}))
			}
		}
		var told []string
		for _, message := range migrate(t, s) {
			switch m := message.(type) {
			case *mdm.Authenticate:
				told = append(told, "A "+m.UDID)
			case *mdm.TokenUpdate:
				told = append(told, "T "+m.UDID)
			}
		}
		require.Len(t, told, 119*3)
		require.Equal(t, []string{"A device000", "T device000", "T device000:anna", "A device001"}, told[:4])
		require.NotContains(t, told, "A device007")

		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, mdmstore.New(s).RetrieveMigrationCheckins(ctx, make(chan any)), context.Canceled, "nobody listens")
	})
}

func migrate(t *testing.T, s *store.Store) []any {
	t.Helper()
	out, done := make(chan any), make(chan error, 1)
	go func() {
		defer close(out)
		done <- mdmstore.New(s).RetrieveMigrationCheckins(t.Context(), out)
	}()
	var all []any
	for message := range out {
		all = append(all, message)
	}
	require.NoError(t, <-done)
	return all
}
