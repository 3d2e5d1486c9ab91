package appsbooks

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// turn spaces requests evenly: a burst would let more than the limit pass
// within some second, however small the average.
type turn struct{ limiter *rate.Limiter }

func newTurn() *turn {
	t := &turn{limiter: rate.NewLimiter(0, 1)}
	t.limit(defaultRate)
	return t
}

// limit sets the requests a second. Nine tenths of it are used: the network
// squeezes requests together, and one too many costs more than a tenth.
func (t *turn) limit(perSecond int) { t.limiter.SetLimit(rate.Limit(float64(perSecond) * 0.9)) }

// wait waits for the turn of one request.
func (c *Client) wait(ctx context.Context, perSecond int) error {
	if c.shared != nil {
		if err := c.shared(ctx, perSecond); err != nil {
			return err
		}
	}
	return c.turn.limiter.Wait(ctx)
}

const (
	// soon is the wait after an error that came without one.
	soon = 5 * time.Second
	// slowest bounds the wait after TooManyRequests.
	slowest = time.Minute
	// maxRetryAfter bounds the wait that the service may ask for.
	maxRetryAfter = 24 * time.Hour
)

// retryAfter reads the header's two forms, seconds and a date (RFC 9110
// section 10.2.3); 0 when it says nothing usable.
func retryAfter(header string, now time.Time) time.Duration {
	var wait time.Duration
	if seconds, err := strconv.ParseInt(header, 10, 64); err == nil {
		wait = time.Duration(min(max(seconds, 0), int64(maxRetryAfter/time.Second))) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		wait = date.Sub(now)
	}
	return min(max(wait, 0), maxRetryAfter)
}

// pause keeps every request back while the service has asked to wait: Apple
// answers those who do not with longer blocks.
type pause struct {
	mu     sync.Mutex
	until  time.Time
	reason Error
	streak int // refusals for too many requests in a row
}

// left tells how long to wait still, and why.
func (p *pause) left(now time.Time) (time.Duration, *Error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	wait := p.until.Sub(now)
	if wait <= 0 {
		return 0, nil
	}
	reason := p.reason
	reason.RetryAfter = wait
	return wait, &reason
}

// worked ends a row of refusals.
func (p *pause) worked() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.streak = 0
}

// note sets the wait of an error that may be retried, and the pause of all
// requests when the service asked for one.
func (p *pause) note(e *Error, now time.Time) {
	if e.Class != Retry {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	crowded := e.Number == TooManyRequests || e.Status == http.StatusTooManyRequests
	asked := e.RetryAfter > 0
	if !asked && crowded {
		// Several requests under way are refused together: one step.
		if now.After(p.until) {
			p.streak = min(p.streak+1, 7)
		}
		e.RetryAfter = min(time.Second<<max(p.streak-1, 0), slowest)
	}
	if asked || crowded {
		e.asked = true
		if until := now.Add(e.RetryAfter); until.After(p.until) {
			p.until, p.reason = until, *e
		}
		return
	}
	e.RetryAfter = soon
}

// sleep waits, unless ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
