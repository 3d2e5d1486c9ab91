package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/invitation"
	"heraut/people"
)

type linkRow struct {
	StableID string `db:"stable_id"`
	ID       string `db:"id"`
}

// DirectoryPeople lists the links of a directory's users after a stable id, in
// its order, at most limit.
func (s *Store) DirectoryPeople(ctx context.Context, directoryID, after string, limit int) ([]people.DirectoryLink, error) {
	return s.links(ctx, "SELECT stable_id, user_id AS id FROM directory_users", directoryID, after, limit)
}

// DirectoryGroups is DirectoryPeople for groups.
func (s *Store) DirectoryGroups(ctx context.Context, directoryID, after string, limit int) ([]people.DirectoryLink, error) {
	return s.links(ctx, "SELECT stable_id, group_id AS id FROM directory_groups", directoryID, after, limit)
}

func (s *Store) links(ctx context.Context, query, directoryID, after string, limit int) ([]people.DirectoryLink, error) {
	var rows []linkRow
	err := s.reader().Select(ctx, &rows, query+" WHERE directory_id = ? AND stable_id > ? ORDER BY stable_id LIMIT ?", directoryID, after, limit)
	if err != nil {
		return nil, fmt.Errorf("listing who comes from directory %s: %w", directoryID, err)
	}
	list := make([]people.DirectoryLink, len(rows))
	for i, r := range rows {
		list[i] = people.DirectoryLink{StableID: r.StableID, ID: r.ID}
	}
	return list, nil
}

// directoryTarget is whom a key names: a user or a group.
type directoryTarget struct {
	Key     string `db:"key"`
	UserID  string `db:"user_id"`
	GroupID string `db:"group_id"`
}

// ResolveKeys finds the users and groups of a directory that keys name, as
// pairs without a GroupID; who is not found is not in the answer, nor what
// names several.
func (s *Store) ResolveKeys(ctx context.Context, directoryID string, keys []people.DirectoryKey) (map[people.DirectoryKey]people.MemberPair, error) {
	found := make(map[people.DirectoryKey]people.MemberPair, len(keys))
	var doubled []people.DirectoryKey
	for chunk := range slices.Chunk(keys, maxIn) {
		texts, byText := make([]string, len(chunk)), make(map[string]people.DirectoryKey, len(chunk))
		for i, k := range chunk {
			texts[i] = k.String()
			byText[texts[i]] = k
		}
		for _, query := range []struct{ columns, table, by string }{
			{"dn_key AS key, user_id, '' AS group_id", "directory_users", "dn_key"},
			{"login_key AS key, user_id, '' AS group_id", "directory_users", "login_key"},
			{"dn_key AS key, '' AS user_id, group_id", "directory_groups", "dn_key"},
		} {
			in, args := inClause(query.by, texts)
			var rows []directoryTarget
			err := s.reader().Select(ctx, &rows, "SELECT "+query.columns+" FROM "+query.table+" WHERE directory_id = ? AND "+in,
				append([]any{directoryID}, args...)...)
			if err != nil {
				return nil, fmt.Errorf("finding members in directory %s: %w", directoryID, err)
			}
			for _, r := range rows {
				pair, key := people.MemberPair{UserID: r.UserID, ChildID: r.GroupID}, byText[r.Key]
				if other, twice := found[key]; twice && other != pair {
					doubled = append(doubled, key)
				}
				found[key] = pair
			}
		}
	}
	for _, key := range doubled {
		delete(found, key)
	}
	return found, nil
}

// SharedAddresses lists addresses that several people of a directory have,
// with how many, at most limit.
func (s *Store) SharedAddresses(ctx context.Context, directoryID string, limit int) (map[string]int, error) {
	var rows []struct {
		Email string `db:"email"`
		N     int    `db:"n"`
	}
	err := s.reader().Select(ctx, &rows, `SELECT LOWER(u.email) AS email, COUNT(*) AS n FROM directory_users l JOIN users u ON u.id = l.user_id
		WHERE l.directory_id = ? AND u.email <> '' GROUP BY LOWER(u.email) HAVING COUNT(*) > 1 ORDER BY 1 LIMIT ?`, directoryID, limit)
	if err != nil {
		return nil, fmt.Errorf("looking for shared addresses in directory %s: %w", directoryID, err)
	}
	shared := make(map[string]int, len(rows))
	for _, r := range rows {
		shared[r.Email] = r.N
	}
	return shared, nil
}

// RemovePeople takes users away who have left the directory: their open
// invitations are cancelled with that reason and their accounts at Apple end.
// It returns those whose workflows have to look.
func (s *Store) RemovePeople(ctx context.Context, run people.DirectoryRun, userIDs []string) (look []string, err error) {
	return s.takePeople(ctx, run, userIDs, func(ctx context.Context, tx *Tx, chunk []string) error {
		if err := deleteUsers(ctx, tx, run.AskedBy, chunk, invitation.LeftDirectory); err != nil {
			return err
		}
		return tx.editReport(ctx, run, func(r *people.DirectoryReport) { r.People.Gone += len(chunk) })
	})
}

// DisablePeople disables users: their open invitations are cancelled with that
// reason, and nobody invites them or gives them licenses until the directory
// has them enabled again. It returns those whose workflows have to look.
func (s *Store) DisablePeople(ctx context.Context, run people.DirectoryRun, userIDs []string) (look []string, err error) {
	return s.takePeople(ctx, run, userIDs, func(ctx context.Context, tx *Tx, chunk []string) error {
		disabled, err := disableUsers(ctx, tx, run.AskedBy, chunk)
		if err != nil {
			return err
		}
		return tx.editReport(ctx, run, func(r *people.DirectoryReport) { r.People.Disabled += len(disabled) })
	})
}

func (s *Store) takePeople(ctx context.Context, run people.DirectoryRun, userIDs []string,
	take func(context.Context, *Tx, []string) error,
) (look []string, err error) {
	for chunk := range slices.Chunk(userIDs, rosterBatch) {
		var open []string
		err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
			if err := tx.lockDirectory(ctx, run.DirectoryID); err != nil {
				return err
			}
			if open, err = openAmong(ctx, tx, chunk); err != nil {
				return err
			}
			return take(ctx, tx, chunk)
		})
		if err != nil {
			return look, fmt.Errorf("taking people of directory %s away: %w", run.DirectoryID, err)
		}
		look = append(look, open...)
	}
	return look, nil
}

// RemoveGroups takes groups away that the directory no longer has. It returns
// users with open invitations who may have lost the services by it.
func (s *Store) RemoveGroups(ctx context.Context, run people.DirectoryRun, groupIDs []string) (look []string, err error) {
	for _, id := range groupIDs {
		var open []string
		err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
			if err := tx.lockDirectory(ctx, run.DirectoryID); err != nil {
				return err
			}
			if open, err = openBelow(ctx, tx, id); err != nil {
				return err
			}
			if err := deleteGroup(ctx, tx, run.AskedBy, id); err != nil {
				return err
			}
			return tx.editReport(ctx, run, func(r *people.DirectoryReport) { r.Groups.Gone++ })
		})
		if err != nil {
			return look, fmt.Errorf("taking groups of directory %s away: %w", run.DirectoryID, err)
		}
		look = append(look, open...)
	}
	return look, nil
}

// LinksOf finds the users and groups of stable ids.
func (s *Store) LinksOf(ctx context.Context, directoryID string, stableIDs []string) (users, groups []people.DirectoryLink, err error) {
	for chunk := range slices.Chunk(stableIDs, maxIn) {
		in, args := inClause("stable_id", chunk)
		args = append([]any{directoryID}, args...)
		for query, into := range map[string]*[]people.DirectoryLink{
			"SELECT stable_id, user_id AS id FROM directory_users":   &users,
			"SELECT stable_id, group_id AS id FROM directory_groups": &groups,
		} {
			var rows []linkRow
			if err := s.reader().Select(ctx, &rows, query+" WHERE directory_id = ? AND "+in, args...); err != nil {
				return nil, nil, fmt.Errorf("finding who comes from directory %s: %w", directoryID, err)
			}
			for _, r := range rows {
				*into = append(*into, people.DirectoryLink{StableID: r.StableID, ID: r.ID})
			}
		}
	}
	return users, groups, nil
}
