package mail_test

import (
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"heraut/invitation"
	"heraut/mail"
	"heraut/settings"
	"heraut/simulator/smtp"
)

func BenchmarkCompose(b *testing.B) {
	m := invite()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := mail.Compose(m); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSend composes and sends through ten connections; the sink runs in
// the same process, and its CPU time is in the figure.
func BenchmarkSend(b *testing.B) {
	relay := sink(b, smtpsim.Options{HeadersOnly: true, Limit: 100})
	sender := newSender(b, relayTo(relay, settings.TLSNone), mail.Options{MaxConns: 10})
	var failed atomic.Int64
	before := cpuTime(b)
	b.SetParallelism(5) // ten goroutines on two cores
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		m := invite()
		for pb.Next() {
			e, err := mail.Compose(m)
			if err != nil || sender.Send(b.Context(), e, free).Class != invitation.Taken {
				failed.Add(1)
			}
		}
	})
	b.StopTimer()
	if failed.Load() > 0 {
		b.Fatalf("%d mails were not taken", failed.Load())
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
	b.ReportMetric(float64((cpuTime(b)-before).Microseconds())/float64(b.N), "cpu-us/mail")
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
