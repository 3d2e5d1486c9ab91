package appsbookssim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// snapshot is what outlives a server: tokens, users, assets, licenses and who
// has claimed a location. Events under way are forgotten, as are versions.
type snapshot struct {
	Locations []savedLocation `json:"locations"`
	Tokens    []savedToken    `json:"tokens"`
}

type savedLocation struct {
	Org         string            `json:"org"`
	Users       []User            `json:"users"`
	Assets      []savedAsset      `json:"assets"`
	Assignments []savedAssignment `json:"assignments"`
	Info        *MDMInfo          `json:"mdm_info"`
	URL         string            `json:"url"`
	Token       string            `json:"token"`
	Types       []string          `json:"types"`
}

type savedAssignment struct {
	Assignment

	// Holder is the place among the users, from 1; 0 for a device.
	Holder int `json:"holder,omitempty"`
}

type savedAsset struct {
	AssetRef

	Name      string   `json:"name"`
	Custom    bool     `json:"custom"`
	Book      bool     `json:"book"`
	Platforms []string `json:"platforms"`
	Total     int      `json:"total"`
}

type savedToken struct {
	File    string    `json:"file"`
	Org     string    `json:"org"`
	Expires time.Time `json:"expires"`
	Revoked bool      `json:"revoked"`
}

// keepState hands a state that has changed to Options.Keep. It is called before
// each answer, so that nothing which somebody was told is lost with the process.
func (s *Server) keepState() {
	if s.options.Keep == nil {
		return
	}
	s.keeping.Lock()
	defer s.keeping.Unlock()
	state, err := s.Snapshot()
	if err == nil && !bytes.Equal(state, s.kept) {
		err = s.options.Keep(state)
		s.kept = state
	}
	if err != nil {
		s.log.Error("keeping the state of Apps and Books", "error", err)
	}
}

// Snapshot is the present state as JSON, for Options.Snapshot of a later
// server. It holds tokens and invite codes.
func (s *Server) Snapshot() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kept snapshot
	for _, l := range s.locations {
		kept.Locations = append(kept.Locations, l.save())
	}
	for _, file := range slices.Sorted(maps.Keys(s.tokens)) {
		t := s.tokens[file]
		kept.Tokens = append(kept.Tokens, savedToken{file, t.location.org, t.expires, t.revoked})
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return nil, fmt.Errorf("writing the state of Apps and Books: %w", err)
	}
	return text, nil
}

func (l *location) save() savedLocation {
	kept := savedLocation{
		Org: l.org, Info: l.config.info, URL: l.config.url, Token: l.config.token, Types: l.config.types,
	}
	for _, u := range l.users {
		kept.Users = append(kept.Users, u.User)
	}
	for _, a := range l.assets {
		kept.Assets = append(kept.Assets, savedAsset{a.AssetRef, a.name, a.custom, a.book, a.platforms, a.total})
	}
	for _, a := range l.assignments {
		kept.Assignments = append(kept.Assignments, savedAssignment{a.Assignment, slices.Index(l.users, a.holder) + 1})
	}
	return kept
}

// restore begins with an earlier state.
func (s *Server) restore(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	var kept snapshot
	if err := json.Unmarshal(text, &kept); err != nil {
		return fmt.Errorf("reading the state of Apps and Books: %w", err)
	}
	for _, one := range kept.Locations {
		s.location(one.Org).load(one)
	}
	for _, t := range kept.Tokens {
		s.tokens[t.File] = &token{location: s.location(t.Org), expires: t.Expires, revoked: t.Revoked}
	}
	return nil
}

func (l *location) load(kept savedLocation) {
	l.config = clientConfig{info: kept.Info, url: kept.URL, token: kept.Token, types: kept.Types}
	for _, u := range kept.Users {
		l.users = append(l.users, &user{User: u, changed: l.changed()})
	}
	for _, a := range kept.Assets {
		l.assets = append(l.assets, &asset{
			AssetRef: a.AssetRef, name: a.Name, custom: a.Custom, book: a.Book, platforms: a.Platforms, total: a.Total,
		})
	}
	for _, a := range kept.Assignments {
		one := assignment{Assignment: a.Assignment, changed: l.changed()}
		if a.Holder > 0 && a.Holder <= len(l.users) {
			one.holder = l.users[a.Holder-1]
		}
		l.assignments = append(l.assignments, one)
	}
}
