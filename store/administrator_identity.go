package store

import (
	"context"
	"fmt"

	"heraut/fault"
	"heraut/people"
)

// AdministratorByIdentity returns the administrator whom an identity provider
// vouches for, with the role that it gives: the one known by issuer and
// subject; else the one who was invited by this login, where the provider has
// verified the address and nobody signs in with it yet; else a new one.
// Another role ends the administrator's sessions. Faults: conflict where the
// login is somebody else's, or where the last admin would be one no longer.
func (s *Store) AdministratorByIdentity(ctx context.Context, who people.Identity) (people.Administrator, error) {
	var a people.Administrator
	err := s.serializable(ctx, func(ctx context.Context, tx *Tx) error {
		known, err := boundAdministrator(ctx, tx, who)
		if fault.Is(err, fault.NotFound) {
			a, err = newcomer(ctx, tx, who)
			return err
		}
		if err != nil {
			return err
		}
		wanted := known
		wanted.Role = who.Role
		a, err = saveAdministrator(ctx, tx, provider(who), known, wanted)
		return err
	})
	if err != nil {
		return people.Administrator{}, fmt.Errorf("signing in by an identity provider: %w", err)
	}
	return a, nil
}

// provider is who the audit log names for what an identity provider decides.
func provider(who people.Identity) people.Actor {
	return people.System("identity provider " + who.Issuer)
}

func boundAdministrator(ctx context.Context, tx *Tx, who people.Identity) (people.Administrator, error) {
	row, err := getAdministrator(ctx, tx, "issuer = ? AND subject = ?", who.Issuer, who.Subject)
	return row.administrator(), err
}

// newcomer binds the account of an invited person, or makes one. A login that
// the provider has not verified binds nothing: anybody could claim it there.
func newcomer(ctx context.Context, tx *Tx, who people.Identity) (people.Administrator, error) {
	row, err := getAdministrator(ctx, tx, "login_key = ?", loginKey(who.Login))
	invited := row.administrator()
	switch {
	case fault.Is(err, fault.NotFound):
		made := people.Administrator{Name: who.Name, Login: who.Login, Role: who.Role}
		if invited, err = createAdministrator(ctx, tx, provider(who), made, ""); err != nil {
			return invited, err
		}
	case err != nil:
		return invited, err
	case invited.CanSignIn() || !who.Verified:
		f := fault.New(fault.Conflict, "Somebody else signs in with this login.")
		f.Fields = []fault.Field{{Pointer: "/login", Message: f.Message}}
		return invited, f
	}
	return bind(ctx, tx, invited, who)
}

func bind(ctx context.Context, tx *Tx, before people.Administrator, who people.Identity) (people.Administrator, error) {
	n, err := tx.Exec(ctx, "UPDATE administrators SET issuer = ?, subject = ?, version = version + 1 WHERE id = ? AND version = ?",
		who.Issuer, who.Subject, before.ID, before.Version)
	if err := changedOne(n, err); err != nil {
		return before, err
	}
	bound := before
	bound.Issuer, bound.Version = who.Issuer, before.Version+1
	tx.audit(provider(who), change{
		Action: "administrator.bind", Kind: "administrator", ID: before.ID,
		Was: docOfAdministrator(before), Became: docOfAdministrator(bound),
	})
	wanted := bound
	wanted.Role = who.Role
	return saveAdministrator(ctx, tx, provider(who), bound, wanted)
}
