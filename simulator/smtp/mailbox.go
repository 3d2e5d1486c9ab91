package smtpsim

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Message is a mail that the sink took.
type Message struct {
	// Number counts from 1 in the order of arrival.
	Number    int       `json:"number"`
	At        time.Time `json:"at"`
	From      string    `json:"from"` // the return path
	To        []string  `json:"to"`
	MessageID string    `json:"message_id"` // without angle brackets
	Subject   string    `json:"subject"`
	Size      int       `json:"size"`
	SHA256    string    `json:"sha256"`
	// Data is the mail as it came; nil with Options.HeadersOnly.
	Data []byte `json:"-"`
}

// mailbox keeps what came.
type mailbox struct {
	headersOnly bool
	limit       int
	onMessage   func(Message)

	mu       sync.Mutex
	messages []Message
	total    int
	copies   map[string]int
	changed  chan struct{}
}

func newMailbox(o Options) mailbox {
	return mailbox{
		headersOnly: o.HeadersOnly,
		limit:       o.Limit,
		onMessage:   o.OnMessage,
		copies:      make(map[string]int),
		changed:     make(chan struct{}),
	}
}

func (b *mailbox) add(from string, to []string, data []byte) {
	sum := sha256.Sum256(data)
	m := Message{
		At:     time.Now(),
		From:   from,
		To:     to,
		Size:   len(data),
		SHA256: hex.EncodeToString(sum[:]),
	}
	m.MessageID, m.Subject = topHeaders(data)
	if !b.headersOnly {
		m.Data = data
	}
	b.keep(&m)
	if b.onMessage != nil {
		b.onMessage(m)
	}
}

func (b *mailbox) keep(m *Message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total++
	m.Number = b.total
	b.copies[m.MessageID]++
	b.messages = append(b.messages, *m)
	// Twice the limit before cutting, so that a message costs the same on average.
	if b.limit > 0 && len(b.messages) >= 2*b.limit {
		b.messages = append([]Message(nil), b.messages[len(b.messages)-b.limit:]...)
	}
	close(b.changed)
	b.changed = make(chan struct{})
}

// Messages returns what is kept, in the order of arrival.
func (b *mailbox) Messages() []Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	kept := b.messages
	if b.limit > 0 && len(kept) > b.limit {
		kept = kept[len(kept)-b.limit:]
	}
	return slices.Clone(kept)
}

// MessagesTo returns what is kept for an address, in the order of arrival.
func (b *mailbox) MessagesTo(address string) []Message {
	return slices.DeleteFunc(b.Messages(), func(m Message) bool {
		return !slices.ContainsFunc(m.To, func(to string) bool { return strings.EqualFold(to, address) })
	})
}

// Message returns the message with a number, while it is kept.
func (b *mailbox) Message(number int) (Message, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.messages {
		if m.Number == number {
			return m, true
		}
	}
	return Message{}, false
}

// Total is how many messages came, kept or not.
func (b *mailbox) Total() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.total
}

// Copies tells how often each Message-ID came.
func (b *mailbox) Copies() map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.copies)
}

// Wait waits until that many messages have come in all, or returns ctx's error.
func (b *mailbox) Wait(ctx context.Context, total int) error {
	for {
		b.mu.Lock()
		have, changed := b.total, b.changed
		b.mu.Unlock()
		if have >= total {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
