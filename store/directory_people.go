package store

import (
	"context"
	"fmt"

	"heraut/people"
)

const directoryUserColumns = "id, full_name, email, language, managed_apple_account, state, sort_name, search, disabled_at, created_at, updated_at"

const directoryUserUpsert = `ON CONFLICT (id) DO UPDATE SET full_name = excluded.full_name, email = excluded.email, language = excluded.language,
	managed_apple_account = excluded.managed_apple_account, sort_name = excluded.sort_name, search = excluded.search,
	disabled_at = CASE WHEN excluded.disabled_at IS NULL THEN NULL ELSE users.disabled_at END,
	updated_at = excluded.updated_at, version = users.version + 1`

// linkedUser is a user with the link to the directory, as it is or should be.
type linkedUser struct {
	StableID   string `db:"stable_id"`
	UserID     string `db:"user_id"`
	DNKey      string `db:"dn_key"`
	LoginKey   string `db:"login_key"`
	FullName   string `db:"full_name"`
	Email      string `db:"email"`
	Language   string `db:"language"`
	Account    string `db:"managed_apple_account"`
	ExternalID Text   `db:"external_id"`
	Disabled   bool   `db:"disabled"`
}

// should is what the row has to become for the person. A language or account
// that the directory does not give stays; being disabled is for later.
func (l linkedUser) should(p people.DirectoryPerson) linkedUser {
	u := p.User()
	l.StableID, l.FullName, l.Email, l.DNKey = p.StableID, u.FullName, u.Email, p.Keys[0].String()
	l.LoginKey = ""
	if p.Login != "" {
		l.LoginKey = people.DirectoryKeyOf(people.KeyLogin, p.Login).String()
	}
	if u.Language != "" {
		l.Language = u.Language
	}
	if u.ManagedAppleAccount != "" {
		l.Account = u.ManagedAppleAccount
	}
	l.Disabled = l.Disabled && (p.Disabled || p.StateHidden)
	return l
}

func (l linkedUser) sameLink(o linkedUser) bool {
	return l.DNKey == o.DNKey && l.LoginKey == o.LoginKey
}

// peopleDiff is how a page of people differs from what is stored.
type peopleDiff struct {
	users, links []linkedUser // as they should be
	relinked     []string     // users whose links were made by other stable ids
	synced       people.SyncedPeople
	updated      int
}

// SyncPeople makes a page of at most 1,000 people the directory's users: new
// ones are made, others are changed where they differ. A page without a
// difference writes nothing. Nobody is taken away or disabled by it.
func (s *Store) SyncPeople(ctx context.Context, run people.DirectoryRun, page []people.DirectoryPerson) (people.SyncedPeople, error) {
	diff, err := comparePage(ctx, s.reader(), run.DirectoryID, page)
	if err == nil && len(diff.links) > 0 {
		err = s.write(ctx, func(ctx context.Context, tx *Tx) error {
			if err := tx.lockDirectory(ctx, run.DirectoryID); err != nil {
				return err
			}
			if diff, err = comparePage(ctx, tx, run.DirectoryID, page); err != nil {
				return err
			}
			return tx.writePeople(ctx, run, diff)
		})
	}
	if err != nil {
		return people.SyncedPeople{}, fmt.Errorf("taking over people of directory %s: %w", run.DirectoryID, err)
	}
	return diff.synced, nil
}

func comparePage(ctx context.Context, from getter, directoryID string, page []people.DirectoryPerson) (peopleDiff, error) {
	diff := peopleDiff{synced: people.SyncedPeople{IDs: make(map[string]string, len(page))}}
	if len(page) == 0 {
		return diff, nil
	}
	keys := make([]string, len(page))
	for i, p := range page {
		keys[i] = p.StableID
	}
	rows, err := readLinked(ctx, from, directoryID, "l.stable_id", keys)
	if err != nil {
		return diff, err
	}
	known := make(map[string]linkedUser, len(rows))
	for _, row := range rows {
		known[row.StableID] = row
	}
	var strange []people.DirectoryPerson
	for _, p := range page {
		if is, exists := known[p.StableID]; exists {
			diff.compare(is, p)
		} else {
			strange = append(strange, p)
		}
	}
	err = diff.take(ctx, from, directoryID, strange)
	return diff, err
}

// readLinked reads users with their links to a directory.
func readLinked(ctx context.Context, from getter, directoryID, column string, keys []string) ([]linkedUser, error) {
	in, args := inClause(column, keys)
	var rows []linkedUser
	err := from.Select(ctx, &rows, `SELECT l.stable_id, l.user_id, l.dn_key, l.login_key, u.full_name, u.email, u.language, u.managed_apple_account,
			u.external_id, u.disabled_at IS NOT NULL AS disabled
		FROM directory_users l JOIN users u ON u.id = l.user_id WHERE l.directory_id = ? AND `+in, append([]any{directoryID}, args...)...)
	return rows, err
}

// take makes newcomers users, or those who are there already the directory's.
func (d *peopleDiff) take(ctx context.Context, from getter, directoryID string, strange []people.DirectoryPerson) error {
	n, err := findNamesakes(ctx, from, directoryID, strange)
	if err != nil {
		return err
	}
	taken := map[string]bool{}
	for _, p := range strange {
		is, found, doubt := n.adopt(p)
		switch {
		case found && !taken[is.UserID]:
			taken[is.UserID] = true
			d.adopt(is, p)
		case p.Disabled, p.StateHidden: // nobody is made for an account that is disabled, or may be
		default:
			d.add(linkedUser{}, linkedUser{}.should(p), false)
			if doubt || found {
				d.synced.Doubts = append(d.synced.Doubts, p.StableID)
			}
		}
	}
	return nil
}

// adopt links a user who is there already.
func (d *peopleDiff) adopt(is linkedUser, p people.DirectoryPerson) {
	if is.StableID != "" {
		d.relinked = append(d.relinked, is.UserID)
	} else {
		d.synced.Adopted++
	}
	is.StableID, is.DNKey = p.StableID, "" // the link is written anew
	d.compare(is, p)
}

// compare compares a user of the directory with the person.
func (d *peopleDiff) compare(is linkedUser, p people.DirectoryPerson) {
	d.add(is, is.should(p), true)
	if p.Disabled && !is.Disabled {
		d.synced.Disable = append(d.synced.Disable, is.UserID)
	}
}

func (d *peopleDiff) add(is, should linkedUser, exists bool) {
	if !exists {
		should.UserID = newID()
		d.synced.Created++
	}
	d.synced.IDs[should.StableID] = should.UserID
	if is.Disabled && !should.Disabled {
		d.synced.Enabled++
	}
	switch {
	case is == should:
		return
	case exists && !is.sameLink(should):
		unlinked := should
		unlinked.DNKey, unlinked.LoginKey = is.DNKey, is.LoginKey
		if is != unlinked {
			d.users = append(d.users, should)
			d.updated++
		}
	default:
		d.users = append(d.users, should)
		if exists {
			d.updated++
		}
	}
	d.links = append(d.links, should)
}

func (tx *Tx) writePeople(ctx context.Context, run people.DirectoryRun, diff peopleDiff) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	users := make([][]any, len(diff.users))
	for i, u := range diff.users {
		var disabled Time // NULL enables; who is disabled keeps the time
		if u.Disabled {
			disabled = now
		}
		users[i] = []any{
			u.UserID, u.FullName, u.Email, u.Language, u.Account, string(people.NotInvited), sortName(u.FullName),
			searchText(u.FullName, u.Email, string(u.ExternalID)), disabled, now, now,
		}
	}
	if _, err := insertRows(ctx, tx, "users", columnList(directoryUserColumns), users, directoryUserUpsert); err != nil {
		return err
	}
	in, args := inClause("user_id", diff.relinked)
	if _, err := tx.Exec(ctx, "DELETE FROM directory_users WHERE "+in, args...); err != nil {
		return err
	}
	links := make([][]any, len(diff.links))
	for i, l := range diff.links {
		links[i] = []any{run.DirectoryID, l.StableID, l.UserID, l.DNKey, l.LoginKey}
	}
	_, err = insertRows(ctx, tx, "directory_users", columnList("directory_id, stable_id, user_id, dn_key, login_key"), links,
		"ON CONFLICT (directory_id, stable_id) DO UPDATE SET dn_key = excluded.dn_key, login_key = excluded.login_key")
	if err != nil {
		return err
	}
	return tx.editReport(ctx, run, func(r *people.DirectoryReport) {
		r.People.Created += diff.synced.Created
		r.People.Adopted += diff.synced.Adopted
		r.People.Updated += diff.updated
	})
}
