package mail

import (
	"fmt"
	"sync"
)

// blockade finds out whether port 25 is blocked for this machine as a whole,
// which looks, one recipient at a time, like a server that is away.
//
// It counts destinations to none of whose hosts a TCP connection came about,
// since the last connection that did. Before any connection ever did, two of
// them are enough; a route that has worked needs more, or two dead schools in
// a row would stop the mail of all others.
type blockade struct {
	mu     sync.Mutex
	proven bool
	silent map[string]struct{}
}

const (
	silentBeforeProof = 2
	silentAfterProof  = 5
)

// connected records that a TCP connection came about.
func (b *blockade) connected() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.proven = true
	clear(b.silent)
}

// refused records a destination without a connection, and returns its error
// with the words, and the reach, that are due.
func (b *blockade) refused(destination string, cause *openError, port int) *openError {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.silent == nil {
		b.silent = make(map[string]struct{})
	}
	b.silent[destination] = struct{}{}

	failure := *cause
	need := silentBeforeProof
	if b.proven {
		need = silentAfterProof
	}
	failure.route = len(b.silent) >= need
	switch {
	case failure.route:
		failure.sentence = fmt.Sprintf("Port %d is blocked: none of %d mail servers could be reached. "+
			"Internet providers often block it. Send through a relay instead.", port, len(b.silent))
	case !b.proven:
		failure.sentence += fmt.Sprintf(" Port %d seems to be blocked by a firewall or the internet provider."+
			" If so, send through a relay instead.", port)
	}
	return &failure
}
