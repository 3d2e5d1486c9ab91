package ldap

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	ldap "github.com/go-ldap/ldap/v3"

	"heraut/people"
)

// profile says how one kind of server keeps people and groups.
type profile struct {
	// peopleFilter and groupFilter find all there are.
	peopleFilter, groupFilter string
	// stable, login and name are attributes in the order in which they are tried.
	stable, login, name []string
	groupStable         []string
	email               string
	// members are what groups name their members in.
	members []memberAttribute
	// disabled tells whether an account is disabled, by disabling attributes;
	// shown is false where they are always there and can not be read.
	disabling []string
	disabled  func(*ldap.Entry) (disabled, shown bool)
}

// memberAttribute is an attribute with members, and what its values are.
type memberAttribute struct{ name, kind string }

const (
	// guid is Active Directory's stable id, 16 bytes.
	guid = "objectGUID"
	// accountControl are Active Directory's flags of an account, of which
	// accountDisabled is ADS_UF_ACCOUNTDISABLE.
	accountControl  = "userAccountControl"
	accountDisabled = 2
	// accountExpires is when an account ends.
	accountExpires = "accountExpires"
)

// expired tells whether an account of Active Directory has ended: a number of
// 100 nanoseconds since 1601, of which 0 and the largest mean never ([MS-ADA1]
// 2.1).
func expired(e *ldap.Entry, now time.Time) bool {
	ticks, err := strconv.ParseInt(e.GetEqualFoldAttributeValue(accountExpires), 10, 64)
	if err != nil || ticks == 0 || ticks == math.MaxInt64 {
		return false
	}
	const until1970 = 11_644_473_600 // seconds from 1601
	return ticks/1e7-until1970 <= now.Unix()
}

func profileOf(kind people.DirectoryKind) profile {
	switch kind {
	case people.ActiveDirectory:
		return activeDirectory()
	case people.OpenDirectory:
		return openDirectory()
	default:
		return openLDAP()
	}
}

func activeDirectory() profile {
	return profile{
		peopleFilter: "(&(objectCategory=person)(objectClass=user)(!(isCriticalSystemObject=TRUE)))",
		groupFilter:  "(&(objectCategory=group)(!(isCriticalSystemObject=TRUE)))",
		stable:       []string{guid}, groupStable: []string{guid},
		login: []string{"userPrincipalName", "sAMAccountName"},
		name:  []string{"displayName", "cn"}, email: "mail",
		members:   []memberAttribute{{"member", people.KeyDN}},
		disabling: []string{accountControl, accountExpires},
		disabled: func(e *ldap.Entry) (disabled, shown bool) {
			// Every user has it ([MS-ADTS] 2.2.16): what is missing is hidden.
			flags, err := strconv.ParseInt(e.GetEqualFoldAttributeValue(accountControl), 10, 64)
			return flags&accountDisabled != 0 || expired(e, time.Now()), err == nil
		},
	}
}

func openLDAP() profile {
	return profile{
		peopleFilter: "(objectClass=inetOrgPerson)",
		groupFilter:  "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))",
		stable:       []string{"entryUUID"}, groupStable: []string{"entryUUID"},
		login: []string{"uid"},
		name:  []string{"displayName", "cn"}, email: "mail",
		members:   []memberAttribute{{"member", people.KeyDN}, {"uniqueMember", people.KeyDN}, {"memberUid", people.KeyLogin}},
		disabling: []string{"pwdAccountLockedTime"},
		disabled: func(e *ldap.Entry) (disabled, shown bool) {
			// The one value that no time lifts; others are a pause after wrong
			// passwords (draft-behera-ldap-password-policy, 5.3.3).
			return e.GetAttributeValue("pwdAccountLockedTime") == "000001010000Z", true
		},
	}
}

func openDirectory() profile {
	return profile{
		peopleFilter: "(objectClass=inetOrgPerson)",
		groupFilter:  "(|(objectClass=apple-group)(objectClass=posixGroup))",
		stable:       []string{attributeApple, "entryUUID"}, groupStable: []string{attributeApple, "entryUUID"},
		login: []string{"uid"},
		name:  []string{"cn", "displayName"}, email: "mail",
		members: []memberAttribute{
			{"apple-group-memberguid", people.KeyStable}, {"apple-group-nestedgroup", people.KeyStable}, {"memberUid", people.KeyLogin},
		},
		disabling: []string{"authAuthority"},
		disabled: func(e *ldap.Entry) (disabled, shown bool) {
			return slices.ContainsFunc(e.GetAttributeValues("authAuthority"), func(v string) bool { return strings.HasPrefix(v, ";DisabledUser;") }), true
		},
	}
}

// stableOf reads the first stable id that an entry has.
func stableOf(e *ldap.Entry, attributes []string) string {
	for _, name := range attributes {
		if strings.EqualFold(name, guid) {
			if raw := e.GetEqualFoldRawAttributeValue(name); len(raw) == 16 {
				return guidText(raw)
			}
			continue
		}
		if value := e.GetEqualFoldAttributeValue(name); value != "" {
			return value // as it is: servers compare some of them to the letter
		}
	}
	return ""
}

// guidText writes a GUID as people see it: its first three parts are little
// endian in the 16 bytes ([MS-DTYP] 2.3.4).
func guidText(raw []byte) string {
	b := slices.Clone(raw)
	slices.Reverse(b[0:4])
	slices.Reverse(b[4:6])
	slices.Reverse(b[6:8])
	text := hex.EncodeToString(b)
	return strings.Join([]string{text[0:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
}

// stableFilter finds the entries that have one of stable ids.
func stableFilter(attributes, ids []string) string {
	var b strings.Builder
	b.WriteString("(|")
	for _, id := range ids {
		for _, name := range attributes {
			fmt.Fprintf(&b, "(%s=%s)", name, stableValue(name, id))
		}
	}
	b.WriteString(")")
	return b.String()
}

func stableValue(attribute, id string) string {
	if !strings.EqualFold(attribute, guid) {
		return ldap.EscapeFilter(id)
	}
	raw, err := hex.DecodeString(strings.ReplaceAll(id, "-", ""))
	if err != nil || len(raw) != 16 {
		return ldap.EscapeFilter(id) // matches nothing
	}
	slices.Reverse(raw[0:4])
	slices.Reverse(raw[4:6])
	slices.Reverse(raw[6:8])
	var b strings.Builder
	for _, octet := range raw {
		fmt.Fprintf(&b, `\%02x`, octet)
	}
	return b.String()
}
