package appsbookssim

import (
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"strings"
)

// The words of a person's attempt that does not work.
var (
	ErrUnknownCode = errors.New("this invitation is not known")
	ErrUsedCode    = errors.New("this invitation has been accepted already")
	ErrOldCode     = errors.New("this invitation is no longer valid")
	ErrNoAccount   = errors.New("sign in with an Apple Account")
	ErrTaken       = errors.New("this Apple Account belongs to another registered user")
)

// hash names an Apple Account in a location without telling which it is.
func (l *location) hash(account string) string {
	sum := sha1.Sum([]byte(l.uid + "\x00" + strings.ToLower(account)))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Accept is a person who opens the invite URL with a code and signs in with
// an Apple Account. The user becomes Associated, and a USER_ASSOCIATED
// notification leaves.
func (s *Server) Accept(inviteCode, account string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, u := s.invited(inviteCode)
	switch {
	case u == nil:
		return ErrUnknownCode
	case u.Status == associated:
		return ErrUsedCode
	case u.Status != registered:
		return ErrOldCode
	case strings.TrimSpace(account) == "":
		return ErrNoAccount
	}
	hash := l.hash(account)
	for _, other := range l.users {
		if other.active() && other.IDHash == hash {
			return ErrTaken
		}
	}
	joined := l.rejoin(u, hash)
	told := joined.shown()
	told.InviteCode = inviteCode // this notification alone carries the code that was used
	s.tell(l, "USER_ASSOCIATED", map[string]any{"associatedUsers": []User{told}})
	return nil
}

func (s *Server) invited(code string) (*location, *user) {
	for _, l := range s.locations {
		for _, u := range l.users {
			if code != "" && u.InviteCode == code {
				return l, u
			}
		}
	}
	return nil, nil
}

// rejoin associates a user. Where the same account had joined under this id
// before, that older record comes back and the new one is retired (source:
// version 1, registering users).
func (l *location) rejoin(u *user, hash string) *user {
	for _, old := range l.users {
		if old.ClientUserID == u.ClientUserID && old.Status == retired && old.IDHash == hash {
			u.Status, u.changed = retired, l.changed()
			old.Status, old.changed = associated, l.changed()
			return old
		}
	}
	u.Status, u.IDHash, u.changed = associated, hash, l.changed()
	return u
}
