package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"heraut/api/client"
	"heraut/directory/roster/rostertest"
	smtpsim "heraut/simulator/smtp"
)

// measureMail sends to a group by mail and follows each mail to a result in
// the store. The mail server is in this process, so that its work does not
// count as Heraut's.
func measureMail(ctx context.Context, r *run) error {
	var above []float64
	for _, n := range r.Size.Mails {
		m := mailing{run: r, mails: n}
		if err := m.measure(ctx); err != nil {
			return fmt.Errorf("with %d mails: %w", n, err)
		}
		above = append(above, m.above)
	}
	if last := len(above) - 1; last > 0 {
		r.atMost(150, "memory, largest send against smallest", above[last]-above[0], "MB", "how much more the peak is above idle")
	}
	return nil
}

// mailing is one send by mail.
type mailing struct {
	*run

	mails  int
	server *server
	sink   *smtpsim.Sink
	engine *engine

	first     sync.Once
	firstMail chan time.Time
	// above is the peak of the memory above idle, in megabytes.
	above float64
}

func (m *mailing) measure(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, m.close()) }()
	if err := m.set(ctx, fmt.Sprintf("mail-%d", m.mails)); err != nil {
		return err
	}
	return m.deliver(ctx)
}

// set starts the mail server and a Heraut that sends through it.
func (m *mailing) set(ctx context.Context, name string) error {
	m.firstMail = make(chan time.Time, 1)
	var err error
	m.sink, err = smtpsim.New(smtpsim.Options{HeadersOnly: true, Limit: 100, OnMessage: func(mail smtpsim.Message) {
		m.first.Do(func() { m.firstMail <- mail.At })
	}})
	if err != nil {
		return err
	}
	m.onClose(m.sink.Close)
	if m.server, err = m.staffed(ctx, name, m.mails); err != nil {
		return err
	}
	if err := m.server.mailTo(ctx, m.sink.Port()); err != nil {
		return err
	}
	if m.engine, err = m.server.dialEngine(ctx); err != nil {
		return err
	}
	m.onClose(m.engine.close)
	return nil
}

// staffed starts a server with n people who have an address; it was started
// anew after they came, so that its memory is that of a server at rest.
func (r *run) staffed(ctx context.Context, name string, n int) (*server, error) {
	dir, err := r.folder(name)
	if err != nil {
		return nil, err
	}
	files, err := r.folder(filepath.Join(name, "roster"))
	if err != nil {
		return nil, err
	}
	r.say("importing %d people", n+n/20+10)
	if err := rostertest.Write(files, n+n/20+10, 1); err != nil {
		return nil, err
	}
	s, err := r.serve(ctx, dir)
	if err != nil {
		return nil, err
	}
	if _, err := s.importRoster(ctx, files); err != nil {
		return nil, err
	}
	if err := s.stop(); err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func (m *mailing) deliver(ctx context.Context) error {
	plan, err := m.planFor(ctx, m.server, m.mails)
	if err != nil {
		return err
	}
	pid := m.server.pid()
	idle, err := resident(pid)
	if err != nil {
		return err
	}
	memory := watchMemory(ctx, pid)
	before, err := cpuTime(pid)
	if err != nil {
		return err
	}
	m.say("sending %d mails", m.mails)
	send, err := m.server.send(ctx, plan)
	if err != nil {
		return err
	}
	begun := time.Now()
	if err := m.delivered(ctx, send.ID, begun, before); err != nil {
		return err
	}
	if err := m.started(ctx, begun, before); err != nil {
		return err
	}
	most, err := memory.end()
	if err != nil {
		return err
	}
	m.above = megabytes(most - idle)
	m.figure(m.about("memory idle"), megabytes(idle), "MB", "")
	m.figure(m.about("memory above idle, peak"), m.above, "MB", "")
	return nil
}

func (m *mailing) about(what string) string { return fmt.Sprintf("%s (%d)", what, m.mails) }

// delivered waits until each mail has a result in the store.
func (m *mailing) delivered(ctx context.Context, sendID string, begun time.Time, before time.Duration) error {
	if err := m.sink.Wait(ctx, m.mails); err != nil {
		return fmt.Errorf("waiting for mails, %d of %d came: %w", m.sink.Total(), m.mails, err)
	}
	counts, err := m.server.settled(ctx, sendID, func(c client.InvitationCounts) bool { return c.Queued == 0 })
	if err != nil {
		return err
	}
	took := time.Since(begun)
	after, err := cpuTime(m.server.pid())
	if err != nil {
		return err
	}
	if counts.Sent != m.mails || m.sink.Total() != m.mails || len(m.sink.Copies()) != m.mails {
		return fmt.Errorf("%d mails came, %d different ones, and %d of %d invitations are sent",
			m.sink.Total(), len(m.sink.Copies()), counts.Sent, m.mails)
	}
	m.atLeast(1000, m.about("mails with a durable result"), float64(m.mails)/took.Seconds(), "1/s", "from the 202 to the last result")
	m.atMost(1000, m.about("first mail after the 202"), milliseconds((<-m.firstMail).Sub(begun)), "ms", "")
	m.atMost(1, m.about("processor time of a mail"), milliseconds(after-before)/float64(m.mails), "ms",
		"all of the process until the last result, with the workflows started meanwhile")
	return nil
}

// started waits until every recipient's workflow runs.
func (m *mailing) started(ctx context.Context, begun time.Time, before time.Duration) error {
	m.say("waiting for %d workflows", m.mails)
	running, err := m.engine.awaitRunning(ctx, m.mails)
	if err != nil {
		return fmt.Errorf("waiting for workflows, %d run: %w", running, err)
	}
	took := time.Since(begun)
	after, err := cpuTime(m.server.pid())
	if err != nil {
		return err
	}
	m.figure(m.about("workflows waiting for answers"), float64(m.mails)/took.Seconds(), "1/s", "from the 202 until all run")
	m.figure(m.about("processor time of an invitation"), milliseconds(after-before)/float64(m.mails), "ms", "mail, workflow and engine")
	return nil
}

// planFor makes a group of n users and plans for it by mail.
func (r *run) planFor(ctx context.Context, s *server, n int) (client.Plan, error) {
	users, err := s.addressees(ctx, n)
	if err != nil {
		return client.Plan{}, err
	}
	group, err := s.makeGroup(ctx, "Everyone", client.GroupMembers{UserIds: &users})
	if err != nil {
		return client.Plan{}, err
	}
	plan, err := s.plan(ctx, group)
	if err == nil && plan.Messages != n {
		err = fmt.Errorf("the plan has %d mails, not %d", plan.Messages, n)
	}
	return plan, err
}

// settled asks for a send's counts until they are as wished.
func (s *server) settled(ctx context.Context, id string, done func(client.InvitationCounts) bool) (client.InvitationCounts, error) {
	for {
		counts, err := s.counts(ctx, id)
		if err != nil || done(counts) {
			return counts, err
		}
		if err := pause(ctx, readyPause); err != nil {
			return counts, err
		}
	}
}
