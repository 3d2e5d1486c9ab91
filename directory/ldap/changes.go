package ldap

import (
	"context"
	"strings"

	"heraut/directory/mirror"
	"heraut/people"
)

// The ways in which servers tell changes stand before their cookies.
const (
	byDirSync     = "dirsync-all:" // with tombstones, for accounts that may replicate
	byDirSyncSeen = "dirsync:"     // what the account may see, which tombstones are not
	bySyncrepl    = "syncrepl:"
	byTime        = "time:"
)

// Mark returns a cookie from which Changes tells what comes later; empty where
// people are told apart by another attribute than the server's own, since that
// is what changes are told by, and where it would not hear of all of them.
func (s *Source) Mark(ctx context.Context) (string, error) {
	if s.config.Attributes.StableID != "" || !s.hearsAll() {
		return "", nil
	}
	switch {
	case s.server.kind == people.ActiveDirectory:
		return s.markDirSync(ctx)
	case s.server.kind == people.OpenLDAP && s.server.syncing:
		if mark := s.markSyncrepl(); mark != "" {
			return mark, nil
		}
	}
	return markTime(), nil
}

// Changes tells what has changed since a cookie of Mark, or of Changes.
func (s *Source) Changes(ctx context.Context, cookie string) (mirror.Changes, error) {
	if !s.hearsAll() {
		return mirror.Changes{}, mirror.ErrReadAll
	}
	if s.server.kind == people.ActiveDirectory {
		return s.dirSync(ctx, cookie)
	}
	if rest, ok := strings.CutPrefix(cookie, bySyncrepl); ok && s.server.kind == people.OpenLDAP {
		return s.syncrepl(ctx, rest)
	}
	if rest, ok := strings.CutPrefix(cookie, byTime); ok {
		return s.changedSince(ctx, rest)
	}
	return mirror.Changes{}, mirror.ErrReadAll
}

// hearsAll tells whether people and groups are below where changes are asked
// for: the whole domain, or the directory's base.
func (s *Source) hearsAll() bool {
	asked := s.config.BaseDN
	if s.server.kind == people.ActiveDirectory {
		asked = s.server.context
	}
	return below(s.base(s.config.People), asked) && below(s.base(s.config.Groups), asked)
}

// everything finds people and groups alike.
func (s *Source) everything() string { return "(|" + s.peopleFilter() + s.groupFilter() + ")" }
