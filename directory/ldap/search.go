package ldap

import (
	"context"
	"fmt"
	"slices"

	ldap "github.com/go-ldap/ldap/v3"
)

// each searches a tree page by page. found is called with no more than size
// entries; memory holds one page. An error of found ends the search.
func (s *Source) each(ctx context.Context, base, filter string, attributes []string, size int, found func([]*ldap.Entry) error) error {
	// A request does not know the context: closing the connection ends it.
	stop := context.AfterFunc(ctx, func() { _ = s.link.Close() })
	defer stop()
	paging := ldap.NewControlPaging(uint32(size))
	for {
		request := ldap.NewSearchRequest(base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 0, 0, false, filter, attributes, nil)
		if s.server.paging {
			request.Controls = []ldap.Control{paging}
		}
		result, err := s.link.Search(request)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("searching a directory: %w", context.Cause(ctx))
		case err != nil:
			return searching(s.link.host, base, err)
		}
		s.refer(result.Referrals)
		for page := range slices.Chunk(result.Entries, size) {
			if err := found(page); err != nil {
				return err
			}
		}
		if !s.server.paging {
			return nil
		}
		next, ok := ldap.FindControl(result.Controls, ldap.ControlTypePaging).(*ldap.ControlPaging)
		if !ok {
			return say(nil, "%s does not say whether its answer is whole; nothing was taken away.", s.link.host)
		}
		if len(next.Cookie) == 0 {
			return nil
		}
		paging.SetCookie(next.Cookie)
	}
}

func (s *Source) refer(to []string) {
	for _, server := range to {
		if !slices.Contains(s.elsewhere, server) {
			s.elsewhere = append(s.elsewhere, server)
		}
	}
}
