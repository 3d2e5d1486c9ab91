package ldap

import (
	"context"
	"fmt"
	"slices"
	"strings"

	ldap "github.com/go-ldap/ldap/v3"

	"heraut/directory/mirror"
)

// markSyncrepl reads where the server is now: the sequence numbers of its
// changes, of which the cookie is made (draft of OpenLDAP's syncprov). Empty
// where the server keeps none.
func (s *Source) markSyncrepl() string {
	if s.server.context == "" {
		return ""
	}
	entry, err := s.link.read(s.server.context, "contextCSN")
	if err != nil {
		return "" // an account that may not read it polls by time
	}
	numbers := entry.GetEqualFoldAttributeValues("contextCSN")
	if len(numbers) == 0 {
		return ""
	}
	slices.Sort(numbers)
	return bySyncrepl + "rid=000,csn=" + strings.Join(numbers, ";")
}

// synced gathers what a refresh tells (RFC 4533, 3.3).
type synced struct {
	changes mirror.Changes
	done    bool
	// deletes tells that who was deleted is named, and not who is present.
	deletes bool
}

// syncrepl refreshes from a cookie. The size limit holds for it even where
// paging is not bound by one; every failure has everything read.
func (s *Source) syncrepl(ctx context.Context, cookie string) (mirror.Changes, error) {
	within, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	request := ldap.NewSearchRequest(s.config.BaseDN, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, s.everything(), []string{"1.1"}, nil)
	// The server reloads by itself where it has forgotten the cookie; with the
	// hint unset it says so, and paging reads better.
	response := s.link.Syncrepl(within, request, 64, ldap.SyncRequestModeRefreshOnly, []byte(cookie), false)
	got := synced{changes: mirror.Changes{Cookie: bySyncrepl + cookie}}
	for response.Next() {
		if response.Referral() != "" {
			s.refer([]string{response.Referral()})
		}
		for _, control := range response.Controls() {
			got.take(control)
		}
		if len(got.changes.Changed) > mirror.MostChanges {
			return mirror.Changes{}, mirror.ErrReadAll
		}
	}
	switch {
	case ctx.Err() != nil:
		return mirror.Changes{}, fmt.Errorf("asking for changes: %w", context.Cause(ctx))
	case response.Err() != nil || within.Err() != nil || !got.done:
		// A connection that broke ends the answer without a word.
		return mirror.Changes{}, mirror.ErrReadAll
	}
	got.changes.Complete = !got.deletes && len(got.changes.Present) > 0
	return got.changes, nil
}

func (g *synced) take(control ldap.Control) {
	switch c := control.(type) {
	case *ldap.ControlSyncState:
		g.state(c)
	case *ldap.ControlSyncInfo:
		g.info(c)
	case *ldap.ControlSyncDone:
		g.done, g.deletes = true, g.deletes || c.RefreshDeletes
		g.keep(c.Cookie)
	}
}

func (g *synced) state(c *ldap.ControlSyncState) {
	id := c.EntryUUID.String()
	switch c.State {
	case ldap.SyncStatePresent:
		g.changes.Present = append(g.changes.Present, id)
	case ldap.SyncStateDelete:
		g.changes.Gone = append(g.changes.Gone, id)
	default:
		g.changes.Changed = append(g.changes.Changed, id)
	}
	g.keep(c.Cookie)
}

func (g *synced) info(c *ldap.ControlSyncInfo) {
	switch {
	case c.NewCookie != nil:
		g.keep(c.NewCookie.Cookie)
	case c.RefreshDelete != nil:
		g.deletes = true
		g.keep(c.RefreshDelete.Cookie)
	case c.RefreshPresent != nil:
		g.keep(c.RefreshPresent.Cookie)
	case c.SyncIdSet != nil:
		for _, id := range c.SyncIdSet.SyncUUIDs {
			if c.SyncIdSet.RefreshDeletes {
				g.changes.Gone = append(g.changes.Gone, id.String())
			} else {
				g.changes.Present = append(g.changes.Present, id.String())
			}
		}
		g.keep(c.SyncIdSet.Cookie)
	}
}

func (g *synced) keep(cookie []byte) {
	if len(cookie) > 0 {
		g.changes.Cookie = bySyncrepl + string(cookie)
	}
}
