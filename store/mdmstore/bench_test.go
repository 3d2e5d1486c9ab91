package mdmstore_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/micromdm/nanomdm/mdm"
	"github.com/micromdm/nanomdm/service"
	"github.com/stretchr/testify/require"

	"heraut/internal/testkit"
	"heraut/store"
	"heraut/store/mdmstore"
)

const (
	benchDevices = 500
	benchClients = 8
)

// onEach measures with enrolled devices on each database.
func onEach(b *testing.B, run func(b *testing.B, s *mdmstore.Storage, fleet []*device)) {
	b.Helper()
	for _, name := range []string{"sqlite", "postgres"} {
		b.Run(name, func(b *testing.B) {
			o := store.Options{Path: filepath.Join(b.TempDir(), "heraut.db")}
			if name == "postgres" {
				o = store.Options{URL: testkit.Postgres(b)}
			}
			s := open(b, o)
			svc := server(s)
			fleet := make([]*device, benchDevices)
			for i := range fleet {
				fleet[i] = newDevice(b, svc, fmt.Sprintf("00008101-%016X", i)).enroll()
			}
			run(b, mdmstore.New(s), fleet)
		})
	}
}

// spread lets clients do the work [0, n) and returns how long each part took.
func spread(clients, n int, do func(i int)) []time.Duration {
	took := make([]time.Duration, n)
	var wg sync.WaitGroup
	for client := range clients {
		wg.Go(func() {
			for i := client; i < n; i += clients {
				began := time.Now()
				do(i)
				took[i] = time.Since(began)
			}
		})
	}
	wg.Wait()
	return took
}

// report shows a rate and the slowest hundredth.
func report(b *testing.B, unit string, times int, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	b.ReportMetric(float64(times)/b.Elapsed().Seconds(), unit+"/s")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(0, "ns/op")
}

func idsOf(fleet []*device) []string {
	ids := make([]string, len(fleet))
	for i, d := range fleet {
		ids[i] = d.id()
	}
	return ids
}

// BenchmarkCycle lets 500 devices connect by 8 clients: each gets a command,
// reports it, and hears that there is no more. The service checks the device's
// certificate each time.
func BenchmarkCycle(b *testing.B) {
	onEach(b, func(b *testing.B, s *mdmstore.Storage, fleet []*device) {
		b.Helper()
		var took []time.Duration
		for b.Loop() {
			b.StopTimer()
			uuid := fmt.Sprintf("round-%d", len(took))
			failed, err := s.EnqueueCommand(b.Context(), idsOf(fleet), command(uuid))
			require.NoError(b, err)
			require.Empty(b, failed)
			b.StartTimer()
			took = append(took, spread(benchClients, len(fleet), func(i int) {
				if err := cycle(fleet[i].svc, fleet[i], uuid); err != nil {
					b.Error(err)
				}
			})...)
		}
		report(b, "cycles", len(took), took)
	})
}

// cycle is one connection of a device that has one command waiting.
func cycle(svc service.CommandAndReportResults, d *device, uuid string) error {
	next, err := svc.CommandAndReportResults(d.request(), &mdm.CommandResults{Enrollment: d.ids, Status: "Idle"})
	if err != nil || next == nil || next.CommandUUID != uuid {
		return fmt.Errorf("device %s got %v: %w", d.id(), next, err)
	}
	next, err = svc.CommandAndReportResults(d.request(), &mdm.CommandResults{Enrollment: d.ids, CommandUUID: uuid, Status: "Acknowledged", Raw: next.Raw})
	if err != nil || next != nil {
		return fmt.Errorf("device %s got %v more: %w", d.id(), next, err)
	}
	return nil
}

// BenchmarkEnqueueSingle queues commands of their own one after the other, by
// one client and by 8.
func BenchmarkEnqueueSingle(b *testing.B) {
	for _, clients := range []int{1, benchClients} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			onEach(b, func(b *testing.B, s *mdmstore.Storage, fleet []*device) {
				b.Helper()
				var took []time.Duration
				for round := 0; b.Loop(); round++ {
					took = append(took, spread(clients, len(fleet), func(i int) {
						failed, err := s.EnqueueCommand(b.Context(), []string{fleet[i].id()}, command(fmt.Sprintf("%d-%d", round, i)))
						if err != nil || len(failed) > 0 {
							b.Errorf("queueing: %v, %v", failed, err)
						}
					})...)
				}
				report(b, "enqueues", len(took), took)
			})
		})
	}
}

// BenchmarkEnqueueBatch queues one command for all 500 devices at once.
func BenchmarkEnqueueBatch(b *testing.B) {
	onEach(b, func(b *testing.B, s *mdmstore.Storage, fleet []*device) {
		b.Helper()
		ids := idsOf(fleet)
		var took []time.Duration
		for b.Loop() {
			began := time.Now()
			failed, err := s.EnqueueCommand(b.Context(), ids, command(fmt.Sprintf("batch-%d", len(took))))
			require.NoError(b, err)
			require.Empty(b, failed)
			took = append(took, time.Since(began))
		}
		report(b, "enqueues", len(took)*len(ids), took)
	})
}
