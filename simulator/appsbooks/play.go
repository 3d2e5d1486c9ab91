package appsbookssim

import (
	"io"
	"net"
	"net/http"
	"path"
	"slices"
	"sync"
)

// faults is a script under way.
type faults struct {
	mu            sync.Mutex
	script        Script
	met, played   []int // requests that each rule matched, and decided
	nMet, nPlayed []int // the same of notifications
}

// SetScript replaces the script and its counts.
func (s *Server) SetScript(script Script) error {
	if err := script.check(); err != nil {
		return err
	}
	f := &s.faults
	f.mu.Lock()
	defer f.mu.Unlock()
	f.script = Script{Rules: slices.Clone(script.Rules), Notifications: slices.Clone(script.Notifications)}
	f.met, f.played = make([]int, len(script.Rules)), make([]int, len(script.Rules))
	f.nMet, f.nPlayed = make([]int, len(script.Notifications)), make([]int, len(script.Notifications))
	return nil
}

// Played tells how many requests each rule of the script decided.
func (s *Server) Played() []int {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return slices.Clone(s.faults.played)
}

// next finds the rule that decides a request.
func (f *faults) next(method, where string) (Rule, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, r := range f.script.Rules {
		if (r.Method == "" || r.Method == method) && matches(r.Path, where) &&
			due(&f.met[i], &f.played[i], r.Skip, r.Count) {
			return r, true
		}
	}
	return Rule{}, false
}

// notification finds what becomes of a notification.
func (f *faults) notification(kind string) NotifyAction {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, r := range f.script.Notifications {
		if matches(r.Type, kind) && due(&f.nMet[i], &f.nPlayed[i], r.Skip, r.Count) {
			return r.Do
		}
	}
	return ""
}

func matches(pattern, value string) bool {
	ok, err := path.Match(pattern, value)
	return pattern == "" || (ok && err == nil)
}

// due counts one more match of a rule.
func due(met, played *int, skip, count int) bool {
	if count > 0 && *played >= count {
		return false
	}
	*met++
	if *met <= skip {
		return false
	}
	*played++
	return true
}

// play gives the answer of a rule.
func (s *Server) play(w http.ResponseWriter, c *call) {
	switch c.rule.Break {
	case Hang:
		select {
		case <-c.request.Context().Done():
		case <-s.done:
		}
		panic(http.ErrAbortHandler)
	case Reset:
		cut(w)
		panic(http.ErrAbortHandler)
	}
	if c.rule.RetryAfter != "" {
		w.Header().Set("Retry-After", c.rule.RetryAfter)
	}
	if c.rule.Body != "" {
		s.record(c, c.rule.Status, 0)
		w.WriteHeader(c.rule.Status)
		_, _ = io.WriteString(w, c.rule.Body) // the client may be gone
		return
	}
	var body any = map[string]any{}
	if c.rule.Number != 0 {
		body = refuse(c.rule.Number).json()
	}
	s.write(w, c, c.rule.Status, c.rule.Number, body)
}

// cut ends a connection of HTTP/1 without a goodbye; one of HTTP/2 has its
// stream reset by the panic that follows.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tls, ok := conn.(interface{ NetConn() net.Conn }); ok {
		if tcp, ok := tls.NetConn().(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // without it the cut is a polite one
		}
	}
	_ = conn.Close() // as intended
}
