package store

import (
	"context"
	"fmt"

	"heraut/people"
)

// CreateDirectory keeps a directory with the password of its account; one of
// another protocol than LDAP may have none. Faults: invalid_request, conflict
// for a name that is taken.
func (s *Store) CreateDirectory(ctx context.Context, actor people.Actor, d people.Directory, password []byte) (people.Directory, error) {
	d.ID, d.Version, d.HasPassword = newID(), 1, len(password) > 0
	if err := checkDirectory(d); err != nil {
		return people.Directory{}, err
	}
	sealed := ""
	if d.HasPassword {
		var err error
		if sealed, err = s.seal(directorySecret(d.ID), password); err != nil {
			return people.Directory{}, fmt.Errorf("sealing the password of a directory: %w", err)
		}
	}
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		now, err := tx.Now(ctx)
		if err != nil {
			return err
		}
		d.CreatedAt, d.UpdatedAt = now.Time, now.Time
		_, err = tx.Exec(ctx, `INSERT INTO directories (id, name, protocol, doc, sealed, sort_name, created_at, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			d.ID, d.Name, d.Protocol, JSON[people.DirectoryConfig]{d.DirectoryConfig}, sealed, sortName(d.Name), now, now)
		if err != nil {
			return err
		}
		tx.audit(actor, change{Action: "directory.create", Kind: "directory", ID: d.ID, Became: docOfDirectory(d)})
		return nil
	})
	if err != nil {
		return people.Directory{}, fmt.Errorf("creating a directory: %w", err)
	}
	return d, nil
}

// checkDirectory looks at the settings of those that Heraut reads by itself.
func checkDirectory(d people.Directory) error {
	if d.Protocol == people.ProtocolLDAP {
		return d.Check()
	}
	return people.Group{Name: d.Name}.Check() // a name is all that others have
}

// Directory returns a directory; not_found when there is none.
func (s *Store) Directory(ctx context.Context, id string) (people.Directory, error) {
	row, err := getDirectory(ctx, s.reader(), id)
	return row.directory(), err
}

func getDirectory(ctx context.Context, from getter, id string) (directoryRow, error) {
	var row directoryRow
	if err := from.Get(ctx, &row, "SELECT "+directoryColumns+" FROM directories WHERE id = ?", id); err != nil {
		return row, fmt.Errorf("reading directory %s: %w", id, orNotFound(err, "Directory not found."))
	}
	return row, nil
}

// DirectoryPassword opens the password of a directory's account; nil when
// there is none.
func (s *Store) DirectoryPassword(ctx context.Context, id string) ([]byte, error) {
	row, err := getDirectory(ctx, s.reader(), id)
	if err != nil || row.Sealed == "" {
		return nil, err
	}
	plain, err := s.unseal(directorySecret(id), row.Sealed)
	if err != nil {
		return nil, fmt.Errorf("opening the password of directory %s: %w", id, err)
	}
	return plain, nil
}

// ListDirectories returns directories by name.
func (s *Store) ListDirectories(ctx context.Context, after people.Cursor, limit int) (people.Page[people.Directory], error) {
	var rows []directoryRow
	err := s.reader().Select(ctx, &rows, "SELECT "+directoryColumns+` FROM directories
		WHERE (sort_name, id) > (?, ?) ORDER BY sort_name, id LIMIT ?`, after.Key, after.ID, limit+1)
	if err != nil {
		return people.Page[people.Directory]{}, fmt.Errorf("listing directories: %w", err)
	}
	return pageOf(rows, limit, directoryRow.directory, directoryRow.cursor), nil
}

// UpdateDirectory changes a directory by edit, which may run more than once; a
// nil password keeps the one that there is. What it reads may differ then, so
// the next run reads everything. Faults: not_found, precondition_failed, and
// those of CreateDirectory.
func (s *Store) UpdateDirectory(ctx context.Context, actor people.Actor, id string, ifVersion *int64, password []byte,
	edit func(people.Directory) (people.Directory, error),
) (people.Directory, error) {
	sealed := ""
	if len(password) > 0 {
		var err error
		if sealed, err = s.seal(directorySecret(id), password); err != nil {
			return people.Directory{}, fmt.Errorf("sealing the password of directory %s: %w", id, err)
		}
	}
	var after people.Directory
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		row, err := getDirectory(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := checkVersion(ifVersion, row.Version); err != nil {
			return err
		}
		if after, err = edit(row.directory()); err != nil {
			return err
		}
		return saveDirectory(ctx, tx, actor, row, &after, sealed)
	})
	if err != nil {
		return people.Directory{}, fmt.Errorf("updating directory %s: %w", id, err)
	}
	return after, nil
}

func saveDirectory(ctx context.Context, tx *Tx, actor people.Actor, row directoryRow, after *people.Directory, sealed string) error {
	before := row.directory()
	if err := checkDirectory(*after); err != nil {
		return err
	}
	if sealed == "" {
		sealed = row.Sealed
	}
	if *after == before && sealed == row.Sealed {
		tx.Made("directory", row.ID)
		return nil
	}
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	after.UpdatedAt, after.Version, after.HasPassword = now.Time, row.Version+1, sealed != ""
	n, err := tx.Exec(ctx, `UPDATE directories SET name = ?, doc = ?, sealed = ?, sort_name = ?, cookie = '', relink = relink OR ?,
			updated_at = ?, version = version + 1 WHERE id = ? AND version = ?`,
		after.Name, JSON[people.DirectoryConfig]{after.DirectoryConfig}, sealed, sortName(after.Name), otherIDs(before, *after), now, row.ID, row.Version)
	if err := changedOne(n, err); err != nil {
		return err
	}
	tx.audit(actor, change{Action: "directory.update", Kind: "directory", ID: row.ID, Was: docOfDirectory(before), Became: docOfDirectory(*after)})
	return nil
}

// otherIDs tells whether people are told apart by another stable id.
func otherIDs(before, after people.Directory) bool {
	return before.Kind != after.Kind || before.Attributes.StableID != after.Attributes.StableID
}

// DeleteDirectory forgets a directory, its password and its runs. Its users and
// groups stay, and are Heraut's own from then on. Fault: not_found.
func (s *Store) DeleteDirectory(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		row, err := getDirectory(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := checkVersion(ifVersion, row.Version); err != nil {
			return err
		}
		for _, statement := range []string{
			"DELETE FROM directory_users WHERE directory_id = ?", "DELETE FROM directory_groups WHERE directory_id = ?",
			"DELETE FROM directory_runs WHERE directory_id = ?", "DELETE FROM directories WHERE id = ?",
		} {
			if _, err := tx.Exec(ctx, statement, id); err != nil {
				return err
			}
		}
		tx.audit(actor, change{Action: "directory.delete", Kind: "directory", ID: id, Was: docOfDirectory(row.directory())})
		return nil
	})
	if err != nil {
		return fmt.Errorf("deleting directory %s: %w", id, err)
	}
	return nil
}
