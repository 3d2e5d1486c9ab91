package scim_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFiltersWithoutAnIndex are held against all that the client has brought.
func TestFiltersWithoutAnIndex(t *testing.T) {
	h := newHouse(t)
	anna, bram, cato := id(h.add("anna")), id(h.add("bram")), id(h.add("cato"))
	h.patch("/scim/v2/Users/"+bram, `{"op":"Replace","path":"active","value":"False"}`).ok(http.StatusOK)
	h.patch("/scim/v2/Users/"+cato, `{"op":"Remove","path":"emails"},{"op":"Replace","path":"displayName","value":"Cato Visser"}`).ok(http.StatusOK)
	for filter, want := range map[string][]string{
		`userName sw "A"`:              {anna},
		`active eq false`:              {bram},
		`active eq "False"`:            {bram},
		`not (active eq true)`:         {bram},
		`displayName eq "anna bakker"`: {anna},
		`displayName co "bakker"`:      {anna, bram},
		`name.familyName eq "Bakker"`:  {anna, bram, cato},
		`userName pr`:                  {anna, bram, cato},
		`emails pr`:                    {anna, bram},
		`not (emails pr)`:              {cato},
		`emails[type eq "work"]`:       {anna, bram},
		`externalId eq "anna" or externalId eq "bram" or userName eq "anna@school.example"`: {anna, bram},
		`userName eq "anna@school.example" or active eq false`:                              {anna, bram},
		`not (userName eq "x")`:                         {anna, bram, cato},
		`externalId sw "an"`:                            {anna},
		`externalId sw "AN"`:                            {},
		`not (externalId eq "ANNA")`:                    {anna, bram, cato},
		`displayName co "bakker" and active eq true`:    {anna},
		`meta.lastModified gt "2020-01-01T00:00:00Z"`:   {anna, bram, cato},
		`meta.created lt "2020-01-01T01:00:00.5+01:00"`: {},
		`userName sw "nobody"`:                          {},
	} {
		got := h.get("/scim/v2/Users?attributes=id&filter=" + url.QueryEscape(filter))
		ids := []string{}
		for _, one := range got.list() {
			ids = append(ids, id(one))
		}
		require.Equal(t, want, ids, filter)
		require.EqualValues(t, len(want), got.body["totalResults"], filter)
	}
	_, h.token = h.newClient("Okta")
	require.Empty(t, h.find("Users", `userName pr`, ""), "another client's")
}

func TestGroupsByWhatTheyAreCalled(t *testing.T) {
	h := newHouse(t)
	anna := id(h.add("anna"))
	for _, name := range []string{"4A", "4B", "5A"} {
		h.call(http.MethodPost, "/scim/v2/Groups", `{"displayName":"`+name+`","members":[{"value":"`+anna+`"}]}`).ok(http.StatusCreated)
	}
	for filter, want := range map[string]int{
		`displayName sw "4"`: 2, `displayName eq "4a" or displayName eq "5A"`: 2, `externalId pr`: 0, `not (displayName ew "a")`: 1,
		`displayName sw "4" and members eq "` + anna + `"`: 2,
	} {
		found := h.find("Groups", filter, "")
		require.Len(t, found, want, filter)
		for _, one := range found {
			require.Len(t, one["members"], 1, "with all that they have")
		}
	}
}

// TestPagesOfAFilter: each page says how many there are in all.
func TestPagesOfAFilter(t *testing.T) {
	h := newHouse(t)
	for i := range 5 {
		h.add(fmt.Sprintf("u%d", i))
	}
	seen := map[string]bool{}
	for start := 1; start <= 7; start += 2 {
		got := h.get(fmt.Sprintf("/scim/v2/Users?startIndex=%d&count=2&filter=%s", start, url.QueryEscape(`active eq true`)))
		require.EqualValues(t, 5, got.body["totalResults"])
		for _, one := range got.list() {
			seen[id(one)] = true
		}
	}
	require.Len(t, seen, 5)
}
