package scim

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

// sampleUser is what filters of the tests are held against.
func sampleUser() map[string]any {
	return map[string]any{
		"userName": "anna@school.example", "active": true, "name": map[string]any{"familyName": "Bakker"},
		"emails": []any{
			map[string]any{"type": "work", "value": "anna@work.example", "primary": true},
			map[string]any{"type": "home", "value": "anna@home.example"},
		},
		"meta": map[string]any{"lastModified": "2026-11-30T10:00:00Z"},
	}
}

func TestFilters(t *testing.T) {
	for filter, want := range map[string]bool{
		`userName eq "anna@school.example"`:                                               true,
		`userName eq "anna"`:                                                              false,
		`username SW "ANNA"`:                                                              true,
		`userName ew ".example" and userName co "school"`:                                 true,
		`userName ne "bram"`:                                                              true,
		`nickName ne "bram"`:                                                              true,
		`nickName pr or active pr`:                                                        true,
		`nickName eq null`:                                                                true,
		`userName eq null`:                                                                false,
		`active eq true`:                                                                  true,
		`active eq "True"`:                                                                true,
		`active eq False`:                                                                 false,
		`not (active eq true)`:                                                            false,
		`NOT(active eq false) AND name.familyName eq "bakker"`:                            true,
		`active eq false or active eq true and userName sw "b"`:                           false,
		`(active eq false or active eq true) and userName sw "a"`:                         true,
		`emails[type eq "work" and primary eq true]`:                                      true,
		`emails[type eq "home" and primary eq true]`:                                      false,
		`emails[type eq "home"].value eq "anna@work.example"`:                             false,
		`emails[type eq "home"].value co "home"`:                                          true,
		`emails co "home"`:                                                                true,
		`emails.type eq "other"`:                                                          false,
		`meta.lastModified gt "2026-01-01T00:00:00Z"`:                                     true,
		`meta.lastModified le "2026-01-01T00:00:00Z"`:                                     false,
		`userName ge "a" and userName lt "b"`:                                             true,
		`urn:ietf:params:scim:schemas:core:2.0:User:name.familyName eq "Bakker"`:          true,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department pr`:        false,
		`urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:x eq "y"`:             false,
		`userName eq "quo\"te" or userName eq "anna@school.example"`:                      true,
		`userName eq "\u0061nna@school.example"`:                                          true,
		`userName eq 5`:                                                                   false,
		` userName   eq   "anna@school.example" `:                                         true,
		strings.Repeat("(", 20) + `active eq true` + strings.Repeat(")", 20):              true,
		`active eq true` + strings.Repeat(` and active eq true`, maxNodes-1):              true,
		`emails[not (type eq "x")]`:                                                       true,
		`emails[type eq "work" or (type eq "home" and value pr)].value ew "home.example"`: true,
	} {
		found, err := parseFilter(filter)
		require.NoError(t, err, filter)
		require.Equal(t, want, matches(found, sampleUser()), filter)
	}
}

func TestFiltersThatAreRefused(t *testing.T) {
	for _, filter := range []string{
		``, ` `, `userName`, `userName eq`, `userName eq anna`, `userName is "x"`, `eq "x"`, `"userName" eq "x"`, `userName eq "x`,
		`userName eq "x" and`, `userName eq "x" or or active pr`, `(active pr`, `active pr)`, `not active pr`, `not`, `()`, `emails[]`, `emails[type eq "x"`,
		`emails[type eq "x"].`, `emails.a[type eq "x"].b eq "c"`, `userName eq "x" "y"`, `userName; drop`, `userName eq {"a":1}`, `userName eq [1]`, "userName eq \"a\nb\"", `é eq "x"`,
		strings.Repeat("(", 21) + `active pr` + strings.Repeat(")", 21), strings.Repeat("a[", 30) + `b pr` + strings.Repeat("]", 30),
		`active pr` + strings.Repeat(` or active pr`, maxNodes), `userName eq "` + strings.Repeat("x", maxFilter) + `"`,
	} {
		_, err := parseFilter(filter)
		require.Error(t, err, filter)
		refusal := asRefused(err)
		require.Equal(t, 400, refusal.status, filter)
		require.Equal(t, invalidFilter, refusal.scimType, filter)
		require.Less(t, len(refusal.detail), 300)
	}
}

func TestLookups(t *testing.T) {
	users := func(filter string) string {
		l, err := parseLookup(filter, userFields)
		require.NoError(t, err, filter)
		return fmt.Sprint(l.conditions)
	}
	require.Equal(t, "[{userName a}]", users(`userName eq "a"`))
	require.Equal(t, "[{userName a} {emails.value b}]", users(`userName eq "a" and (emails eq "b" and active eq true)`))
	require.Equal(t, "[{emails.value b}]", users(`emails[type eq "work"].value eq "b"`))
	require.Equal(t, "[{id a}]", users(`id eq "a" and (userName eq "b" or userName eq "c")`))
	l, err := parseLookup(`id eq "g" and members[value eq "u"]`, groupFields)
	require.NoError(t, err)
	require.Equal(t, []people.SCIMCondition{{Field: people.SCIMID, Value: "g"}, {Field: people.SCIMMemberID, Value: "u"}}, l.conditions)

	for _, filter := range []string{
		`active eq true`, `userName co "a"`, `userName eq "a" or userName eq "b"`, `not (userName eq "a")`, `userName eq true`,
		`meta.lastModified gt "2026-01-01T00:00:00Z"`, `displayName eq "a"`, `urn:x:userName eq "a"`,
	} {
		_, err := parseLookup(filter, userFields)
		require.Equal(t, invalidFilter, asRefused(err).scimType, filter)
	}
	for _, filter := range []string{`id eq "g" and not (members eq "u")`, `id eq "g" and (members eq "u" or members eq "v")`, `id eq "g" and members pr`} {
		_, err := parseLookup(filter, groupFields)
		require.Equal(t, invalidFilter, asRefused(err).scimType, filter)
	}
}

// FuzzFilter: whatever comes, the parser ends, and says why where it refuses.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		`userName eq "a"`, `not (a pr) and b[c eq 1].d co "e"`, `urn:x:2.0:User:a.b le 5e3`, `((((`, `a[b[c[d pr]]]`, "\xff\x00", `a eq "\ud800"`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found, err := parseFilter(text)
		if err != nil {
			require.Equal(t, invalidFilter, asRefused(err).scimType)
			return
		}
		matches(found, sampleUser())
		mentions(found, "members")
	})
}

// FuzzPath: whatever a path is, a user is changed or the reason said.
func FuzzPath(f *testing.F) {
	for _, seed := range []string{`emails[type eq "work"].value`, `name.familyName`, `emails`, `urn:ietf:params:scim:schemas:core:2.0:User`, `a[`, `emails[not (value pr)]`} {
		for _, op := range []string{"add", "remove", "replace"} {
			f.Add(op, seed, "x")
		}
	}
	f.Fuzz(func(t *testing.T, op, at, value string) {
		steps, err := operation{op: op, value: value}.steps(at)
		if err == nil {
			_, err = patched(people.SCIMUser{UserName: "a", Profile: people.SCIMProfile{Emails: []people.SCIMEmail{{Value: "a@b.example"}}}}, steps)
		}
		if err != nil {
			require.Equal(t, 400, asRefused(err).status, "%v", err)
		}
	})
}
