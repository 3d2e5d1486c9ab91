package ldap

import (
	"testing"
	"time"

	ldap "github.com/go-ldap/ldap/v3"
	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestGUIDIsWrittenAsPeopleSeeIt(t *testing.T) {
	raw := []byte{0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff}
	require.Equal(t, "00112233-4455-6677-8899-aabbccddeeff", guidText(raw))
	require.Equal(t, `\33\22\11\00\55\44\77\66\88\99\aa\bb\cc\dd\ee\ff`, stableValue(guid, guidText(raw)), "and found again by its bytes")
	entry := &ldap.Entry{Attributes: []*ldap.EntryAttribute{{Name: "objectGUID", ByteValues: [][]byte{raw}}}}
	require.Equal(t, guidText(raw), stableOf(entry, []string{guid}))
	require.Empty(t, stableOf(&ldap.Entry{Attributes: []*ldap.EntryAttribute{{Name: "objectGUID", ByteValues: [][]byte{raw[:7]}}}}, []string{guid}))
	require.Equal(t, `(|(entryUUID=a\2ab)(entryUUID=c))`, stableFilter([]string{"entryUUID"}, []string{"a*b", "c"}))
}

func TestDisabledByKindOfServer(t *testing.T) {
	for name, c := range map[string]struct {
		kind             people.DirectoryKind
		attribute, value string
		disabled, shown  bool
	}{
		"AD, enabled":             {people.ActiveDirectory, "userAccountControl", "512", false, true},
		"AD, disabled":            {people.ActiveDirectory, "userAccountControl", "514", true, true},
		"AD, unreadable":          {people.ActiveDirectory, "userAccountControl", "x", false, false},
		"AD, hidden":              {people.ActiveDirectory, "cn", "x", false, false},
		"OpenLDAP, for good":      {people.OpenLDAP, "pwdAccountLockedTime", "000001010000Z", true, true},
		"OpenLDAP, for a while":   {people.OpenLDAP, "pwdAccountLockedTime", "20260101120000Z", false, true},
		"Open Directory":          {people.OpenDirectory, "authAuthority", ";DisabledUser;;ShadowHash;", true, true},
		"Open Directory, enabled": {people.OpenDirectory, "authAuthority", ";ShadowHash;", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			entry := ldap.NewEntry("cn=x", map[string][]string{c.attribute: {c.value}})
			disabled, shown := profileOf(c.kind).disabled(entry)
			require.Equal(t, []bool{c.disabled, c.shown}, []bool{disabled, shown})
		})
	}
}

func TestAccountOfADomainThatHasExpired(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for value, ended := range map[string]bool{
		"0": false, "9223372036854775807": false, "": false, "x": false,
		"134086320000000000": true,  // 2025-11-26
		"134402544000000000": true,  // 2026-11-27
		"134408592000000000": false, // 2026-12-04
	} {
		entry := ldap.NewEntry("cn=x", map[string][]string{accountControl: {"512"}, accountExpires: {value}})
		require.Equal(t, ended, expired(entry, now), value)
	}
	entry := ldap.NewEntry("cn=x", map[string][]string{accountControl: {"512"}, accountExpires: {"125911584000000000"}}) // 2000
	disabled, shown := activeDirectory().disabled(entry)
	require.True(t, disabled && shown)
}

func TestAttributesOfAnAdministratorsChoice(t *testing.T) {
	config := people.DirectoryConfig{Attributes: people.DirectoryAttributes{
		StableID: "employeeNumber", Login: "cn", FullName: "description", Email: "otherMail", Language: "preferredLanguage", ManagedAppleAccount: "appleID",
	}}
	s := &Source{config: config, profile: openLDAP().with(config.Attributes), server: server{kind: people.OpenLDAP}}
	p := s.person(ldap.NewEntry("cn=x", map[string][]string{
		"employeeNumber": {"7"}, "cn": {"login"}, "description": {" Zoë Ünal "}, "otherMail": {"zoe@school.example"},
		"preferredLanguage": {"nl-BE"}, "appleID": {"zoe@school.appleid.com"},
	}))
	require.Empty(t, p.Refused)
	require.Equal(t, []string{"7", "login", "Zoë Ünal", "zoe@school.example", "nl", "zoe@school.appleid.com"},
		[]string{p.StableID, p.Login, p.FullName, p.Email, p.Language, p.ManagedAppleAccount})
	mark, err := s.Mark(t.Context())
	require.NoError(t, err)
	require.Empty(t, mark, "changes are told by the server's own ids")
	named := s.person(ldap.NewEntry("cn=x", map[string][]string{"employeeNumber": {"8"}, "givenName": {"Ann"}, "sn": {"Bo"}}))
	require.Equal(t, "Ann Bo", named.FullName)
	require.Equal(t, "The entry has no stable id that can be read.", s.person(ldap.NewEntry("cn=x", nil)).Refused)
	require.Empty(t, language("de"))
	require.Equal(t, "en", language("EN_us"))
}

func TestDNsThatMeanTheSameAreTheSame(t *testing.T) {
	require.Equal(t, canonical(`CN=Ann\, B,DC=School`), canonical(`cn=ann\2c b , dc=school`))
	require.Equal(t, "uid=a,dc=school", canonical("UID=A,DC=School"))
	require.Equal(t, canonical("uid=a,dc=school"), canonical("uid = a, dc = school"))
	require.Equal(t, "not a dn", canonical(" Not a DN "))
	require.True(t, below("uid=a, OU=People,dc=school", "ou=people,dc=school"))
	require.True(t, below("DC=School", "dc=school"))
	require.False(t, below("ou=otherpeople,dc=school", "ou=people,dc=school"))
}

func TestRangesThatMakeNoSense(t *testing.T) {
	entry := func(name string, values ...string) *ldap.Entry {
		return ldap.NewEntry("cn=g", map[string][]string{name: values})
	}
	values, last, ranged, err := rangeOf(entry("member;range=0-1499", "a"), "member")
	require.NoError(t, err)
	require.Equal(t, []any{[]string{"a"}, 1499, true}, []any{values, last, ranged})
	_, last, _, err = rangeOf(entry("Member;Range=1500-*", "b"), "member")
	require.NoError(t, err)
	require.Equal(t, -1, last)
	_, _, _, err = rangeOf(entry("member;range=0-1499"), "member")
	require.Error(t, err, "an empty part would be asked for again and again")
	_, _, _, err = rangeOf(entry("member;range=0-x", "a"), "member")
	require.Error(t, err)
}
