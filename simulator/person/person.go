// Package person plays the people who get invitations: they open the link of a
// mail or a push after a while, as a browser would, and press the button that
// they have a mind to.
package person

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Person is somebody who may be invited.
type Person struct {
	ID     string
	Email  string   // empty: none
	Tokens []string // of the devices that pushes reach, in lowercase hexadecimal
	// Account is the Apple Account; empty: one made of the id.
	Account string
	Plan    Plan
}

// Options make a Crowd.
type Options struct {
	People []Person
	// Stranger makes a person of an address or token that none of People has;
	// nil: strangers do nothing.
	Stranger func(id string) Person
	// Pace divides every wait: 60 makes seconds of minutes. Default 1.
	Pace float64
	// Diary is a file that keeps what people mean to do, so that they still do
	// it after a restart. Empty: they forget.
	Diary string
	// RootCAs are authorities of the pages beside the system's; nil: those alone.
	RootCAs *x509.CertPool
	// Logger is told who answers; nil means nobody is.
	Logger *slog.Logger
}

// Crowd is people at work. It is safe for concurrent use.
type Crowd struct {
	pace     float64
	stranger func(id string) Person
	log      *slog.Logger
	browser  browser
	hands    chan struct{} // one for each visit under way

	ctx  context.Context //nolint:containedctx // it ends the visits, which nobody calls
	stop context.CancelFunc
	work sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	diary   *diary
	people  map[string]*mind // by id
	byMail  map[string]*mind // in lower case
	byToken map[string]*mind
}

// mind is what a person knows.
type mind struct {
	Person

	letters map[string]*letter // by link
	busy    chan struct{}      // a person reads one page at a time
}

// accountDomain is that of the Apple Accounts that people have; it is reserved
// (RFC 2606).
const accountDomain = "icloud.example"

// maxVisits is how many people are at a page at once.
const maxVisits = 32

// New wakes people up; those with something in their diary go on with it.
// Close them.
func New(o Options) (*Crowd, error) {
	c := &Crowd{
		pace: cmp.Or(max(o.Pace, 0), 1), stranger: o.Stranger,
		log:     cmp.Or(o.Logger, slog.New(slog.DiscardHandler)),
		browser: newBrowser(o.RootCAs), hands: make(chan struct{}, maxVisits),
		people: map[string]*mind{}, byMail: map[string]*mind{}, byToken: map[string]*mind{},
	}
	c.ctx, c.stop = context.WithCancel(context.Background())
	for _, p := range o.People {
		c.meet(p)
	}
	diary, pages, err := openDiary(o.Diary)
	if err != nil {
		return nil, err
	}
	c.diary = diary
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, page := range pages {
		c.resume(page)
	}
	return c, nil
}

// Close ends every visit and waits for them. What people still meant to do
// stays in the diary.
func (c *Crowd) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.stop()
	c.work.Wait()
	c.browser.close()
	if err := c.diary.close(); err != nil {
		return fmt.Errorf("closing the people's diary: %w", err)
	}
	return nil
}

// meet makes a person known.
func (c *Crowd) meet(p Person) *mind {
	p.Account = cmp.Or(p.Account, strings.ToLower(p.ID)+"@"+accountDomain)
	m := &mind{Person: p, letters: map[string]*letter{}, busy: make(chan struct{}, 1)}
	c.people[p.ID] = m
	if p.Email != "" {
		c.byMail[lower(p.Email)] = m
	}
	for _, token := range p.Tokens {
		c.byToken[lower(token)] = m
	}
	return m
}

// resume takes a page of the diary up.
func (c *Crowd) resume(page entry) {
	m := c.people[page.Person]
	if m == nil {
		if c.stranger == nil {
			return // somebody of another school
		}
		m = c.meet(c.stranger(page.Person))
	}
	l := &letter{link: page.Link, notices: page.Notices, due: page.Due, done: page.Done}
	m.letters[l.link] = l
	if !l.done && !l.due.IsZero() {
		c.set(m, l)
	}
}

// set sends the person on the way when the letter is due.
func (c *Crowd) set(m *mind, l *letter) {
	c.work.Go(func() {
		if err := c.errand(m, l); err != nil && !errors.Is(err, context.Canceled) {
			c.log.Warn("a person gave up", "person", m.ID, "error", err)
		}
	})
}

// wait waits, unless the crowd is closed before.
func (c *Crowd) wait(d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

// paced is a wait at the crowd's pace.
func (c *Crowd) paced(d time.Duration) time.Duration { return time.Duration(float64(d) / c.pace) }

// status is an answer that is not a page to act on.
type status int

func (s status) Error() string { return "the page answers " + http.StatusText(int(s)) }

// again tells whether a later visit may find the page.
func (s status) again() bool {
	return s >= http.StatusInternalServerError || s == http.StatusTooManyRequests || s == http.StatusRequestTimeout
}
