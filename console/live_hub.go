package console

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"heraut/fault"
)

// The most streams that are open at once: browsers have six connections to one
// server, and pages must still load.
const (
	maxStreams    = 64
	maxStreamsOne = 4
)

// rhythm is how often things are done for live pages.
type rhythm struct {
	// every is how often a thing is read, and the most that a page changes.
	every time.Duration
	// heartbeat is sent where nothing else is, so that proxies keep the connection.
	heartbeat time.Duration
	// recount is how often the sidebar's number is looked at.
	recount time.Duration
	// gateAgain is how often the gate is asked whether the session goes on.
	gateAgain time.Duration
}

var calm = rhythm{every: time.Second, heartbeat: 15 * time.Second, recount: 5 * time.Second, gateAgain: time.Minute}

// hub lets streams that look at the same share one reading of it. Nobody
// listens: nothing is read.
type hub struct {
	rhythm

	log *slog.Logger

	mu    sync.Mutex
	feeds map[string]*feed
	open  map[string]int // streams by administrator
	total int
}

func newHub(log *slog.Logger) *hub {
	return &hub{rhythm: calm, log: log, feeds: map[string]*feed{}, open: map[string]int{}}
}

// admit counts a stream of an administrator until left is called.
func (h *hub) admit(who string) (left func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.total >= maxStreams || h.open[who] >= maxStreamsOne {
		return nil, fault.New(fault.RateLimited, "Too many pages follow what happens at once. This one can be reloaded.")
	}
	h.total++
	h.open[who]++
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.total--
		h.open[who]--
		if h.open[who] == 0 {
			delete(h.open, who)
		}
	}, nil
}

// feed is one thing that is read once a second while anybody listens.
type feed struct {
	read func(context.Context) (any, error)
	stop context.CancelFunc

	mu        sync.Mutex
	latest    any // nil: nothing was read yet
	listeners map[chan any]bool
}

// listen joins the feed of a key, which begins with its first listener and ends
// with its last. A listener that is slow misses what lies between.
func (h *hub) listen(ctx context.Context, key string, read func(context.Context) (any, error)) (heard <-chan any, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.feeds[key]
	if f == nil {
		// The feed outlives the request that it begins with.
		running, stop := context.WithCancel(context.WithoutCancel(ctx))
		f = &feed{read: read, stop: stop, listeners: map[chan any]bool{}}
		h.feeds[key] = f
		go h.run(running, f)
	}
	ear := f.join()
	return ear, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if f.leave(ear) == 0 {
			f.stop()
			delete(h.feeds, key)
		}
	}
}

func (f *feed) join() chan any {
	f.mu.Lock()
	defer f.mu.Unlock()
	ear := make(chan any, 1)
	if f.latest != nil {
		ear <- f.latest
	}
	f.listeners[ear] = true
	return ear
}

func (f *feed) leave(ear chan any) (left int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.listeners, ear)
	return len(f.listeners)
}

// run reads until nobody listens any more, with a rest after each reading: a
// slow store is not asked without pause. One that is away is asked again; the
// log hears of it once.
func (h *hub) run(ctx context.Context, f *feed) {
	rest := time.NewTimer(0)
	defer rest.Stop()
	for failing := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-rest.C:
		}
		err := f.tell(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			h.log.WarnContext(ctx, "what live pages show can not be read", "error", err)
		}
		failing = err != nil
		rest.Reset(h.every)
	}
}

// readTimeout bounds one reading.
const readTimeout = 10 * time.Second

func (f *feed) tell(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	news, err := f.read(ctx)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.latest = news
	for ear := range f.listeners {
		select { // what was not heard yet is old news
		case <-ear:
		default:
		}
		ear <- news
	}
	return nil
}
