package ldap

import (
	"context"
	"errors"
	"fmt"
	"slices"

	ldap "github.com/go-ldap/ldap/v3"

	"heraut/fault"
	"heraut/people"
)

// CheckConfig tells what of the settings the server could not read: filters
// and names. The fault is invalid_request with a JSON pointer for each.
func CheckConfig(c people.DirectoryConfig) error {
	var fields []fault.Field
	for _, part := range []struct {
		pointer string
		search  people.DirectorySearch
	}{{"/people", c.People}, {"/groups", c.Groups}} {
		if part.search.Filter != "" {
			if _, err := ldap.CompileFilter(wrapped(part.search.Filter)); err != nil {
				fields = append(fields, fault.Field{Pointer: part.pointer + "/filter", Message: "Give an LDAP filter, such as (department=school)."})
			}
		}
		if _, err := ldap.ParseDN(part.search.BaseDN); err != nil {
			fields = append(fields, fault.Field{Pointer: part.pointer + "/base_dn", Message: "Give a DN, such as ou=people,dc=school,dc=example."})
		}
	}
	if _, err := ldap.ParseDN(c.BaseDN); err != nil {
		fields = append(fields, fault.Field{Pointer: "/base_dn", Message: "Give a DN, such as dc=school,dc=example."})
	}
	if len(fields) > 0 {
		return fault.Invalid(fields...)
	}
	return nil
}

// Step is one thing that Test has tried.
type Step struct {
	Name   string
	OK     bool
	Detail string
}

// Test tries everything that a run needs, step by step: password, connect, tls,
// bind, server, people, groups. It ends with the first that fails.
func Test(ctx context.Context, c people.DirectoryConfig, password string, d Dialer) []Step {
	var steps []Step
	told := func(name string, err error, detail string) {
		if err != nil {
			detail = Sentence(err)
		}
		steps = append(steps, Step{name, err == nil, detail})
	}
	s, err := open(ctx, c, password, d, told)
	if err != nil {
		return steps
	}
	defer s.Close() //nolint:errcheck // everything was told by then
	err = s.tryPeople(ctx)
	told("people", err, "People are found.")
	if err != nil {
		return steps
	}
	n := 0
	err = s.groups(ctx, s.groupFilter(), false, func(page []people.DirectoryGroup) error {
		n = len(page)
		return errEnough
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	told("groups", err, fmt.Sprintf("%d groups or more are found.", n))
	return steps
}

// errEnough ends a search that is meant to find some and not all.
var errEnough = errors.New("enough was found")

// triedPeople is how many people a test looks at.
const triedPeople = 20

// tryPeople tells what is wrong with the first people.
func (s *Source) tryPeople(ctx context.Context) error {
	list, err := s.Preview(ctx, triedPeople)
	switch {
	case err != nil:
		return err
	case len(list) == 0:
		return say(nil, "The account finds nobody: look at the base and the filter of people, and at what the account may read.")
	case slices.ContainsFunc(list, func(p people.DirectoryPerson) bool { return p.StateHidden }):
		return say(nil, "The account may not read %s of people, so that nobody can tell who is disabled: give it the right to read it.", accountControl)
	}
	return nil
}

// Preview reads the first people as they would be taken over.
func (s *Source) Preview(ctx context.Context, limit int) ([]people.DirectoryPerson, error) {
	s.page = limit
	defer func() { s.page = pageSize }()
	var first []people.DirectoryPerson
	err := s.People(ctx, func(page []people.DirectoryPerson) error {
		first = append(first, page[:min(len(page), limit-len(first))]...)
		if len(first) == limit {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return first, err
}

// CountGroups counts the groups that would be taken over.
func (s *Source) CountGroups(ctx context.Context) (int, error) {
	n := 0
	err := s.each(ctx, s.base(s.config.Groups), s.groupFilter(), []string{noAttributes}, pageSize, func(page []*ldap.Entry) error {
		n += len(page)
		return nil
	})
	return n, err
}

// noAttributes asks for entries alone (RFC 4511, 4.5.1.8).
const noAttributes = "1.1"

// Sentence is what a person is told of an error of this package.
func Sentence(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f.Message
	}
	return "The directory could not be read."
}
