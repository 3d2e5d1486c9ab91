package ldap

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	ldap "github.com/go-ldap/ldap/v3"

	"heraut/directory/mirror"
)

// dirSyncBytes is about how much one answer of DirSync holds.
const dirSyncBytes = 1 << 20

// nothing matches no entry: every one has a class.
const nothing = "(!(objectClass=*))"

// markDirSync runs DirSync to its end with a filter that nothing matches: the
// cookie says where the server is now.
func (s *Source) markDirSync(ctx context.Context) (string, error) {
	_, cookie, err := s.runDirSync(ctx, nothing, nil)
	if err != nil || len(cookie) == 0 {
		// A domain that does not let the account use DirSync is read as a whole.
		return "", context.Cause(ctx)
	}
	return byDirSync + base64.StdEncoding.EncodeToString(cookie), nil
}

// dirSync tells what has changed in the whole domain. Tombstones keep neither
// category nor place, so the filter names classes, and whoever reads on looks
// who of them belongs to this directory.
func (s *Source) dirSync(ctx context.Context, cookie string) (mirror.Changes, error) {
	from, err := base64.StdEncoding.DecodeString(cookie)
	if err != nil {
		return mirror.Changes{}, mirror.ErrReadAll
	}
	entries, next, err := s.runDirSync(ctx, "(|(objectClass=user)(objectClass=group))", from)
	switch {
	case ctx.Err() != nil:
		return mirror.Changes{}, fmt.Errorf("asking for changes: %w", context.Cause(ctx))
	case err != nil || len(entries) > mirror.MostChanges:
		return mirror.Changes{}, mirror.ErrReadAll
	}
	changes := mirror.Changes{Cookie: byDirSync + base64.StdEncoding.EncodeToString(next)}
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
	return changes, nil
}

// runDirSync asks until the server has no more to tell ([MS-ADTS]
// 3.1.1.3.4.1.3). With the flag for object security an account needs no right
// of replication: it is told what it may see.
func (s *Source) runDirSync(ctx context.Context, filter string, cookie []byte) ([]*ldap.Entry, []byte, error) {
	stop := context.AfterFunc(ctx, func() { _ = s.link.Close() })
	defer stop()
	var entries []*ldap.Entry
	for {
		request := ldap.NewSearchRequest(s.server.context, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, filter, nil, nil)
		result, err := s.link.DirSync(request, ldap.DirSyncObjectSecurity, dirSyncBytes, cookie)
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
