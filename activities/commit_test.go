package activities

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
)

// slowDisk plays a store whose transactions wait for the disk.
type slowDisk struct {
	Ledger

	disk    time.Duration
	failing int // the next so many transactions fail
	refuses func(id string) bool

	mu      sync.Mutex
	batches []int
	marked  []string
	results []string
}

var errDisk = errors.New("the disk is away")

func (d *slowDisk) Commit(_ context.Context, mark []string, results []invitation.Result) ([]string, error) {
	<-time.After(d.disk)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.batches = append(d.batches, len(mark)+len(results))
	if d.failing > 0 {
		d.failing--
		return nil, errDisk
	}
	for _, r := range results {
		d.results = append(d.results, r.DeliveryID)
	}
	marked := slices.DeleteFunc(slices.Clone(mark), func(id string) bool { return d.refuses != nil && d.refuses(id) })
	d.marked = append(d.marked, marked...)
	return marked, nil
}

func TestCommitsGatherWhatComesMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &slowDisk{disk: 10 * time.Millisecond}
		c := committer{ledger: d}
		began := time.Now()
		var all sync.WaitGroup
		for i := range 1200 {
			all.Go(func() {
				marked, err := c.mark(t.Context(), strconv.Itoa(i))
				require.NoError(t, err)
				require.True(t, marked)
			})
		}
		all.Wait()

		require.Len(t, d.marked, 1200)
		require.LessOrEqual(t, len(d.batches), 4, "the first alone, then by the hundreds: %v", d.batches)
		require.LessOrEqual(t, slices.Max(d.batches), commitBatch)
		require.LessOrEqual(t, time.Since(began), 40*time.Millisecond)
	})
}

func TestCommitTellsEachMarkItsOwnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &slowDisk{refuses: func(id string) bool { return id == "2" }}
		c := committer{ledger: d}
		var all sync.WaitGroup
		for i := range 5 {
			all.Go(func() {
				marked, err := c.mark(t.Context(), strconv.Itoa(i))
				require.NoError(t, err)
				require.Equal(t, i != 2, marked)
			})
		}
		all.Wait()
	})
}

func TestResultsWaitForTheDatabase(t *testing.T) {
	for name, test := range map[string]struct {
		failing int
		durable bool
	}{
		"away for a moment":       {3, true},
		"away for three minutes":  {40, true},
		"away for longer than it": {1000, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &slowDisk{failing: test.failing}
				c := committer{ledger: d}
				answers := make(chan error, 1)

				ctx, cancel := context.WithCancel(t.Context())
				cancel() // the activity is over; what a provider took is still recorded
				c.result(ctx, invitation.Result{DeliveryID: "1"}, func(err error) { answers <- err })

				err := <-answers
				if test.durable {
					require.NoError(t, err)
					require.Equal(t, []string{"1"}, d.results)
				} else {
					require.ErrorIs(t, err, errDisk)
				}
			})
		})
	}
}

func TestMarksAreTriedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &slowDisk{failing: 1}
		c := committer{ledger: d}

		_, err := c.mark(t.Context(), "1")

		require.ErrorIs(t, err, errDisk)
		require.Len(t, d.batches, 1)

		marked, err := c.mark(t.Context(), "1")
		require.NoError(t, err)
		require.True(t, marked, "the committer goes on")
	})
}
