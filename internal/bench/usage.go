package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"time"
)

// clockTick is the unit in which Linux shows processor time in /proc: a
// hundredth of a second on every architecture (USER_HZ, see proc(5)).
const clockTick = 10 * time.Millisecond

var errProc = errors.New("not in the form of proc(5)")

// cpuTime is the processor time that a process has used, in user mode and in
// the kernel, by all of its threads.
func cpuTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(proc(pid, "stat"))
	if err != nil {
		return 0, fmt.Errorf("reading processor time: %w", err)
	}
	// The name in parentheses may hold anything; fields are counted after it.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	const user, system = 11, 12
	if len(fields) <= system {
		return 0, fmt.Errorf("reading processor time: %w", errProc)
	}
	ticks := 0
	for _, field := range [][]byte{fields[user], fields[system]} {
		n, err := strconv.Atoi(string(field))
		if err != nil {
			return 0, fmt.Errorf("reading processor time: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * clockTick, nil
}

// resident is the memory of a process that is in RAM and its own, in bytes:
// without the pages of files, such as the program itself, which the system
// drops when it needs the room.
func resident(pid int) (int64, error) {
	text, err := os.ReadFile(proc(pid, "status"))
	if err != nil {
		return 0, fmt.Errorf("reading memory: %w", err)
	}
	var total int64
	for line := range bytes.Lines(text) {
		name, value, _ := bytes.Cut(line, []byte(":"))
		if string(name) != "RssAnon" {
			continue
		}
		kilobytes, err := strconv.ParseInt(string(bytes.TrimSuffix(bytes.TrimSpace(value), []byte(" kB"))), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("reading memory: %w", err)
		}
		total += kilobytes << 10
	}
	if total == 0 {
		return 0, fmt.Errorf("reading memory: %w", errProc)
	}
	return total, nil
}

func proc(pid int, name string) string { return fmt.Sprintf("/proc/%d/%s", pid, name) }

// peak watches the memory of a process.
type peak struct {
	stop context.CancelFunc
	done sync.WaitGroup
	most int64
	err  error
}

// watchMemory looks at a process ten times a second until stopped.
func watchMemory(ctx context.Context, pid int) *peak {
	ctx, stop := context.WithCancel(ctx)
	p := &peak{stop: stop}
	p.done.Go(func() {
		ticker := time.NewTicker(100 * time.Millisecond)
		defer ticker.Stop()
		for {
			now, err := resident(pid)
			if err != nil {
				p.err = err
				return
			}
			p.most = max(p.most, now)
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
	})
	return p
}

// end stops watching and returns the most bytes that were seen.
func (p *peak) end() (int64, error) {
	p.stop()
	p.done.Wait()
	return p.most, p.err
}

func megabytes(n int64) float64 { return float64(n) / (1 << 20) }
