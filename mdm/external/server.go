package external

import (
	"context"
	"sync"
	"time"

	"heraut/content"
	"heraut/invitation"
	"heraut/settings"
)

// settingsAge is how long settings are used before they are read again.
const settingsAge = 5 * time.Second

// Settings reads how the MDM server is set now.
type Settings func(ctx context.Context) (settings.MDMServer, settings.MDMSecrets, error)

// Server is the organization's server as it is set at the moment. It is safe
// for concurrent use.
type Server struct {
	settings Settings
	options  Options

	mu     sync.Mutex
	read   time.Time
	set    settings.MDMServer
	hidden settings.MDMSecrets
	client *Client
	broken error
}

// NewServer makes one; it reads settings before the first use. Of the options,
// the address and the key come from the settings.
func NewServer(s Settings, o Options) *Server { return &Server{settings: s, options: o} }

// Carry queues a command for the device of a message and wakes it. Where no
// server is set that can be asked, the route is down.
func (s *Server) Carry(ctx context.Context, m invitation.Message, uuid string, command []byte) invitation.Outcome {
	client, err := s.current(ctx)
	switch {
	case err != nil:
		return routeDown(0, "The settings of the MDM server can not be used: "+words(err.Error()))
	case client == nil:
		return routeDown(0, "No MDM server of the organization's own is set.")
	default:
		return client.Enqueue(ctx, m.EnrollmentID, uuid, command).Outcome
	}
}

// WebhookSecret is the key that the server signs events with; empty when
// events of no such server are awaited.
func (s *Server) WebhookSecret(ctx context.Context) (content.Secret, error) {
	if _, err := s.current(ctx); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.set.Mode != settings.MDMExternal {
		return "", nil
	}
	return content.Secret(s.hidden.WebhookSecret), nil
}

// AnswerWithin is how long a command may stay without an answer; false when no
// such server is set, whose webhooks could be lost.
func (s *Server) AnswerWithin(ctx context.Context) (time.Duration, bool, error) {
	_, err := s.current(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(s.set.AnswerWithin), err == nil && s.set.Mode == settings.MDMExternal, err
}

// current gives the client for the settings of the moment; nil when the
// server is the built-in one.
func (s *Server) current(ctx context.Context) (*Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.read.IsZero() && time.Since(s.read) < settingsAge {
		return s.client, s.broken
	}
	set, hidden, err := s.settings(ctx)
	if err != nil {
		return nil, err // of the moment: the next one asks again
	}
	if s.read.IsZero() || set != s.set || hidden != s.hidden {
		s.use(set, hidden)
	}
	s.read = time.Now()
	return s.client, s.broken
}

// use takes other settings.
func (s *Server) use(set settings.MDMServer, hidden settings.MDMSecrets) {
	if s.client != nil {
		s.client.Close()
	}
	s.set, s.hidden, s.client, s.broken = set, hidden, nil, nil
	if set.Mode != settings.MDMExternal {
		return
	}
	o := s.options
	o.URL, o.APIKey = set.URL, content.Secret(hidden.APIKey)
	s.client, s.broken = NewClient(o)
}
