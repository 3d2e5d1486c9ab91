package smtpsim

import (
	"crypto/subtle"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// AuthMechanisms implements smtp.AuthSession.
func (s *session) AuthMechanisms() []string {
	if s.sink.options.Username == "" || s.sink.options.TLS != TLSNone && !s.front.secure {
		return nil
	}
	return []string{sasl.Plain, sasl.Login}
}

// Auth implements smtp.AuthSession.
func (s *session) Auth(mechanism string) (sasl.Server, error) {
	switch mechanism {
	case sasl.Plain:
		return sasl.NewPlainServer(func(_, username, password string) error {
			return s.signIn(username, password)
		}), nil
	case sasl.Login:
		return &loginServer{signIn: s.signIn}, nil
	}
	return nil, smtp.ErrAuthUnknownMechanism
}

func (s *session) signIn(username, password string) error {
	right := subtle.ConstantTimeCompare([]byte(username), []byte(s.sink.options.Username)) &
		subtle.ConstantTimeCompare([]byte(password), []byte(s.sink.options.Password))
	if right == 0 {
		return smtp.ErrAuthFailed
	}
	s.signedIn = true
	return nil
}

// loginServer plays the old LOGIN mechanism, which go-sasl has for clients
// alone: two prompts, two answers.
type loginServer struct {
	signIn   func(username, password string) error
	prompted int
	username string
}

// Next implements sasl.Server.
func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	l.prompted++
	switch l.prompted {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		l.username = string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, l.signIn(l.username, string(response))
}
