package store

import (
	"context"
	"fmt"

	"heraut/content"
	"heraut/fault"
)

type registrationRow struct {
	Location       string                    `db:"location"`
	UserID         string                    `db:"user_id"`
	ClientUserID   string                    `db:"client_user_id"`
	State          content.RegistrationState `db:"state"`
	ManagedAccount string                    `db:"managed_apple_account"`
	InviteCode     string                    `db:"invite_code"`
	IDHash         string                    `db:"id_hash"`
	EventID        string                    `db:"event_id"`
	SubmittedAt    Time                      `db:"submitted_at"`
	LastAnswer     string                    `db:"last_answer"`
	AcceptedOrder  *int64                    `db:"accepted_order"`
	AssociatedAt   Time                      `db:"associated_at"`
	UpdatedAt      Time                      `db:"updated_at"`
}

const registrationColumns = `location, user_id, client_user_id, state, managed_apple_account, invite_code, id_hash, event_id, submitted_at,
	last_answer, accepted_order, associated_at, updated_at`

func (r registrationRow) registration() content.Registration {
	known := content.Registration{
		Location: r.Location, UserID: r.UserID, ClientUserID: r.ClientUserID, State: r.State, ManagedAppleAccount: r.ManagedAccount,
		EventID: r.EventID, SubmittedAt: r.SubmittedAt.Time, LastAnswer: r.LastAnswer, AssociatedAt: r.AssociatedAt.Time, UpdatedAt: r.UpdatedAt.Time,
	}
	if r.AcceptedOrder != nil {
		known.AcceptedOrder = *r.AcceptedOrder
	}
	return known
}

// codeName binds a sealed invite code to its row.
func codeName(location, userID string) string { return "registrations/" + location + "/" + userID }

// AccountOf tells how far a user has come at Apple; not_found when the user
// was never to be registered.
func (s *Store) AccountOf(ctx context.Context, userID string) (content.Registration, error) {
	row, err := latestRegistration(ctx, s.reader(), userID)
	return row.registration(), err
}

// latestRegistration reads a user's registration at the location that the user
// belongs to or, where there is none, the latest.
func latestRegistration(ctx context.Context, from getter, userID string) (registrationRow, error) {
	var row registrationRow
	location, err := placeOfUser(ctx, from, userID)
	if err != nil {
		return row, err
	}
	err = from.Get(ctx, &row, "SELECT "+registrationColumns+` FROM registrations WHERE user_id = ?
		ORDER BY CASE WHEN location = ? THEN 0 ELSE 1 END, updated_at DESC, location LIMIT 1`, userID, location)
	if err != nil {
		return row, fmt.Errorf("reading the registration of user %s: %w", userID, orNotFound(err, "This user is not registered at Apple."))
	}
	return row, nil
}

// InviteCode opens the code with which a user accepts at Apple; not_found when
// there is none (yet), or none any more since the user accepted.
func (s *Store) InviteCode(ctx context.Context, userID string) (content.Secret, error) {
	row, err := latestRegistration(ctx, s.reader(), userID)
	if err != nil {
		return "", err
	}
	if row.State != content.StateRegistered {
		return "", noCode()
	}
	code, err := s.openCode(row)
	if err == nil && code == "" {
		err = noCode()
	}
	return code, err
}

func noCode() error {
	return fault.New(fault.NotFound, "Apple has no open invitation for this user.")
}

// openCode opens the invite code that a registration has; empty: none.
func (s *Store) openCode(row registrationRow) (content.Secret, error) {
	if row.InviteCode == "" {
		return "", nil
	}
	if s.sealer == nil {
		return "", errNoSealer
	}
	code, err := s.sealer.Open(codeName(row.Location, row.UserID), row.InviteCode)
	if err != nil {
		// One code says nothing of the others, and Apple tells it again.
		return "", fmt.Errorf("opening the invite code of user %s: %w: %w", row.UserID, noCode(), err)
	}
	return content.Secret(code), nil
}
