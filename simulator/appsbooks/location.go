package appsbookssim

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// dateLayout is how Apple writes dates: the offset has no colon.
const dateLayout = "2006-01-02T15:04:05-0700"

// token is one that was given out.
type token struct {
	location *location
	expires  time.Time
	revoked  bool
}

// location is one organizational unit with its library. Everything below is
// guarded by the server's lock.
type location struct {
	org, uid    string
	seq         int // counts changes of users and assignments
	versions    map[string]int
	users       []*user
	assets      []*asset
	assignments []assignment
	events      map[string]*event
	queue       []*event
	config      clientConfig
	arrivals    []time.Time
}

// location finds or makes the one of an organization; s.mu is held. An
// organization with several names them behind a slash: "De Esdoorn/Zuid".
func (s *Server) location(org string) *location {
	for _, l := range s.locations {
		if l.org == org {
			return l
		}
	}
	l := &location{
		org: org, uid: fmt.Sprintf("20490250004%05d", len(s.locations)+1),
		versions: map[string]int{}, events: map[string]*event{},
	}
	s.locations = append(s.locations, l)
	return l
}

// names are the organization's and the location's.
func (l *location) names() (organization, location string) {
	organization, location, _ = strings.Cut(l.org, "/")
	return organization, cmp.Or(location, organization)
}

func (l *location) changed() int {
	l.seq++
	return l.seq
}

// version names the present, for sinceVersionId.
func (l *location) version() string {
	id := uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s/%d", l.uid, l.seq)).String()
	l.versions[id] = l.seq
	return id
}

// Token issues a content token for an organization's location ("De Esdoorn", or
// "De Esdoorn/Zuid" where it has several), as the file that an administrator
// downloads. Two tokens of one location are for one library.
func (s *Server) Token(org string, expires time.Time) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	place := s.location(org)
	organization, _ := place.names()
	content, _ := json.Marshal(map[string]string{ // a map of strings always encodes
		"token": uuid.NewString() + uuid.NewString(), "expDate": expires.Format(dateLayout), "orgName": organization,
	})
	file := base64.StdEncoding.EncodeToString(content)
	s.tokens[file] = &token{location: place, expires: expires}
	return []byte(file)
}

// RevokeToken makes a token answer 9625.
func (s *Server) RevokeToken(file []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.tokens[string(file)]; ok {
		t.revoked = true
	}
}

// SetLimit changes one limit of the service config, by Apple's name.
func (s *Server) SetLimit(name string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits[name] = n
}

// Request is one that came in.
type Request struct {
	At     time.Time
	Method string
	// Path is below the service's base: "/users/create".
	Path string
	// Elements is how many users, or targets, a POST held.
	Elements int
	// Status and Number are the answer; Number is 0 when it was no error.
	Status, Number int
}

// Requests lists what came in, the oldest first, up to the newest 100,000.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}
