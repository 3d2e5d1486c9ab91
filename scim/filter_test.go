package scim

import (
	"fmt"
	"slices"
	"strconv"
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
		l, err := parseLookup(filter, userFields, userAttributes)
		require.NoError(t, err, filter)
		return fmt.Sprint(l.ways)
	}
	for filter, want := range map[string]string{
		`userName eq "a"`: "[[{userName a}]]",
		`userName eq "a" and (emails eq "b" and active eq true)`:              "[[{userName a} {emails.value b}]]",
		`emails[type eq "work"].value eq "b"`:                                 "[[{emails.value b}]]",
		`emails[type eq "work" and value eq "b"]`:                             "[[{emails.value b}]]",
		`emails[value eq "b"].type eq "work"`:                                 "[[{emails.value b}]]",
		`userName eq "a" or emails[value eq "b" or value eq "c"]`:             "[[{userName a}] [{emails.value b}] [{emails.value c}]]",
		`id eq "a" and (userName eq "b" or userName eq "c")`:                  "[[{id a} {userName b}] [{id a} {userName c}]]",
		`userName eq "a" or active eq true`:                                   "[]",
		`not (userName eq "a")`:                                               "[]",
		`emails[type eq "x" or value eq "b"]`:                                 "[]",
		`userName eq true`:                                                    "[]",
		`userName eq "0"` + strings.Repeat(` or userName eq "1"`, mostWays):   "[]",
		`userName eq "0"` + strings.Repeat(` or userName eq "0"`, mostWays-1): fmt.Sprint(slices.Repeat([]way{{{Field: people.SCIMUserName, Value: "0"}}}, mostWays)),
	} {
		require.Equal(t, want, users(filter), filter)
	}
	l, err := parseLookup(`id eq "g" and members[value eq "u"]`, groupFields, groupAttributes)
	require.NoError(t, err)
	require.Equal(t, []way{{{Field: people.SCIMID, Value: "g"}, {Field: people.SCIMMemberID, Value: "u"}}}, l.ways)
}

// TestFiltersOfWhatIsNotKept are refused: an empty list would say that there is
// nobody, and the provider would make everybody a second time.
func TestFiltersOfWhatIsNotKept(t *testing.T) {
	for _, filter := range []string{
		`urn:x:userName eq "a"`, `title eq "a"`, `name.middleName pr`, `not (nickName pr)`, `emails[display eq "x"]`, `emails[type eq "x"].display eq "y"`,
		`active eq true or urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "4A"`, `active.value eq true`,
	} {
		_, err := parseLookup(filter, userFields, userAttributes)
		require.Equal(t, invalidFilter, asRefused(err).scimType, filter)
	}
	for _, filter := range []string{
		`id eq "g" and not (members eq "u")`, `id eq "g" and (members eq "u" or members eq "v")`, `id eq "g" and members pr`, `userName eq "a"`,
		`members eq "u" or members eq "v"`, `displayName sw "4" or members eq "u"`,
	} {
		_, err := parseLookup(filter, groupFields, groupAttributes)
		require.Equal(t, invalidFilter, asRefused(err).scimType, filter)
	}
	for _, filter := range []string{
		`urn:ietf:params:scim:schemas:core:2.0:User:active eq false`, `NAME.FAMILYNAME sw "B"`, `meta.lastModified gt "2026-01-01T00:00:00Z"`, `emails[primary eq true]`,
		`name pr`, `preferredLanguage eq "nl"`, `schemas pr`,
	} {
		l, err := parseLookup(filter, userFields, userAttributes)
		require.NoError(t, err, filter)
		require.Empty(t, l.ways)
	}
}

// TestReadingAll goes page by page, and not too far.
func TestReadingAll(t *testing.T) {
	read := 0
	numbers := func(total int) finder[int] {
		return finder[int]{
			page: func(offset, limit int) ([]int, int, error) {
				page := make([]int, max(min(limit, total-offset), 0))
				for i := range page {
					page[i] = offset + i
				}
				read += len(page)
				return page, total, nil
			},
			show: func(n int) map[string]any { return map[string]any{"userName": strconv.Itoa(n)} },
		}
	}
	l, err := parseLookup(`userName ew "00"`, userFields, userAttributes)
	require.NoError(t, err)
	for total, want := range map[int]int{0: 0, 1: 0, 1000: 9, 1001: 10, 2500: 24, mostRead: 99} {
		read = 0
		found, err := numbers(total).all(l)
		require.NoError(t, err)
		require.Len(t, found, want, total)
		require.True(t, slices.IsSorted(found))
		require.Equal(t, total, read)
	}
	read = 0
	_, err = numbers(mostRead + 1).all(l)
	require.Equal(t, tooManyFound, asRefused(err).scimType)
	require.Contains(t, err.Error(), "userName")
	require.LessOrEqual(t, read, readAtOnce)
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
		for fields, known := range map[*[]people.SCIMField]attributes{&userFields: userAttributes, &groupFields: groupAttributes} {
			if l, err := parseLookup(text, *fields, known); err == nil {
				require.LessOrEqual(t, len(l.ways), mostWays)
			}
		}
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
