package ldap

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	ldap "github.com/go-ldap/ldap/v3"

	"heraut/directory/mirror"
)

// dirSyncBytes is about how much one answer of DirSync holds.
const dirSyncBytes = 1 << 20

// nothing matches no entry: every one has a class.
const nothing = "(!(objectClass=*))"

// dirSyncWay is one way to run DirSync.
type dirSyncWay struct {
	prefix string // of its cookies
	flags  int64
}

// dirSyncWays are those that are tried, in this order. Without the flag for
// object security the account needs the right "Replicating Directory Changes";
// with it none, but it is told what it may see, and no ordinary account may
// see tombstones ([MS-ADTS] 3.1.1.3.4.1.3).
var dirSyncWays = []dirSyncWay{{byDirSync, 0}, {byDirSyncSeen, ldap.DirSyncObjectSecurity}}

// markDirSync runs DirSync to its end with a filter that nothing matches: the
// cookie says where the server is now.
func (s *Source) markDirSync(ctx context.Context) (string, error) {
	for _, way := range dirSyncWays {
		_, cookie, err := s.runDirSync(ctx, way, nothing, nil)
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		if err == nil && len(cookie) > 0 {
			return way.cookie(cookie), nil
		}
	}
	return "", nil // a domain that lets the account use neither is read as a whole
}

func (w dirSyncWay) cookie(raw []byte) string {
	return w.prefix + base64.StdEncoding.EncodeToString(raw)
}

// readCookie tells how a cookie was made, and what the server gave.
func readCookie(cookie string) (way dirSyncWay, raw []byte, err error) {
	for _, way := range dirSyncWays {
		if rest, ok := strings.CutPrefix(cookie, way.prefix); ok {
			raw, err = base64.StdEncoding.DecodeString(rest)
			return way, raw, err
		}
	}
	return way, nil, mirror.ErrReadAll
}

// dirSync tells what has changed in the whole domain. Tombstones keep neither
// category nor place, so the filter names classes, and whoever reads on looks
// who of them belongs to this directory.
func (s *Source) dirSync(ctx context.Context, cookie string) (mirror.Changes, error) {
	way, from, err := readCookie(cookie)
	if err != nil {
		return mirror.Changes{}, mirror.ErrReadAll
	}
	entries, next, err := s.runDirSync(ctx, way, "(|(objectClass=user)(objectClass=group))", from)
	switch {
	case ctx.Err() != nil:
		return mirror.Changes{}, fmt.Errorf("asking for changes: %w", context.Cause(ctx))
	case err != nil || len(entries) > mirror.MostChanges:
		return mirror.Changes{}, mirror.ErrReadAll
	}
	changes := mirror.Changes{Cookie: way.cookie(next)}
	for _, e := range entries {
		id := stableOf(e, []string{guid})
		if id == "" {
			return mirror.Changes{}, mirror.ErrReadAll
		}
		if strings.EqualFold(e.GetEqualFoldAttributeValue("isDeleted"), "TRUE") {
			changes.Gone = append(changes.Gone, id)
		} else {
			changes.Changed = append(changes.Changed, id)
		}
	}
	if way.prefix == byDirSyncSeen {
		return s.withPresent(ctx, changes)
	}
	return changes, nil
}

// withPresent lists who is there, by the stable id alone, where nobody tells
// who was deleted.
func (s *Source) withPresent(ctx context.Context, changes mirror.Changes) (mirror.Changes, error) {
	for _, part := range []struct{ base, filter string }{
		{s.base(s.config.People), s.peopleFilter()}, {s.base(s.config.Groups), s.groupFilter()},
	} {
		err := s.each(ctx, part.base, part.filter, []string{guid}, idPageSize, func(entries []*ldap.Entry) error {
			for _, e := range entries {
				changes.Present = append(changes.Present, stableOf(e, []string{guid}))
			}
			return nil
		})
		if err != nil {
			return changes, err
		}
	}
	if len(changes.Present) == 0 || slices.Contains(changes.Present, "") {
		return mirror.Changes{}, mirror.ErrReadAll // the account may read less than it might
	}
	changes.Complete = true
	return changes, nil
}

// runDirSync asks until the server has no more to tell.
func (s *Source) runDirSync(ctx context.Context, way dirSyncWay, filter string, cookie []byte) ([]*ldap.Entry, []byte, error) {
	stop := context.AfterFunc(ctx, func() { _ = s.link.Close() })
	defer stop()
	var entries []*ldap.Entry
	for {
		request := ldap.NewSearchRequest(s.server.context, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, filter, nil, nil)
		result, err := s.link.DirSync(request, way.flags, dirSyncBytes, cookie)
		if err != nil {
			return nil, nil, searching(s.link.host, s.server.context, err)
		}
		entries = append(entries, result.Entries...)
		control, ok := ldap.FindControl(result.Controls, ldap.ControlTypeDirSync).(*ldap.ControlDirSync)
		if !ok {
			return nil, nil, say(nil, "%s does not tell changes.", s.link.host)
		}
		cookie = control.Cookie
		if control.Flags == 0 || len(entries) > mirror.MostChanges { // 0: there is no more
			return entries, cookie, nil
		}
	}
}
