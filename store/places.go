package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"heraut/fault"
)

// tokenRows is a condition on settings: a content token.
const tokenRows = `(name = 'content_token' OR name > 'content_token/' AND name < 'content_token0')`

// withToken are the locations that have a content token, as a query.
const withToken = "SELECT doc ->> 'uid' FROM settings WHERE " + tokenRows

// installedPlaces is the CTE of those locations with their number: 1 is the
// one that was installed first, to which everybody belongs who is not said to
// belong elsewhere.
const installedPlaces = `installed (location, seq) AS (
		SELECT doc ->> 'uid', ROW_NUMBER() OVER (ORDER BY COALESCE(CAST(doc ->> 'rank' AS INTEGER), 0), name)
		FROM settings WHERE ` + tokenRows + ` AND doc ->> 'uid' <> ''
	)`

// locatedGroups is the CTE of the groups that belong to a location by
// themselves (depth 0) or by a group above them. It needs installedPlaces.
const locatedGroups = `located (group_id, location, seq, depth) AS (
		SELECT g.id, known.location, known.seq, 0 FROM groups g JOIN installed known ON known.location = g.content_location
		WHERE g.content_location <> '' AND g.deleted_at IS NULL
		UNION
		SELECT edge.child_id, above.location, above.seq, above.depth + 1 FROM group_groups edge JOIN located above ON above.group_id = edge.parent_id
	)`

// placed begins a query with the CTE placed (user_id, location): to which
// location the users of a scope belong. A user's own value wins, then that of
// the nearest group, of several equally near ones the location that was
// installed first, then the first of all. What has no content token does not
// count; without any the location is NULL. Nothing of it is stored, so that it
// is true whoever changes groups and members.
func placed(s scope) (with string, args []any) {
	with = "WITH RECURSIVE " + installedPlaces + ", " + locatedGroups + `, nearest (user_id, location) AS (
			SELECT user_id, location FROM (
				SELECT m.user_id, near.location, ROW_NUMBER() OVER (PARTITION BY m.user_id ORDER BY near.depth, near.seq) AS turn
				FROM located near JOIN group_users m ON m.group_id = near.group_id WHERE m.user_id ` + s.in + `
			) AS ranked WHERE turn = 1
		), placed (user_id, location) AS (
			SELECT who.id, COALESCE(own.location, nearest.location, (SELECT location FROM installed WHERE seq = 1))
			FROM users who LEFT JOIN installed own ON own.location = who.content_location LEFT JOIN nearest ON nearest.user_id = who.id
			WHERE who.id ` + s.in + `
		) `
	return with, append(append([]any{}, s.args...), s.args...)
}

// LocationOf is the location that a user belongs to, whoever says so: the user,
// a group, or nobody, for the first one. Empty without a content token.
func (s *Store) LocationOf(ctx context.Context, userID string) (string, error) {
	return placeOfUser(ctx, s.reader(), userID)
}

// placeOfUser is the location that a user belongs to; empty without a content
// token.
func placeOfUser(ctx context.Context, from getter, userID string) (string, error) {
	with, args := placed(scopeOfUser(userID))
	return placeOf(ctx, from, with+"SELECT location FROM placed", args...)
}

// placeOfGroup is the location that a group belongs to, by itself, by the
// nearest group above it, or because it is the first.
func placeOfGroup(ctx context.Context, from getter, groupID string) (string, error) {
	return placeOf(ctx, from, "WITH RECURSIVE "+installedPlaces+", "+locatedGroups+`
		SELECT COALESCE((SELECT location FROM located WHERE group_id = ? ORDER BY depth, seq LIMIT 1), (SELECT location FROM installed WHERE seq = 1))`, groupID)
}

func placeOf(ctx context.Context, from getter, query string, args ...any) (string, error) {
	var location Text
	err := from.Get(ctx, &location, query, args...)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("reading a location: %w", err)
	}
	return string(location), nil
}

// locations lists those that have a content token, the first one first.
func locations(ctx context.Context, from getter) ([]string, error) {
	var list []string
	if err := from.Select(ctx, &list, "WITH "+installedPlaces+" SELECT location FROM installed ORDER BY seq"); err != nil {
		return nil, fmt.Errorf("reading locations: %w", err)
	}
	return list, nil
}

// checkPlace refuses a location that somebody is to belong to and that has no
// content token.
func checkPlace(ctx context.Context, from getter, location string) error {
	if location == "" {
		return nil
	}
	var n int
	if err := from.Get(ctx, &n, "SELECT COUNT(*) FROM settings WHERE "+tokenRows+" AND doc ->> 'uid' = ?", location); err != nil {
		return fmt.Errorf("looking up location %s: %w", location, err)
	}
	if n == 0 {
		return fault.Invalid(fault.Field{Pointer: "/content_location", Message: "No content token of this location is installed; GET /v1/settings/content-tokens lists those that are."})
	}
	return nil
}
