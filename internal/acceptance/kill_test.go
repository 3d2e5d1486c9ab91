package acceptance_test

import (
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	apnssim "heraut/simulator/apns"
	smtpsim "heraut/simulator/smtp"
)

// drill tells whether drills run at full length.
func drill() bool { return os.Getenv("HERAUT_TEST_DRILL") == "1" }

// killer kills the process of a site at moments of its choice.
type killer struct {
	*site

	// mail and push hold the pid to kill at the next chance.
	mail, push chan int
	readiest   time.Duration // the longest start
}

func newKiller(tb testing.TB) *killer {
	tb.Helper()
	k := &killer{mail: make(chan int, 1), push: make(chan int, 1)}
	k.site = surround(tb, smtpsim.Options{OnMessage: func(smtpsim.Message) { strike(k.mail) }})
	k.apns.OnNotification(func(apnssim.Notification) { strike(k.push) })
	return k
}

// strike kills who is waiting to be: the simulators call it with a message in
// hand, before the sender hears that it was taken.
func strike(victim chan int) {
	select {
	case pid := <-victim:
		_ = syscall.Kill(pid, syscall.SIGKILL) // the round waits for its end
	default:
	}
}

// moments are the ways to choose when to kill.
var moments = []string{"with a mail in hand", "with a push in hand", "at any time"}

// round kills the process at a random moment and starts it again.
func (k *killer) round(random *rand.Rand, moment string) {
	k.Helper()
	p := k.serving
	anyTime := time.Duration(random.Int64N(int64(3 * time.Second)))
	switch moment {
	case "with a mail in hand":
		k.mail <- p.pid
	case "with a push in hand":
		k.push <- p.pid
	}
	// Nothing may be left to send at that place: then any time will do.
	if moment != "at any time" {
		anyTime += 20 * time.Second
	}
	timer := time.NewTimer(anyTime)
	defer timer.Stop()
	select {
	case <-p.program.Exited():
	case <-timer.C:
		_ = syscall.Kill(p.pid, syscall.SIGKILL) // it may be gone already
	}
	for _, victim := range []chan int{k.mail, k.push} {
		select {
		case <-victim:
		default:
		}
	}
	<-p.program.Exited()
	p.ended = true
	began := time.Now()
	k.startServe()
	k.readiest = max(k.readiest, time.Since(began))
}

func TestDrillKillTheWholeProcess(t *testing.T) {
	t.Parallel()
	people, kills := 150, 5
	if drill() {
		people, kills = 500, 50
	}
	k := newKiller(t)
	k.serve("--page-size", "40")
	everyone, group := k.people(people, mixed)
	plan := k.plan(toGroup(group))
	require.Equal(t, client.ByChannel{Mail: people / 2, Alert: people / 2}, plan.ByChannel)
	send := k.confirm(plan)

	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range kills {
		k.round(random, moments[i%len(moments)])
	}
	t.Logf("ready again within %s after each of %d kills", k.readiest.Round(time.Millisecond), kills)

	k.afterwards(send.ID, everyone, kills)
}
