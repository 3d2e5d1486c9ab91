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
	slowest    time.Duration // start so far
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
var moments = []func(*killer, *rand.Rand){
	func(k *killer, _ *rand.Rand) { k.strikeNext(k.mail) },
	func(k *killer, _ *rand.Rand) { k.strikeNext(k.push) },
	func(k *killer, random *rand.Rand) {
		k.after(time.Duration(random.Int64N(int64(3 * time.Second))))
		k.serving.kill()
	},
	func(k *killer, random *rand.Rand) {
		k.serving.kill()
		starting := start(k, binary(k, full), k.args...)
		k.after(time.Duration(random.Int64N(int64(time.Second))))
		starting.kill()
	},
}

// strikeNext kills the process when a simulator has the next message in hand,
// and after a while where none comes any more.
func (k *killer) strikeNext(victim chan int) {
	k.Helper()
	victim <- k.serving.pid
	select {
	case <-k.serving.program.Exited():
		k.serving.ended = true
	case <-time.After(20 * time.Second):
		select {
		case <-victim:
		default: // it was struck just now
		}
		k.serving.kill()
	}
}

// round kills the process once and starts it again.
func (k *killer) round(moment func(*killer, *rand.Rand), random *rand.Rand) {
	k.Helper()
	moment(k, random)
	began := time.Now()
	k.startServe()
	k.slowest = max(k.slowest, time.Since(began))
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
		k.round(moments[i%len(moments)], random)
	}
	t.Logf("ready again within %s after each of %d kills", k.slowest.Round(time.Millisecond), kills)

	k.afterwards(send.ID, everyone, kills)
}
