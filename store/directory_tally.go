package store

import (
	"context"
	"fmt"

	"heraut/people"
)

type tallyRow struct {
	ID     string `db:"id"`
	Users  int    `db:"users"`
	Groups int    `db:"groups"`
}

// DirectoryTallies tells by their ids how directories stand: how many users and
// groups are theirs, and their newest run. It counts for at most maxIn of them.
func (s *Store) DirectoryTallies(ctx context.Context, ids []string) (map[string]people.DirectoryTally, error) {
	tallies := make(map[string]people.DirectoryTally, len(ids))
	if len(ids) == 0 {
		return tallies, nil
	}
	in, args := inClause("id", ids)
	var rows []tallyRow
	err := s.reader().Select(ctx, &rows, `SELECT id, (SELECT COUNT(*) FROM directory_users l WHERE l.directory_id = directories.id) AS users,
		(SELECT COUNT(*) FROM directory_groups l WHERE l.directory_id = directories.id) AS groups FROM directories WHERE `+in, args...)
	if err != nil {
		return nil, fmt.Errorf("counting who comes from directories: %w", err)
	}
	for _, r := range rows {
		tallies[r.ID] = people.DirectoryTally{Users: r.Users, Groups: r.Groups}
	}
	in, args = inClause("directory_id", ids)
	var runs []runRow
	err = s.reader().Select(ctx, &runs, "SELECT "+runColumns+` FROM directory_runs
		WHERE id IN (SELECT MAX(id) FROM directory_runs WHERE `+in+" GROUP BY directory_id)", args...) // ids grow with time
	if err != nil {
		return nil, fmt.Errorf("reading the newest runs of directories: %w", err)
	}
	for _, r := range runs {
		t := tallies[r.DirectoryID]
		t.Latest = r.run()
		tallies[r.DirectoryID] = t
	}
	return tallies, nil
}
