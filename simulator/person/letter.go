package person

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// letter is an invitation as its person knows it: by its link.
type letter struct {
	link    string
	notices int
	due     time.Time // when the person opens it; zero: not yet decided
	done    bool
}

const (
	// firstWait and longestWait are between visits to a server that is away.
	firstWait, longestWait = time.Second, 15 * time.Second
	// patience is how long a person tries.
	patience = time.Hour
)

func lower(s string) string { return strings.ToLower(s) }

// Mail is a mail that arrived; links are those of its text, in their order.
// The person will open the first. It does not wait for that.
func (c *Crowd) Mail(address string, links []string) {
	if len(links) > 0 {
		c.notice(c.byMail, lower(address), links[0])
	}
}

// Push is an alert that arrived on a device; without a link there is nothing
// to open. It does not wait for the person.
func (c *Crowd) Push(token, link string) {
	if link != "" {
		c.notice(c.byToken, lower(token), link)
	}
}

// Prompt is an invitation that a device shows to its owner by itself, by the
// owner's id. It does not wait for the person.
func (c *Crowd) Prompt(id, invitationURL string) {
	if id != "" && invitationURL != "" {
		c.notice(c.people, id, invitationURL)
	}
}

// notice counts a message about an invitation, and sets the person to it when
// it is the one the person acts on.
func (c *Crowd) notice(known map[string]*mind, who, link string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := c.find(known, who)
	if c.closed || m == nil || m.Plan.Intent == Ignore {
		return
	}
	l := m.letters[link]
	if l == nil {
		l = &letter{link: link}
		m.letters[link] = l
	}
	l.notices++
	begins := !l.done && l.due.IsZero() && l.notices >= m.Plan.Notice
	if begins {
		l.due = time.Now().Add(c.paced(m.Plan.After))
	}
	c.note(m, l)
	if begins {
		c.set(m, l)
	}
}

// find looks a person up by an address or a token.
func (c *Crowd) find(known map[string]*mind, who string) *mind {
	if m := known[who]; m != nil {
		return m
	}
	if m := c.people[who]; m != nil {
		return m // a stranger of before
	}
	if c.stranger == nil {
		return nil
	}
	return c.meet(c.stranger(who))
}

// note writes a letter down; the caller holds the lock.
func (c *Crowd) note(m *mind, l *letter) {
	err := c.diary.write(entry{Person: m.ID, Link: l.link, Notices: l.notices, Due: l.due, Done: l.done})
	if err != nil {
		c.log.Error("writing the people's diary", "error", err)
	}
}

// errand is the visit to a letter's page, as often as it takes.
func (c *Crowd) errand(m *mind, l *letter) error {
	pause, tried := firstWait, time.Time{}
	for next := time.Until(l.due); ; next = c.paced(pause) {
		if err := c.wait(next); err != nil {
			return err
		}
		if c.settled(l) {
			return nil
		}
		if tried.IsZero() {
			tried = time.Now()
		}
		err := c.visit(m, l)
		if err == nil || c.ctx.Err() != nil {
			return c.ctx.Err()
		}
		if answer, ok := errors.AsType[status](err); ok && !answer.again() {
			c.finish(m, l, false)
			return err
		}
		if time.Since(tried) > c.paced(patience) {
			c.finish(m, l, false)
			return fmt.Errorf("trying for too long: %w", err)
		}
		pause = min(2*pause, longestWait)
	}
}

// visit opens the page and answers it.
func (c *Crowd) visit(m *mind, l *letter) error {
	if err := c.enter(m.busy); err != nil {
		return err
	}
	defer func() { <-m.busy }()
	if err := c.enter(c.hands); err != nil {
		return err
	}
	defer func() { <-c.hands }()
	if c.settled(l) {
		return nil
	}
	answered, err := c.browser.answer(c.ctx, l.link, m.Plan.Intent, m.Account)
	if err != nil {
		return err
	}
	if answered {
		c.log.Info("a person answers", "person", m.ID, "answer", string(m.Plan.Intent))
	}
	c.finish(m, l, answered)
	return nil
}

// enter waits for a place.
func (c *Crowd) enter(room chan<- struct{}) error {
	select {
	case room <- struct{}{}:
		return nil
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

func (c *Crowd) settled(l *letter) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return l.done
}

// finish puts a letter away. After an answer the person has no eye for the
// other letters that lie there: they ask the same.
func (c *Crowd) finish(m *mind, l *letter, answered bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, other := range m.letters {
		if other == l || (answered && !other.done && !other.due.IsZero()) {
			other.done = true
			c.note(m, other)
		}
	}
}
