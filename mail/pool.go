package mail

import (
	"context"
	"sync"
	"time"
)

// maxMails is after how many mails a connection is closed, so that work
// spreads again over a relay's machines.
const maxMails = 1000

// pool keeps the connections to one destination.
type pool struct {
	dial  func(context.Context) (*conn, error)
	slots chan struct{} // holds one for each connection in use
	idle  time.Duration

	mu     sync.Mutex
	kept   []*conn // the last used is the last
	sweep  *time.Timer
	closed bool
}

func newPool(size int, idle time.Duration, dial func(context.Context) (*conn, error)) *pool {
	return &pool{dial: dial, slots: make(chan struct{}, size), idle: idle}
}

// take waits for a slot and returns a kept connection, or a new one if there
// is none or fresh is asked for. Each conn taken goes back by put.
func (p *pool) take(ctx context.Context, fresh bool) (c *conn, err error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if !fresh {
		if c := p.lastKept(); c != nil {
			return c, nil
		}
	}
	c, err = p.dial(ctx)
	if err != nil {
		<-p.slots
		return nil, err
	}
	return c, nil
}

// put gives a connection back; one that is not to be kept is closed.
func (p *pool) put(c *conn, keep bool) {
	defer func() { <-p.slots }()
	if !keep || c.mails >= maxMails || !p.keep(c) {
		c.close()
	}
}

func (p *pool) lastKept() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.kept) == 0 {
		return nil
	}
	c := p.kept[len(p.kept)-1]
	p.kept = p.kept[:len(p.kept)-1]
	return c
}

func (p *pool) keep(c *conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	c.idleSince = time.Now()
	p.kept = append(p.kept, c)
	if p.sweep == nil {
		p.sweep = time.AfterFunc(p.idle, p.closeIdle)
	}
	return true
}

// closeIdle closes what was not used for a while and comes again while
// anything is kept.
func (p *pool) closeIdle() {
	p.mu.Lock()
	old := 0
	for old < len(p.kept) && time.Since(p.kept[old].idleSince) >= p.idle {
		old++
	}
	closing := p.kept[:old:old]
	p.kept = append([]*conn(nil), p.kept[old:]...)
	p.sweep = nil
	if len(p.kept) > 0 {
		p.sweep = time.AfterFunc(p.idle-time.Since(p.kept[0].idleSince), p.closeIdle)
	}
	p.mu.Unlock()

	for _, c := range closing {
		c.quit()
	}
}

// close closes the kept connections, and those in use as they come back.
func (p *pool) close() {
	p.mu.Lock()
	closing := p.kept
	p.kept, p.closed = nil, true
	if p.sweep != nil {
		p.sweep.Stop()
	}
	p.mu.Unlock()

	for _, c := range closing {
		c.quit()
	}
}

// empty tells whether nothing is kept.
func (p *pool) empty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.kept) == 0
}
