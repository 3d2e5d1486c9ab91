package store

import (
	"context"
	"fmt"
	"strings"

	"heraut/people"
)

// namesake is a user whom a newcomer of a directory may be.
type namesake struct {
	linkedUser

	DirectoryID string `db:"directory_id"`
	Brought     bool   `db:"brought"` // by a SCIM client
}

func (n namesake) owned() bool { return n.Brought || n.DirectoryID != "" }

// newcomers are people of a page whom no link ties to a user, and who is there
// already that they may be.
type newcomers struct {
	directoryID string
	links       map[string]linkedUser // by DN key, where links were made by other stable ids
	external    map[string]namesake
	address     map[string][]namesake
	shared      map[string]int // how many of the page have an address
}

// findNamesakes reads who is there already.
func findNamesakes(ctx context.Context, from getter, directoryID string, page []people.DirectoryPerson) (n newcomers, err error) {
	n = newcomers{directoryID: directoryID, external: map[string]namesake{}, address: map[string][]namesake{}, shared: map[string]int{}}
	if len(page) == 0 {
		return n, nil
	}
	ids, addresses := make([]string, len(page)), make([]string, 0, len(page))
	for i, p := range page {
		ids[i] = p.StableID
		if address := addressOf(p); address != "" {
			addresses = append(addresses, address)
			n.shared[address]++
		}
	}
	byID, err := readNamesakes(ctx, from, "u.external_id", ids)
	if err != nil {
		return n, err
	}
	for _, row := range byID {
		n.external[string(row.ExternalID)] = row
	}
	byAddress, err := readNamesakes(ctx, from, "u.email <> '' AND lower(u.email)", addresses)
	if err != nil {
		return n, err
	}
	for _, row := range byAddress {
		address := strings.ToLower(row.Email)
		n.address[address] = append(n.address[address], row)
	}
	n.links, err = findMoved(ctx, from, directoryID, page)
	return n, err
}

func addressOf(p people.DirectoryPerson) string { return strings.ToLower(p.User().Email) }

func readNamesakes(ctx context.Context, from getter, column string, values []string) ([]namesake, error) {
	in, args := inClause(column, values)
	var rows []namesake
	err := from.Select(ctx, &rows, `SELECT '' AS stable_id, u.id AS user_id, '' AS dn_key, '' AS login_key, u.full_name, u.email, u.language,
			u.managed_apple_account, u.external_id, u.disabled_at IS NOT NULL AS disabled,
			COALESCE((SELECT l.directory_id FROM directory_users l WHERE l.user_id = u.id), '') AS directory_id,
			EXISTS (SELECT 1 FROM scim_users s JOIN scim_clients c ON c.id = s.client_id WHERE s.user_id = u.id AND c.revoked_at IS NULL) AS brought
		FROM users u WHERE u.deleted_at IS NULL AND `+in+" ORDER BY u.id", args...)
	if err != nil {
		return nil, fmt.Errorf("looking for who is there already: %w", err)
	}
	return rows, nil
}

// findMoved reads the links of a directory by DN keys, as long as they may have
// been made by other stable ids than those that count now. At any other time
// who is made again under a name is somebody else.
func findMoved(ctx context.Context, from getter, directoryID string, page []people.DirectoryPerson) (map[string]linkedUser, error) {
	var relink bool
	if err := from.Get(ctx, &relink, "SELECT relink FROM directories WHERE id = ?", directoryID); err != nil || !relink {
		return nil, err
	}
	keys := make([]string, len(page))
	for i, p := range page {
		keys[i] = p.Keys[0].String()
	}
	rows, err := readLinked(ctx, from, directoryID, "l.dn_key", keys)
	links := make(map[string]linkedUser, len(rows))
	for _, row := range rows {
		links[row.DNKey] = row
	}
	return links, err
}

// adopt finds the user whom a newcomer must be: the one of the same entry, the
// one with the newcomer's stable id for an external id, else the only one with
// the address, if nobody else brings that user. doubt tells that there is
// somebody whom the newcomer may be and was not taken for.
func (n newcomers) adopt(p people.DirectoryPerson) (user linkedUser, found, doubt bool) {
	if link, ok := n.links[p.Keys[0].String()]; ok {
		return link, true, false
	}
	if same, ok := n.external[p.StableID]; ok {
		return same.linkedUser, !same.owned(), same.owned() && same.DirectoryID != n.directoryID
	}
	address := addressOf(p)
	same := n.address[address]
	if len(same) == 1 && !same[0].owned() && n.shared[address] == 1 {
		return same[0].linkedUser, true, false
	}
	for _, other := range same {
		doubt = doubt || other.DirectoryID != n.directoryID
	}
	return linkedUser{}, false, doubt
}
