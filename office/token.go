package office

import (
	"context"
	"fmt"
	"slices"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

// PutToken installs a content token, or renews that of its location. Nothing
// is claimed before the token is known to be of the right organization. A new
// location of another organization, and one that another service has claimed,
// is a conflict with details, unless takeOver.
func (s Settings) PutToken(ctx context.Context, actor people.Actor, file string, takeOver bool) (settings.ContentToken, error) {
	given, secret, err := s.Apple.Read(ctx, file)
	if err == nil {
		err = located(given)
	}
	if err != nil {
		return given, err
	}
	tokens, err := s.Tokens.ContentTokens(ctx)
	if err != nil {
		return given, err
	}
	if !takeOver && !belongs(given, tokens) {
		return given, otherOrganization(tokens[0].ContentToken, given)
	}
	claimed, err := s.Apple.Claim(ctx, secret, takeOver)
	if err == nil {
		err = located(claimed)
	}
	if err != nil {
		return given, err
	}
	return claimed, s.install(ctx, actor, tokens, claimed, secret)
}

// belongs tells whether a token may be installed beside others, or in the place
// of one: its location is there already, whatever the organization is called
// now, or another location of its organization is.
func belongs(given settings.ContentToken, tokens []settings.InstalledToken) bool {
	return len(tokens) == 0 || slices.ContainsFunc(tokens, func(t settings.InstalledToken) bool {
		return t.UID == given.UID || t.Organization == given.Organization
	})
}

// located refuses what Apple says of a token without its location: everything is
// kept by that.
func located(t settings.ContentToken) error {
	if t.UID != "" {
		return nil
	}
	return fault.New(fault.Unavailable, "Apple does not say which location this content token is of. Try again later; if that does not help, look whether a proxy answers in Apple's place.")
}

// install renews the token of a location, or puts it beside others.
func (s Settings) install(ctx context.Context, actor people.Actor, tokens []settings.InstalledToken, claimed settings.ContentToken, secret []byte) error {
	name, rank := settings.NextToken(tokens, claimed.UID)
	version := int64(0)
	if i := slices.IndexFunc(tokens, func(t settings.InstalledToken) bool { return t.UID == claimed.UID }); i >= 0 {
		name, rank, version = tokens[i].Name, tokens[i].Rank, tokens[i].Version
	}
	claimed.Rank = rank
	_, err := s.Store.PutSetting(ctx, actor, name, claimed, secret, &version)
	if fault.Is(err, fault.PreconditionFailed) {
		return fault.New(fault.Conflict, "Somebody else changed the content token in the meantime; look at it, and try again.")
	}
	return err
}

// RemoveToken removes the content token of a location; the only one for an
// empty location. Faults: not_found; conflict, while somebody depends on it
// and force is not set.
func (s Settings) RemoveToken(ctx context.Context, actor people.Actor, location string, force bool) error {
	tokens, err := s.Tokens.ContentTokens(ctx)
	if err != nil {
		return err
	}
	i := settings.TokenOf(tokens, location)
	switch {
	case i < 0:
		return NoContentToken()
	case location == "" && len(tokens) > 1:
		return fault.Invalid(fault.Field{Pointer: "location", Message: "Several content tokens are installed; name the location whose token is to be removed."})
	}
	return s.Tokens.RemoveContentToken(ctx, actor, tokens[i].UID, force)
}

// NoContentToken is the fault of asking for a token that is not there.
func NoContentToken() error { return fault.New(fault.NotFound, "There is no content token.") }

// otherOrganization refuses a token that spends the licenses of somebody else.
func otherOrganization(installed, given settings.ContentToken) error {
	f := fault.New(fault.Conflict, fmt.Sprintf("This content token is of another organization (%s) than what is installed (%s). With take_over it is installed all the same.",
		given.Organization, installed.Organization))
	f.Details = map[string]any{"installed": placeOf(installed), "given": placeOf(given)}
	return f
}

func placeOf(t settings.ContentToken) map[string]string {
	return map[string]string{"organization": t.Organization, "location": t.Location, "uid": t.UID}
}
