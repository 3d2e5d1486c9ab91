package activities

import (
	"context"
	"errors"
	"sync"
	"time"

	"heraut/invitation"
)

// errWithdrawn stops a message whose send was paused, or whose invitations
// were settled, between the claim and the wire.
var errWithdrawn = errors.New("the delivery was withdrawn before it left")

// commitBatch is how many marks and results share one transaction at most.
const commitBatch = 500

// committer gathers marks and results of all messages on the wire into few
// transactions: each waits for the disk once, not once a message. Its
// goroutine lives only while there is something to commit.
type committer struct {
	ledger Ledger

	mu      sync.Mutex
	waiting []entry
	running bool
}

// entry is a mark (result is nil) or a result.
type entry struct {
	mark   string
	result *invitation.Result
	done   func(marked bool, err error)
}

// mark notes that a delivery goes on the wire now, and waits until that is
// durable. False: it must not leave.
func (c *committer) mark(ctx context.Context, deliveryID string) (bool, error) {
	type answer struct {
		marked bool
		err    error
	}
	answers := make(chan answer, 1)
	c.add(ctx, entry{mark: deliveryID, done: func(marked bool, err error) { answers <- answer{marked, err} }})
	a := <-answers // always comes: commit answers each entry, also when it fails
	return a.marked, a.err
}

// result records a result; done is called when it is durable or can not be.
func (c *committer) result(ctx context.Context, r invitation.Result, done func(error)) {
	c.add(ctx, entry{result: &r, done: func(_ bool, err error) { done(err) }})
}

func (c *committer) add(ctx context.Context, e entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(c.waiting, e)
	if !c.running {
		c.running = true
		// What a provider took must be recorded even when the activity that
		// sent it has just been cancelled.
		go c.drain(context.WithoutCancel(ctx))
	}
}

func (c *committer) drain(ctx context.Context) {
	for {
		batch := c.take()
		if len(batch) == 0 {
			return
		}
		c.commit(ctx, batch)
	}
}

func (c *committer) take() []entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.waiting), commitBatch)
	batch := c.waiting[:n:n]
	c.waiting = c.waiting[n:]
	if n == 0 {
		c.running, c.waiting = false, nil
	}
	return batch
}

func (c *committer) commit(ctx context.Context, batch []entry) {
	var marks []string
	var results []invitation.Result
	for _, e := range batch {
		if e.result == nil {
			marks = append(marks, e.mark)
		} else {
			results = append(results, *e.result)
		}
	}
	marked, err := c.persist(ctx, marks, results)
	durable := make(map[string]bool, len(marked))
	for _, id := range marked {
		durable[id] = true
	}
	for _, e := range batch {
		e.done(durable[e.mark], err)
	}
}

// A result that is lost turns a sent mail into one of unknown fate, which goes
// out twice. So while the database is away, results wait for it this long.
const (
	persistFor   = 5 * time.Minute
	persistFirst = 50 * time.Millisecond
	persistMost  = 5 * time.Second
)

// persist commits. Marks alone are tried once: what is not marked does not
// leave, and comes again.
func (c *committer) persist(ctx context.Context, marks []string, results []invitation.Result) ([]string, error) {
	deadline := time.Now().Add(persistFor)
	for pause := persistFirst; ; pause = min(2*pause, persistMost) {
		marked, err := c.ledger.Commit(ctx, marks, results)
		if err == nil || len(results) == 0 || time.Now().After(deadline) {
			return marked, err //nolint:wrapcheck // the caller names the delivery
		}
		if err := sleepUntil(ctx, time.Now().Add(pause)); err != nil {
			return nil, err
		}
	}
}
