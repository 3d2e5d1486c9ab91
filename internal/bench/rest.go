package bench

import (
	"context"
	"fmt"
	"time"
)

// measureRest lets many invitations wait for answers, looks at the memory that
// takes, kills the process and starts it again.
func measureRest(ctx context.Context, r *run) error {
	m := mailing{run: r, mails: r.Size.Open}
	if err := m.open(ctx); err != nil {
		return err
	}
	if err := m.restful(ctx, m.about("memory after the send")); err != nil {
		return err
	}
	if err := m.server.kill(); err != nil {
		return err
	}
	begun := time.Now()
	if err := m.server.start(ctx); err != nil {
		return err
	}
	r.atMost(5, m.about("ready again after a kill"), time.Since(begun).Seconds(), "s", "until /readyz answers 200")
	return m.restful(ctx, m.about("memory after a restart"))
}

// open sends, and waits until each invitation's workflow waits for an answer.
func (m *mailing) open(ctx context.Context) error {
	if err := m.set(ctx, "rest"); err != nil {
		return err
	}
	plan, err := m.planFor(ctx, m.server, m.mails)
	if err != nil {
		return err
	}
	m.say("opening %d invitations", m.mails)
	if _, err := m.server.send(ctx, plan); err != nil {
		return err
	}
	if running, err := m.engine.awaitRunning(ctx, m.mails); err != nil {
		return fmt.Errorf("waiting for workflows, %d run: %w", running, err)
	}
	return nil
}

// A process is at rest when it used less than a tenth of a processor for a
// while.
const (
	restFor   = 5 * time.Second
	restLimit = 2 * time.Minute
)

// restful waits until the server is at rest and notes its memory.
func (m *mailing) restful(ctx context.Context, name string) error {
	m.say("waiting until nothing happens")
	deadline := time.Now().Add(restLimit)
	for {
		before, err := cpuTime(m.server.pid())
		if err != nil {
			return err
		}
		if err := pause(ctx, restFor); err != nil {
			return err
		}
		after, err := cpuTime(m.server.pid())
		if err != nil {
			return err
		}
		if after-before < restFor/10 || time.Now().After(deadline) {
			break
		}
	}
	bytes, err := resident(m.server.pid())
	if err != nil {
		return err
	}
	m.figure(name, megabytes(bytes), "MB", "nothing happens")
	return nil
}
