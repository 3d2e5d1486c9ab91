package tasks_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
	"heraut/tasks"
)

var errAway = errors.New("away")

// shelf keeps both kinds in memory and lists them as the store does.
type shelf struct {
	invited []invitation.Invitation
	given   []content.License
	broken  bool
	asked   int // of licenses
}

func (s *shelf) list() tasks.List {
	return tasks.List{
		Invitations: func(_ context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error) {
			place := func(i invitation.Invitation) people.Cursor {
				if f.Sort == invitation.NextAction {
					return people.Cursor{Key: i.NextActionAt.Format(time.RFC3339), ID: i.ID}
				}
				return tasks.Task{Invitation: &i}.Place()
			}
			return listed(s.invited, place, f.Sort != invitation.Newest, after, limit), nil
		},
		Licenses: func(_ context.Context, f content.LicenseFilter, after people.Cursor, limit int) (people.Page[content.License], error) {
			s.asked++
			if s.broken {
				return people.Page[content.License]{}, errAway
			}
			return listed(s.given, func(l content.License) people.Cursor { return tasks.Task{License: &l}.Place() }, f.Oldest, after, limit), nil
		},
	}
}

func listed[T any](all []T, place func(T) people.Cursor, ascending bool, after people.Cursor, limit int) people.Page[T] {
	order := func(a, b people.Cursor) int {
		c := cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID))
		if ascending {
			return c
		}
		return -c
	}
	sorted := slices.SortedFunc(slices.Values(all), func(a, b T) int { return order(place(a), place(b)) })
	if after.ID != "" {
		sorted = slices.DeleteFunc(sorted, func(one T) bool { return order(place(one), after) <= 0 })
	}
	if len(sorted) <= limit {
		return people.Page[T]{Items: sorted}
	}
	next := place(sorted[limit-1])
	return people.Page[T]{Items: sorted[:limit], Next: &next}
}

// open has invitations with odd numbers and licenses with even ones; the oldest
// invitation is the last that something happens to.
func open(invitations, licenses int) *shelf {
	s := &shelf{}
	begun := time.Date(2026, 11, 12, 14, 0, 0, 0, time.UTC)
	for i := range invitations {
		s.invited = append(s.invited, invitation.Invitation{ID: fmt.Sprintf("%03d", 2*i+1), NextActionAt: begun.Add(-time.Duration(i) * time.Hour)})
	}
	for i := range licenses {
		s.given = append(s.given, content.License{ID: fmt.Sprintf("%03d", 2*i+2)})
	}
	return s
}

// walk reads page by page and returns the ids in their order.
func walk(t *testing.T, l tasks.List, f invitation.Filter, limit int) []string {
	t.Helper()
	var ids []string
	for after := new(people.Cursor); after != nil; {
		page, err := l.Page(t.Context(), f, *after, limit)
		require.NoError(t, err)
		require.LessOrEqual(t, len(page.Items), limit)
		for _, task := range page.Items {
			ids = append(ids, task.ID())
		}
		after = page.Next
		require.Less(t, len(ids), 100, "the list must end")
	}
	return ids
}

func TestListsAreMerged(t *testing.T) {
	for _, c := range []struct{ invitations, licenses int }{{0, 0}, {3, 0}, {0, 3}, {5, 2}, {2, 5}, {4, 4}} {
		l := open(c.invitations, c.licenses).list()
		var oldest, next []string
		for i := range 20 {
			if number := i + 1; number%2 == 1 && i/2 < c.invitations || number%2 == 0 && i/2 < c.licenses {
				oldest = append(oldest, fmt.Sprintf("%03d", number))
			}
		}
		newest := slices.Clone(oldest)
		slices.Reverse(newest)
		for _, kind := range []byte{1, 0} { // invitations first, then licenses
			for _, id := range newest {
				if id[2]%2 == kind {
					next = append(next, id)
				}
			}
		}
		for limit := 1; limit < 10; limit++ {
			require.Equal(t, newest, walk(t, l, invitation.Filter{}, limit), "%v by %d", c, limit)
			require.Equal(t, oldest, walk(t, l, invitation.Filter{Sort: invitation.Oldest}, limit), "%v by %d", c, limit)
			require.Equal(t, next, walk(t, l, invitation.Filter{Sort: invitation.NextAction}, limit), "%v by %d", c, limit)
		}
	}
}

func TestSettledTasksGoByTheirEnd(t *testing.T) {
	s := open(3, 3)
	ended := time.Date(2026, 11, 12, 14, 0, 0, 0, time.FixedZone("", 3600))
	for i := range 3 {
		s.invited[i].SettledAt = ended.Add(time.Duration(-2*i) * time.Microsecond)
		s.given[i].SettledAt = ended.Add(time.Duration(-2*i-1) * time.Microsecond).UTC()
	}
	for limit := 1; limit < 8; limit++ {
		require.Equal(t, []string{"001", "002", "003", "004", "005", "006"}, walk(t, s.list(), invitation.Filter{}, limit))
	}
}

func TestLicensesStayOutOfWhatOnlyInvitationsHave(t *testing.T) {
	s := open(3, 3)
	for _, f := range []invitation.Filter{
		{SendID: "s"}, {DeviceID: "d"}, {Channel: invitation.ChannelMail}, {Query: "zoë"}, {State: invitation.Sent, Sort: invitation.NextAction},
	} {
		require.Len(t, walk(t, s.list(), f, 2), 3)
	}
	require.Zero(t, s.asked)
	require.Len(t, walk(t, s.list(), invitation.Filter{UserID: "u"}, 2), 6)
}

func TestEveryTaskIsGivenOnce(t *testing.T) {
	s := open(700, 600)
	var ids []string
	keep := func(part []tasks.Task) error {
		for _, task := range part {
			ids = append(ids, task.ID())
		}
		return nil
	}
	require.NoError(t, s.list().Each(t.Context(), invitation.Filter{}, keep))
	require.Len(t, ids, 1300)
	slices.Sort(ids)
	require.Len(t, slices.Compact(ids), 1300)
	require.ErrorIs(t, s.list().Each(t.Context(), invitation.Filter{}, func([]tasks.Task) error { return errAway }), errAway)
	s.broken = true
	require.ErrorIs(t, s.list().Each(t.Context(), invitation.Filter{}, keep), errAway)
	require.ErrorIs(t, s.list().Each(t.Context(), invitation.Filter{Sort: invitation.NextAction}, keep), errAway)
}
