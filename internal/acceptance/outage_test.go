package acceptance_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	smtpsim "heraut/simulator/smtp"
)

// after fires once. Tests may not sleep; this one waits for a fault to last.
func (s *site) after(d time.Duration) {
	s.Helper()
	select {
	case <-time.After(d):
	case <-s.Context().Done():
		s.Fatal("the test ended")
	}
}

func TestDrillRelayDown(t *testing.T) {
	t.Parallel()
	outage := 10 * time.Second
	if drill() {
		outage = 15 * time.Minute
	}
	s := serve(t)
	const mails, pushes = 60, 20
	everyone, group := s.people(mails+pushes, func(i int) kind {
		if i < mails {
			return byMail
		}
		return byPush
	})
	s.sink.SetRules([]smtpsim.Rule{{Phase: smtpsim.PhaseConnect, Action: smtpsim.ActionReset}})

	began := time.Now()
	send := s.invite(toGroup(group))
	check := s.fails("mail_route")
	require.Contains(t, check.Detail, "Down since")
	eventually(t, func() bool { return len(s.waiting(send.ID, client.WaitingForRelay)) == mails }, "mails wait for the relay")
	eventually(t, func() bool { return s.send(send.ID).Counts.Sent == pushes }, "pushes do not")
	s.after(outage)
	tries := s.sink.Played(smtpsim.PhaseConnect)
	require.LessOrEqual(t, tries, mostTries(time.Since(began)), "the relay is tried now and then")
	require.Equal(t, mails, s.send(send.ID).Counts.Queued)

	s.sink.SetRules(nil)
	up := time.Now()
	eventually(t, func() bool { return s.send(send.ID).Counts.Sent == mails+pushes }, "all leave when the relay is back")
	t.Logf("down %s: %d tries; all %d mails left %s after the relay was back", outage, tries, mails, time.Since(up).Round(time.Millisecond))
	s.checkEach(everyone)
	eventually(t, func() bool { return s.preflight("mail_route").Ok }, "preflight is content again")
	s.check([]string{send.ID})
}

// mostTries is how often a relay may be tried while it is down for so long:
// once by each connection that found out, then after 2 s, 4 s, 8 s and so on,
// then once a minute.
func mostTries(down time.Duration) int {
	doubling := math.Log2(1 + min(down, time.Minute).Seconds()/2)
	return mailsOnTheWire + int(doubling+down.Minutes()) + 2
}

// checkEach holds that each person got one message, and that one once.
func (s *site) checkEach(everyone []person) {
	s.Helper()
	pushes, mails := s.apns.CountByToken(), map[string]int{}
	for _, mail := range s.sink.Messages() {
		mails[mail.To[0]]++
	}
	for _, p := range everyone {
		if p.token != "" {
			require.Equal(s, 1, pushes[p.token], "pushes to %s", p.name)
			require.Zero(s, mails[p.email], "mails to %s", p.name)
		} else {
			require.Equal(s, 1, mails[p.email], "mails to %s", p.name)
		}
	}
}

func TestHalfASecondOfRefusalsLosesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	everyone, group := s.people(200, all(byMail))
	s.sink.SetRules([]smtpsim.Rule{
		{Phase: smtpsim.PhaseRcpt, Code: 451, Probability: 0.5}, {Phase: smtpsim.PhaseDot, Code: 451},
	})

	send := s.invite(toGroup(group))
	eventually(t, func() bool { return s.sink.Played(smtpsim.PhaseDot) > 0 }, "mails are refused")
	s.after(500 * time.Millisecond)
	s.sink.SetRules(nil)

	eventually(t, func() bool { return s.send(send.ID).Counts.Sent == len(everyone) }, "all leave in the end")
	s.checkEach(everyone)
	s.check([]string{send.ID})
}
