package ldap

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	ldap "github.com/go-ldap/ldap/v3"

	"heraut/fault"
	"heraut/people"
)

// longestValue is the longest text that is looked at, in bytes: what is longer
// is no name, and says so before anything else is made of it.
const longestValue = 4096

// personAttributes are all that is asked of people: never photos or
// certificates, which are a hundred times as long.
func (s *Source) personAttributes() []string {
	p := s.profile
	names := slices.Concat(p.stable, p.login, p.name, []string{p.email, "givenName", "sn"}, p.disabling)
	for _, own := range []string{s.config.Attributes.Language, s.config.Attributes.ManagedAppleAccount} {
		if own != "" {
			names = append(names, own)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// person makes a person of an entry. What can not be taken over says why.
func (s *Source) person(e *ldap.Entry) people.DirectoryPerson {
	p := people.DirectoryPerson{
		StableID: stableOf(e, s.profile.stable), DN: e.DN,
		Login: firstOf(e, s.profile.login...), Email: strings.TrimSpace(firstOf(e, s.profile.email)),
		Language: language(firstOf(e, s.config.Attributes.Language)), ManagedAppleAccount: firstOf(e, s.config.Attributes.ManagedAppleAccount),
	}
	disabled, shown := s.profile.disabled(e)
	p.Disabled, p.StateHidden = disabled, !shown
	p.FullName = strings.TrimSpace(firstOf(e, s.profile.name...))
	if p.FullName == "" {
		p.FullName = strings.TrimSpace(firstOf(e, "givenName") + " " + firstOf(e, "sn"))
	}
	if p.FullName == "" {
		p.FullName = p.Login
	}
	p.Keys = []people.DirectoryKey{people.DirectoryKeyOf(people.KeyDN, canonical(e.DN))}
	for _, login := range s.logins(e) {
		p.Keys = append(p.Keys, people.DirectoryKeyOf(people.KeyLogin, login))
	}
	p.Keys = append(p.Keys, people.DirectoryKeyOf(people.KeyStable, p.StableID))
	check(&p)
	return p
}

// logins are what memberUid may name the person by.
func (s *Source) logins(e *ldap.Entry) []string {
	if s.server.kind == people.ActiveDirectory {
		return nil
	}
	var all []string
	for _, name := range s.profile.login {
		all = append(all, e.GetEqualFoldAttributeValues(name)...)
	}
	return all
}

// check refuses what can not be taken over, and leaves an address aside that
// is none: the person exists, and gets no mail.
func check(p *people.DirectoryPerson) {
	if p.StableID == "" || len(p.StableID) > people.MaxExternalID {
		p.Refused = "The entry has no stable id that can be read."
		return
	}
	for _, value := range []string{p.FullName, p.Email, p.Login, p.ManagedAppleAccount} {
		if len(value) > longestValue {
			p.Refused = fmt.Sprintf("A value is %d bytes long: that is no name, address or login.", len(value))
			return
		}
	}
	wrong, ok := errors.AsType[*fault.Error](p.User().Check())
	if !ok {
		return
	}
	var rest []string
	for _, field := range wrong.Fields {
		if field.Pointer == "/email" {
			p.Warning = fmt.Sprintf("%q is no e-mail address: the person is taken over without one.", p.Email)
			p.Email = ""
			continue
		}
		rest = append(rest, strings.TrimPrefix(field.Pointer, "/")+": "+field.Message)
	}
	if len(rest) > 0 {
		p.Refused = strings.Join(rest, " ")
	}
}

// firstOf is the first value that an entry has of attributes, in their order.
func firstOf(e *ldap.Entry, attributes ...string) string {
	for _, name := range attributes {
		if name == "" {
			continue
		}
		if value := e.GetEqualFoldAttributeValue(name); value != "" {
			return value
		}
	}
	return ""
}

// language takes "nl-BE" for nl; Heraut speaks two.
func language(tag string) string {
	short, _, _ := strings.Cut(strings.ToLower(tag), "-")
	short, _, _ = strings.Cut(short, "_")
	if short == "nl" || short == "en" {
		return short
	}
	return ""
}
