package mdmstore_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/store"
	"heraut/store/mdmstore"
)

// enqueue queues a command that every id must take.
func enqueue(t *testing.T, s *store.Store, uuid string, ids ...string) {
	t.Helper()
	failed, err := mdmstore.New(s).EnqueueCommand(t.Context(), ids, command(uuid))
	require.NoError(t, err)
	require.Empty(t, failed)
}

// statuses are what the list says of a device's commands, newest first.
func statuses(t *testing.T, s *store.Store, id string) []string {
	t.Helper()
	list, err := s.MDM().Commands(t.Context(), id, 100)
	require.NoError(t, err)
	said := make([]string, len(list))
	for i, c := range list {
		require.Equal(t, "InviteToProgram", c.RequestType)
		require.False(t, c.QueuedAt.IsZero())
		said[i] = c.UUID + " " + c.Status
		if !c.EndedAt.IsZero() {
			said[i] += " ended"
		}
	}
	return said
}

func TestUnknownIDFailsAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		svc := server(s)
		one, two := newDevice(t, svc, "one").enroll(), newDevice(t, svc, "two").enroll()
		begun := newDevice(t, svc, "begun")
		require.NoError(t, begun.authenticate())

		failed, err := mdmstore.New(s).EnqueueCommand(t.Context(), []string{"one", "nobody", "two", "begun", "one"}, command("A"))
		require.NoError(t, err)
		require.Len(t, failed, 2, "who has not enrolled yet is as unknown as nobody")
		for _, id := range []string{"nobody", "begun"} {
			f := (*fault.Error)(nil)
			require.ErrorAs(t, failed[id], &f)
			require.Equal(t, fault.NotFound, f.Code)
		}
		require.Equal(t, "A", one.connect())
		require.Equal(t, "A", two.connect())
	})
}

func TestRepeatedCommand(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		svc := server(s)
		d := newDevice(t, svc, "one").enroll()
		enqueue(t, s, "A", "one")
		enqueue(t, s, "A", "one")
		require.Equal(t, []string{"A "}, statuses(t, s, "one"))
		require.Equal(t, "A", d.connect())
		require.Empty(t, d.report("A", "Acknowledged"))
		enqueue(t, s, "A", "one")
		require.Empty(t, d.connect(), "a command that has ended is not sent again")

		other := newDevice(t, svc, "two").enroll()
		enqueue(t, s, "A", "one", "two")
		require.Equal(t, "A", other.connect(), "who did not have it gets it")
	})
}

func TestRepeatedReport(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		d := newDevice(t, server(s), "one").enroll()
		enqueue(t, s, "A", "one")
		enqueue(t, s, "B", "one")
		require.Equal(t, "A", d.connect())
		for _, status := range []string{"Acknowledged", "Acknowledged", "Error", "NotNow"} {
			require.Equal(t, "B", d.report("A", status))
		}
		require.Equal(t, []string{"B ", "A Acknowledged ended"}, statuses(t, s, "one"), "the first last word counts")
		require.Equal(t, "B", d.report("never queued", "Acknowledged"), "an answer to nothing is no fault")
		require.Empty(t, d.report("B", "CommandFormatError"))
		require.Equal(t, []string{"B CommandFormatError ended", "A Acknowledged ended"}, statuses(t, s, "one"))
	})
}

func TestNotNow(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		d := newDevice(t, server(s), "one").enroll()
		enqueue(t, s, "A", "one")
		enqueue(t, s, "B", "one")
		require.Equal(t, "A", d.connect())
		require.Equal(t, "B", d.report("A", "NotNow"), "it is passed over")
		require.Empty(t, d.report("B", "NotNow"), "on this connection")
		require.Equal(t, "A", d.connect(), "and offered again at the next")
		require.Equal(t, "B", d.report("A", "Error"))
		require.Empty(t, d.report("B", "Acknowledged"))

		list, err := s.MDM().Commands(t.Context(), "one", 10)
		require.NoError(t, err)
		require.Equal(t, 1, list[0].NotNows)
		require.Equal(t, 1, list[1].NotNows)
	})
}

// TestUserChannels: a user of a device has a queue of their own.
func TestUserChannels(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		mac := newDevice(t, server(s), "mac").enroll()
		anna, jan := mac.user("anna").enroll(), mac.user("jan").enroll()
		enqueue(t, s, "A", anna.id())
		enqueue(t, s, "M", mac.id())
		require.Empty(t, jan.connect())
		require.Equal(t, "A", anna.connect())
		require.Equal(t, "M", mac.connect())
		require.Equal(t, []string{"M ", "A "}, statuses(t, s, "mac"), "a device shows its users' commands too")
		require.Equal(t, []string{"A "}, statuses(t, s, anna.id()))
	})
}

// TestClaimsAtOnce lets many enrollments take and answer their commands while
// more are queued.
func TestClaimsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		svc := server(s)
		const devices, commands = 8, 5
		ids := make([]string, devices)
		var wg sync.WaitGroup
		for i := range devices {
			ids[i] = fmt.Sprintf("device%d", i)
			newDevice(t, svc, ids[i]).enroll()
		}
		wg.Go(func() {
			for n := range commands {
				enqueue(t, s, fmt.Sprintf("C%d", n), ids...)
			}
		})
		for _, id := range ids {
			wg.Go(func() {
				d := newDevice(t, svc, id)
				next := d.connect()
				for answered := 0; answered < commands; {
					if next == "" {
						next = d.connect()
						continue
					}
					if want := fmt.Sprintf("C%d", answered); next != want {
						t.Errorf("device %s got %s, not %s", id, next, want)
						return
					}
					next = d.report(next, "Acknowledged")
					answered++
				}
			})
		}
		wg.Wait()
	})
}

// TestManyIDs queues for more than one statement takes.
func TestManyIDs(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		svc := server(s)
		d := newDevice(t, svc, "one").enroll()
		ids := []string{"one"}
		for i := range 2500 {
			ids = append(ids, fmt.Sprintf("nobody%d", i))
		}
		failed, err := mdmstore.New(s).EnqueueCommand(t.Context(), ids, command("A"))
		require.NoError(t, err)
		require.Len(t, failed, 2500)
		require.Equal(t, "A", d.connect())
	})
}
