package store

import (
	"context"
	"fmt"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"heraut/people"
)

type administratorRow struct {
	ID         string       `db:"id"`
	Name       string       `db:"name"`
	Login      string       `db:"login"`
	Role       people.Role  `db:"role"`
	Passphrase string       `db:"passphrase"`
	Issuer     Text         `db:"issuer"`
	Epoch      int64        `db:"epoch"`
	Language   string       `db:"language"`
	Theme      people.Theme `db:"theme"`
	CreatedAt  Time         `db:"created_at"`
	UpdatedAt  Time         `db:"updated_at"`
	LastSeenAt Time         `db:"last_seen_at"`
	Version    int64        `db:"version"`
}

const administratorColumns = "id, name, login, role, passphrase, issuer, epoch, language, theme, created_at, updated_at, last_seen_at, version"

func (r administratorRow) administrator() people.Administrator {
	return people.Administrator{
		ID: r.ID, Name: r.Name, Login: r.Login, Role: r.Role, Language: r.Language, Theme: r.Theme,
		HasPassphrase: r.Passphrase != "", Issuer: string(r.Issuer), Epoch: r.Epoch,
		CreatedAt: r.CreatedAt.Time, UpdatedAt: r.UpdatedAt.Time, LastSeenAt: r.LastSeenAt.Time, Version: r.Version,
	}
}

func (r administratorRow) cursor() people.Cursor { return people.Cursor{ID: r.ID} }

// loginKey is what makes logins the same. Accents count, unlike in a search:
// two people may differ by one.
func loginKey(login string) string { return cases.Fold().String(norm.NFKC.String(login)) }

// administratorDoc is an administrator in the audit log.
type administratorDoc struct {
	Name       string      `json:"name"`
	Login      string      `json:"login"` // masked where it is an address
	Role       people.Role `json:"role"`
	Passphrase bool        `json:"passphrase"`
	Issuer     string      `json:"issuer,omitempty"`
}

func docOfAdministrator(a people.Administrator) administratorDoc {
	doc := administratorDoc{Name: a.Name, Login: a.Login, Role: a.Role, Passphrase: a.HasPassphrase, Issuer: a.Issuer}
	if masked := maskAddress(a.Login); masked != "" {
		doc.Login = masked
	}
	return doc
}

func getAdministrator(ctx context.Context, from getter, where string, args ...any) (administratorRow, error) {
	var row administratorRow
	err := from.Get(ctx, &row, "SELECT "+administratorColumns+" FROM administrators WHERE "+where, args...)
	if err != nil {
		return administratorRow{}, fmt.Errorf("reading an administrator: %w", orNotFound(err, "Administrator not found."))
	}
	return row, nil
}
