package store

import (
	"context"
	"fmt"
	"strings"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

// ContentTokens lists the content tokens that are installed, the first one
// first; their secrets are opened by SettingSecret.
func (s *Store) ContentTokens(ctx context.Context) ([]settings.InstalledToken, error) {
	return contentTokens(ctx, s.reader())
}

type tokenRow struct {
	Name    string                      `db:"name"`
	Doc     JSON[settings.ContentToken] `db:"doc"`
	Version int64                       `db:"version"`
}

func contentTokens(ctx context.Context, from getter) ([]settings.InstalledToken, error) {
	var rows []tokenRow
	err := from.Select(ctx, &rows, "SELECT name, doc, version FROM settings WHERE "+tokenRows+" ORDER BY COALESCE(CAST(doc ->> 'rank' AS INTEGER), 0), name")
	if err != nil {
		return nil, fmt.Errorf("reading content tokens: %w", err)
	}
	list := make([]settings.InstalledToken, len(rows))
	for i, r := range rows {
		list[i] = settings.InstalledToken{ContentToken: r.Doc.V, Name: r.Name, Version: r.Version}
	}
	return list, nil
}

// RemoveContentToken forgets the token of a location, and that Apple was away
// there. While users or groups are said to belong to the location, or users
// would be of another one without it, that is a conflict fault with their
// numbers, unless forced: they then belong to another location. Fault:
// not_found.
func (s *Store) RemoveContentToken(ctx context.Context, actor people.Actor, location string, force bool) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		tokens, err := contentTokens(ctx, tx)
		if err != nil {
			return err
		}
		at := settings.TokenOf(tokens, location)
		if at < 0 {
			return fault.New(fault.NotFound, "No content token of this location is installed.")
		}
		if !force {
			if err := tx.refuseInUse(ctx, location, len(tokens) > 1); err != nil {
				return err
			}
		}
		return tx.removeToken(ctx, actor, tokens[at])
	})
	if err != nil {
		return fmt.Errorf("removing the content token of location %s: %w", location, err)
	}
	return nil
}

func (tx *Tx) removeToken(ctx context.Context, actor people.Actor, t settings.InstalledToken) error {
	row, err := getSetting(ctx, tx, t.Name)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "DELETE FROM settings WHERE name = ?", t.Name); err != nil {
		return err
	}
	tx.audit(actor, change{Action: "setting.delete", Kind: "setting", ID: t.Name, Was: settingDoc{row.Doc.V, row.Sealed != ""}})
	return nil
}

// placeUse is who depends on a location.
type placeUse struct {
	Users      int `db:"users"`
	Groups     int `db:"groups_of"`
	Registered int `db:"registered"`
}

// refuseInUse refuses to leave a location that somebody depends on. Where it is
// the only one, who is registered there stays so until its token is back.
func (tx *Tx) refuseInUse(ctx context.Context, location string, others bool) error {
	var use placeUse
	err := tx.Get(ctx, &use, `SELECT (SELECT COUNT(*) FROM users WHERE content_location = ? AND deleted_at IS NULL) AS users,
		(SELECT COUNT(*) FROM groups WHERE content_location = ? AND deleted_at IS NULL) AS groups_of,
		(SELECT COUNT(*) FROM registrations WHERE location = ? AND state IN ('submitted', 'registered', 'associated', 'retiring')) AS registered`,
		location, location, location)
	if err != nil {
		return fmt.Errorf("reading who depends on location %s: %w", location, err)
	}
	if !others {
		use.Registered = 0
	}
	if use == (placeUse{}) {
		return nil
	}
	f := fault.New(fault.Conflict, use.sentence())
	f.Details = map[string]any{"users": use.Users, "groups": use.Groups, "registered": use.Registered}
	return f
}

func (u placeUse) sentence() string {
	var who []string
	for _, one := range []struct {
		n            int
		single, many string
	}{
		{u.Users, "1 user belongs to it", "%d users belong to it"},
		{u.Groups, "1 group belongs to it", "%d groups belong to it"},
		{u.Registered, "1 user is registered there at Apple", "%d users are registered there at Apple"},
	} {
		switch {
		case one.n == 1:
			who = append(who, one.single)
		case one.n > 1:
			who = append(who, fmt.Sprintf(one.many, one.n))
		}
	}
	return "This location is in use: " + strings.Join(who, ", ") + ". Give them another content_location first, and try again once Apple has ended their accounts; " +
		"or remove the token with force=true, after which they belong to another location and have to accept there."
}

// clientIDs tells by which ids Apple knows, or is to know, the users of a
// location. Apple wants them to be unique in an organization, so that only the
// location whose setting is without a name has the bare ones.
func (s *Store) clientIDs(ctx context.Context, from getter, location string) (func(userID string) string, error) {
	var n int
	if err := from.Get(ctx, &n, "SELECT COUNT(*) FROM settings WHERE name = ?", settings.NameTokenOf(location)); err != nil {
		return nil, fmt.Errorf("looking up location %s: %w", location, err)
	}
	if n == 0 {
		return s.clientUserID, nil
	}
	return func(userID string) string { return s.clientUserID(userID + "@" + location) }, nil
}
