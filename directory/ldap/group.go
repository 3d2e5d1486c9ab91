package ldap

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	ldap "github.com/go-ldap/ldap/v3"

	"heraut/fault"
	"heraut/people"
)

func (s *Source) groupAttributes() []string {
	names := slices.Concat(s.profile.groupStable, []string{"cn", "displayName"})
	for _, m := range s.profile.members {
		names = append(names, m.name)
	}
	return names
}

// group makes a group of an entry, and reads on where its members come in
// ranges.
func (s *Source) group(e *ldap.Entry) (people.DirectoryGroup, error) {
	g := people.DirectoryGroup{StableID: stableOf(e, s.profile.groupStable), DN: e.DN, Name: strings.TrimSpace(firstOf(e, "cn", "displayName"))}
	g.Keys = []people.DirectoryKey{
		people.DirectoryKeyOf(people.KeyDN, canonical(e.DN)), people.DirectoryKeyOf(people.KeyStable, g.StableID),
	}
	if g.StableID == "" {
		g.Refused = "The entry has no stable id that can be read."
	} else if wrong, ok := errors.AsType[*fault.Error](people.Group{Name: g.Name}.Check()); ok {
		g.Refused = wrong.Fields[0].Message
	}
	for _, m := range s.profile.members {
		for _, value := range e.GetEqualFoldAttributeValues(m.name) {
			g.Members = append(g.Members, m.key(value))
		}
		if err := s.ranges(e, m, &g); err != nil {
			return g, err
		}
	}
	return g, nil
}

func (m memberAttribute) key(value string) people.DirectoryKey {
	if m.kind == people.KeyDN {
		value = canonical(value)
	}
	return people.DirectoryKeyOf(m.kind, value)
}

// ranges reads the members of a large group: Active Directory gives 1,500 at
// once, as "member;range=0-1499", and the last part as "..-*" ([MS-ADTS]
// 3.1.1.3.1.3.3).
func (s *Source) ranges(e *ldap.Entry, m memberAttribute, g *people.DirectoryGroup) error {
	for {
		values, last, ranged, err := rangeOf(e, m.name)
		if err != nil {
			return say(err, "%s gave members of %s that can not be read; nothing was taken away.", s.link.host, e.DN)
		}
		for _, value := range values {
			g.Members = append(g.Members, m.key(value))
		}
		if !ranged || last < 0 {
			return nil
		}
		if e, err = s.link.read(e.DN, fmt.Sprintf("%s;range=%d-*", m.name, last+1)); err != nil {
			return err
		}
	}
}

// rangeOf finds a part of an attribute; last is -1 where it is the last part.
func rangeOf(e *ldap.Entry, name string) (values []string, last int, ranged bool, err error) {
	prefix := strings.ToLower(name) + ";range="
	for _, a := range e.Attributes {
		bounds, found := strings.CutPrefix(strings.ToLower(a.Name), prefix)
		if !found {
			continue
		}
		_, end, _ := strings.Cut(bounds, "-")
		if end == "*" {
			return a.Values, -1, true, nil
		}
		if len(a.Values) == 0 {
			return nil, 0, true, fmt.Errorf("the range %s is empty", bounds)
		}
		last, err = strconv.Atoi(end)
		return a.Values, last, true, err
	}
	return nil, 0, false, nil
}
