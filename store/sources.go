package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"heraut/people"
)

type sourceRow struct {
	Kind people.SourceKind            `db:"kind"`
	ID   string                       `db:"id"`
	Name string                       `db:"name"`
	Doc  JSON[people.DirectoryConfig] `db:"doc"`
}

// Should a SCIM client have taken over what a directory brings, the directory
// comes first: it is what the store refuses changes for. A client's document is
// empty. Of one that was removed the rows are kept for who takes over.
const (
	userSource = `SELECT 'directory' AS kind, d.id, d.name, d.doc FROM directory_users l JOIN directories d ON d.id = l.directory_id WHERE l.user_id = ?
		UNION ALL SELECT 'scim', c.id, c.name, '{}' FROM scim_users s JOIN scim_clients c ON c.id = s.client_id AND c.revoked_at IS NULL WHERE s.user_id = ? ORDER BY kind LIMIT 1`
	groupSource = `SELECT 'directory' AS kind, d.id, d.name, d.doc FROM directory_groups l JOIN directories d ON d.id = l.directory_id WHERE l.group_id = ?
		UNION ALL SELECT 'scim', c.id, c.name, '{}' FROM scim_groups s JOIN scim_clients c ON c.id = s.client_id AND c.revoked_at IS NULL WHERE s.group_id = ? ORDER BY kind LIMIT 1`
)

// UserSource tells where a user comes from; the zero Source for one of Heraut's
// own, and for nobody.
func (s *Store) UserSource(ctx context.Context, userID string) (people.Source, error) {
	row, err := s.source(ctx, userSource, userID)
	if err != nil || row.Kind == "" {
		return people.Source{}, err
	}
	owns := people.SCIMOwnsOfUser()
	if row.Kind == people.SourceDirectory {
		owns = row.Doc.V.Attributes.OwnsOfUser()
	}
	return people.Source{Kind: row.Kind, ID: row.ID, Name: row.Name, Owns: owns}, nil
}

// GroupSource is UserSource for a group.
func (s *Store) GroupSource(ctx context.Context, groupID string) (people.Source, error) {
	row, err := s.source(ctx, groupSource, groupID)
	if err != nil || row.Kind == "" {
		return people.Source{}, err
	}
	return people.Source{Kind: row.Kind, ID: row.ID, Name: row.Name, Owns: people.OwnsOfGroup()}, nil
}

func (s *Store) source(ctx context.Context, query, id string) (row sourceRow, err error) {
	err = s.reader().Get(ctx, &row, query, id, id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return row, fmt.Errorf("reading where %s comes from: %w", id, err)
	}
	return row, nil
}
