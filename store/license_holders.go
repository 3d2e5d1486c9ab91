package store

import (
	"context"
	"fmt"
	"slices"

	"heraut/content"
)

// heldRow is a user of ours with what we believe of one asset; State is empty
// for nothing.
type heldRow struct {
	UserID string               `db:"user_id"`
	Client string               `db:"client_user_id"`
	Order  int64                `db:"accepted_order"`
	ID     Text                 `db:"id"`
	State  content.LicenseState `db:"state"`
}

// KeepHolders makes Apple's list of who has an asset ours: somebody may have
// got it by a request whose answer was lost, or lost it elsewhere. While a batch
// is open it changes nothing.
func (s *Store) KeepHolders(ctx context.Context, location string, ref content.AssetRef, holders content.Holders) error {
	err := s.write(ctx, func(ctx context.Context, tx *Tx) error {
		_, open, err := openBatch(ctx, tx, location, ref)
		if err != nil || open {
			return err
		}
		rows, err := believedHolders(ctx, tx, location, ref, holders.Users)
		if err != nil {
			return err
		}
		return keepHolders(ctx, tx, location, ref, rows, holders)
	})
	if err != nil {
		return fmt.Errorf("keeping who has asset %s: %w", ref.AdamID, err)
	}
	return nil
}

// believedHolders reads who has a license row, and who else of ours holds the
// asset.
func believedHolders(ctx context.Context, tx *Tx, location string, ref content.AssetRef, holders []string) ([]heldRow, error) {
	var rows []heldRow
	err := tx.Select(ctx, &rows, `SELECT l.user_id, r.client_user_id, l.accepted_order, l.id, l.state FROM licenses l
		JOIN registrations r ON r.location = l.location AND r.user_id = l.user_id
		WHERE l.location = ? AND l.adam_id = ? AND l.pricing = ?`, location, ref.AdamID, ref.Pricing)
	if err != nil {
		return nil, fmt.Errorf("reading licenses: %w", err)
	}
	known := make(map[string]bool, len(rows))
	for _, row := range rows {
		known[row.Client] = true
	}
	strangers := slices.DeleteFunc(slices.Clone(holders), func(id string) bool { return known[id] })
	for chunk := range slices.Chunk(strangers, maxIn) {
		in, args := inClause("client_user_id", chunk)
		var found []heldRow
		err := tx.Select(ctx, &found, `SELECT user_id, client_user_id, COALESCE(accepted_order, 0) AS accepted_order, NULL AS id, '' AS state
			FROM registrations WHERE location = ? AND `+in, append([]any{location}, args...)...)
		if err != nil {
			return nil, fmt.Errorf("reading registrations: %w", err)
		}
		rows = append(rows, found...)
	}
	return rows, nil
}

func keepHolders(ctx context.Context, tx *Tx, location string, ref content.AssetRef, rows []heldRow, holders content.Holders) error {
	now, err := tx.Now(ctx)
	if err != nil {
		return err
	}
	users, former := setOf(holders.Users), setOf(holders.Former)
	ours := 0
	var unknown [][]any
	moves := map[licenseMove][]string{}
	for _, row := range rows {
		// A book that is kept is one's own by an account that has ended, too.
		has := users[row.Client] || row.State == content.LicenseKept && former[row.Client]
		if has {
			ours++
		}
		if row.State == "" {
			unknown = append(unknown, []any{newID(), location, row.UserID, ref.AdamID, ref.Pricing, string(content.LicenseTaken), row.Order, now, now})
		} else if m := row.mend(has, now); m.to != "" {
			moves[m] = append(moves[m], string(row.ID))
		}
	}
	for m, ids := range moves {
		if _, err := tx.moveLicenses(ctx, m, ids); err != nil {
			return err
		}
	}
	_, err = insertRows(ctx, tx, "licenses", columnList("id, location, user_id, adam_id, pricing, state, accepted_order, created_at, settled_at"), unknown, "")
	if err != nil {
		return err
	}
	others := holders.Devices + len(users) + len(holders.Former) - ours
	_, err = tx.Exec(ctx, "UPDATE assets SET others = ? WHERE location = ? AND adam_id = ? AND pricing = ?", others, location, ref.AdamID, ref.Pricing)
	return err
}

func setOf(ids []string) map[string]bool {
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

// takenAwayWords is why somebody waits anew.
const takenAwayWords = "Apple has taken the license back."

// mend is the change that makes a belief true; without one to is empty.
// Planning then takes back what nobody is promised.
func (r heldRow) mend(has bool, now Time) licenseMove {
	m := licenseMove{from: r.State, settled: now}
	switch r.State {
	case content.LicenseWaiting, content.LicenseReleased, content.LicenseWithdrawn, content.LicenseRefused:
		if has {
			m.to = content.LicenseTaken
		}
	case content.LicenseTaken:
		if !has {
			m.to, m.answer, m.settled = content.LicenseWaiting, takenAwayWords, Time{}
		}
	case content.LicenseKept, content.LicenseReleasing:
		if !has {
			m.to = content.LicenseReleased
		}
	}
	return m
}
