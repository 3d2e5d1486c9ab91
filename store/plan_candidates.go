package store

import (
	"context"
	"fmt"

	"heraut/invitation"
)

// servedGroups are the groups whose switch, or that of a group above, is on.
const servedGroups = `WITH RECURSIVE served (id) AS (
		SELECT id FROM groups WHERE managed_distribution AND deleted_at IS NULL
		UNION
		SELECT child_id FROM group_groups JOIN served ON parent_id = served.id
	) SELECT id FROM served`

// membersOf are the users of a group through nesting.
const membersOf = `SELECT user_id FROM group_users WHERE group_id IN (
	WITH RECURSIVE below (id) AS (
		SELECT id FROM groups WHERE id = ?
		UNION
		SELECT child_id FROM group_groups JOIN below ON parent_id = below.id
	) SELECT id FROM below)`

// scope is a set of users as a condition on a column of user ids.
type scope struct {
	in   string // "IN (...)" or "= ?"
	args []any
}

func scopeOfGroup(id string) scope { return scope{"IN (" + membersOf + ")", []any{id}} }

func scopeOfUser(id string) scope { return scope{"= ?", []any{id}} }

// scopeOfUsers is a scope of at most maxIn users.
func scopeOfUsers(ids []string) scope {
	in, args := inClause("", ids)
	return scope{in, args}
}

type candidateRow struct {
	ID       string `db:"id"`
	Services bool   `db:"services"`
	Disabled bool   `db:"disabled"`
	Enrolled bool   `db:"enrolled"`
	Invited  bool   `db:"invited"`
	HasMail  bool   `db:"has_mail"`
	Silent   bool   `db:"silent"`
}

// silently tells whether Apple enrolls a user u by a Managed Apple Account: the
// user's location p has a content token, and Apple has not refused that account
// there.
const silently = `u.managed_apple_account <> '' AND p.location IS NOT NULL AND NOT EXISTS (
		SELECT 1 FROM registrations r WHERE r.user_id = u.id AND r.location = p.location AND r.refused_account = u.managed_apple_account)`

type candidateDeviceRow struct {
	ID     string `db:"id"`
	UserID string `db:"user_id"`
	Alert  bool   `db:"alert"`
	MDM    bool   `db:"mdm"`
	Barred bool   `db:"barred"`
}

// candidates reads users as planning sees them, in two queries, by user id.
func candidates(ctx context.Context, from getter, s scope) ([]invitation.Candidate, error) {
	var users []candidateRow
	with, args := placed(s)
	err := from.Select(ctx, &users, with+`SELECT u.id, u.state = 'enrolled' AS enrolled, u.invited_at IS NOT NULL AS invited, u.email <> '' AS has_mail, `+silently+` AS silent, u.disabled_at IS NOT NULL AS disabled,
		u.disabled_at IS NULL AND (u.managed_distribution OR EXISTS (SELECT 1 FROM group_users g WHERE g.user_id = u.id AND g.group_id IN (`+servedGroups+`))) AS services
		FROM users u JOIN placed p ON p.user_id = u.id WHERE u.deleted_at IS NULL ORDER BY u.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("reading candidates: %w", err)
	}
	var devices []candidateDeviceRow
	err = from.Select(ctx, &devices, `SELECT d.id, d.user_id, `+alertLive+` AS alert, `+mdmLive+` AS mdm, NOT d.invitable AND `+mdmReady+` AS barred
		FROM devices d WHERE d.deleted_at IS NULL AND d.user_id `+s.in+` ORDER BY d.user_id, d.id`, s.args...)
	if err != nil {
		return nil, fmt.Errorf("reading candidates' devices: %w", err)
	}
	return joinCandidates(users, devices), nil
}

// joinCandidates merges two lists that are both sorted by user id.
func joinCandidates(users []candidateRow, devices []candidateDeviceRow) []invitation.Candidate {
	list := make([]invitation.Candidate, len(users))
	next := 0
	for i, u := range users {
		list[i] = invitation.Candidate{UserID: u.ID, Services: u.Services, Disabled: u.Disabled, Enrolled: u.Enrolled, Invited: u.Invited, HasMail: u.HasMail, Silent: u.Silent}
		for next < len(devices) && devices[next].UserID < u.ID {
			next++
		}
		for ; next < len(devices) && devices[next].UserID == u.ID; next++ {
			list[i].Devices = append(list[i].Devices, devices[next].candidate())
		}
	}
	return list
}

func (r candidateDeviceRow) candidate() invitation.CandidateDevice {
	d := invitation.CandidateDevice{ID: r.ID, Barred: r.Barred}
	switch {
	case r.MDM:
		d.Channel = invitation.ChannelMDM
	case r.Alert:
		d.Channel = invitation.ChannelAlert
	}
	return d
}
