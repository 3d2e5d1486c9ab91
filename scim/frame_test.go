package scim_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/internal/throttle"
	"heraut/people"
	"heraut/scim"
)

func TestTokens(t *testing.T) {
	h := newHouse(t, func(_ *scim.Dependencies, o *scim.Options) {
		o.AddressRate = throttle.Rate{PerSecond: 1000, Burst: 1000}
	})
	_, key, err := h.store.CreateKey(t.Context(), tester, people.APIKey{Name: "admin", Role: people.Admin})
	require.NoError(t, err)
	for _, header := range []string{"", "Bearer", "Bearer x", "Basic " + h.token, "Bearer " + key, "Bearer " + h.token + "x"} {
		for _, path := range []string{"Users", "ServiceProviderConfig", "Nothing"} {
			refused := h.call(http.MethodGet, "/scim/v2/"+path, "", "Authorization", header)
			refused.refused(http.StatusUnauthorized, "")
			require.Equal(t, `Bearer realm="heraut"`, refused.header.Get("WWW-Authenticate"))
		}
	}
	h.call(http.MethodGet, "/scim/v2/Users", "", "Authorization", "bearer "+h.token).ok(http.StatusOK)
	require.NoError(t, h.store.DeleteSCIMClient(t.Context(), tester, h.client.ID))
	h.get("/scim/v2/Users").refused(http.StatusUnauthorized, "")
}

func TestRatesAreLimited(t *testing.T) {
	h := newHouse(t, func(_ *scim.Dependencies, o *scim.Options) {
		o.ClientRate, o.AddressRate = throttle.Rate{PerSecond: 0.001, Burst: 2}, throttle.Rate{PerSecond: 0.001, Burst: 1}
	})
	stranger := func(address string) answer {
		return h.call(http.MethodGet, "/scim/v2/Users", "", "Authorization", "Bearer x", "X-Test-Address", address)
	}
	stranger("2001:db8::1").refused(http.StatusUnauthorized, "")
	limited := stranger("2001:db8::2")
	limited.refused(http.StatusTooManyRequests, "")
	require.NotEmpty(t, limited.header.Get("Retry-After"))
	stranger("203.0.113.9").refused(http.StatusUnauthorized, "")
	for range 2 {
		h.call(http.MethodGet, "/scim/v2/Users", "", "X-Test-Address", "2001:db8::1").ok(http.StatusOK)
	}
	h.get("/scim/v2/Users").refused(http.StatusTooManyRequests, "")
	_, h.token = h.newClient("Okta")
	h.get("/scim/v2/Users").ok(http.StatusOK)
}

// TestClientsDoNotSeeEachOther: nor what was made by hand.
func TestClientsDoNotSeeEachOther(t *testing.T) {
	h := newHouse(t)
	anna := id(h.add("anna"))
	group := id(h.call(http.MethodPost, "/scim/v2/Groups", `{"displayName":"4A"}`).ok(http.StatusCreated))
	byHand, err := h.store.CreateUser(t.Context(), tester, people.User{FullName: "By hand"})
	require.NoError(t, err)
	h.get("/scim/v2/Users/"+byHand.ID).refused(http.StatusNotFound, "")

	_, h.token = h.newClient("Okta")
	require.Empty(t, h.get("/scim/v2/Users").list())
	require.Empty(t, h.get("/scim/v2/Groups").list())
	require.Empty(t, h.find("Users", `id eq "`+anna+`"`, ""))
	for path, body := range map[string]string{"Users/" + anna: `{"userName":"x"}`, "Groups/" + group: `{"displayName":"x"}`} {
		h.get("/scim/v2/"+path).refused(http.StatusNotFound, "")
		h.call(http.MethodPut, "/scim/v2/"+path, body).refused(http.StatusNotFound, "")
		h.call(http.MethodDelete, "/scim/v2/"+path, "").refused(http.StatusNotFound, "")
	}
	require.NotContains(t, h.call(http.MethodPost, "/scim/v2/Groups", `{"displayName":"5A","members":[{"value":"`+anna+`"}]}`).ok(http.StatusCreated)["members"], anna)
	require.Equal(t, "anna@school.example", h.add("anna")["userName"], "a user name is unique for a client")
}

func TestPages(t *testing.T) {
	h := newHouse(t)
	for i := range 5 {
		h.add(fmt.Sprintf("u%d", i))
		h.call(http.MethodPost, "/scim/v2/Groups", fmt.Sprintf(`{"displayName":"g%d"}`, i)).ok(http.StatusCreated)
	}
	for query, want := range map[string]int{
		"": 5, "?count=2": 2, "?startIndex=4&count=10": 2, "?startIndex=6": 0, "?count=0": 0, "?count=-3": 0,
		"?startIndex=-2&count=1": 1, "?count=2000000000": 5, "?startIndex=2000000000": 0, "?sortBy=userName&sortOrder=descending": 5,
	} {
		for _, kind := range []string{"Users", "Groups"} {
			got := h.get("/scim/v2/" + kind + query)
			require.Len(t, got.list(), want, query)
			require.EqualValues(t, 5, got.body["totalResults"])
		}
	}
	seen := map[string]bool{}
	for start := 1; start <= 5; start += 2 {
		for _, one := range h.get(fmt.Sprintf("/scim/v2/Users?startIndex=%d&count=2", start)).list() {
			seen[id(one)] = true
		}
	}
	require.Len(t, seen, 5)
	filtered := h.get("/scim/v2/Users?count=0&filter=" + url.QueryEscape(`userName eq "u1@school.example"`))
	require.Empty(t, filtered.list())
	require.EqualValues(t, 1, filtered.body["totalResults"])
	for _, query := range []string{"count=x", "startIndex=1.5", "startIndex=99999999999999999999"} {
		h.get("/scim/v2/Users?"+query).refused(http.StatusBadRequest, "invalidValue")
	}
}

func TestVersions(t *testing.T) {
	h := newHouse(t)
	path := "/scim/v2/Users/" + id(h.add("anna"))
	first := h.get(path).header.Get("ETag")
	require.Equal(t, http.StatusNotModified, h.call(http.MethodGet, path, "", "If-None-Match", first).status)
	body := `{"Operations":[{"op":"replace","path":"displayName","value":"Anna"}]}`
	second := h.call(http.MethodPatch, path, body, "If-Match", first).header.Get("ETag")
	require.NotEqual(t, first, second)
	for _, method := range []string{http.MethodPatch, http.MethodDelete} {
		h.call(method, path, body, "If-Match", first).refused(http.StatusPreconditionFailed, "")
		h.call(method, path, body, "If-Match", `"nonsense"`).refused(http.StatusPreconditionFailed, "")
	}
	h.call(http.MethodGet, path, "", "If-None-Match", first).ok(http.StatusOK)
	require.Equal(t, second, h.call(http.MethodPatch, path, body, "If-Match", "*").header.Get("ETag"), "nothing has changed")

	group := h.call(http.MethodPost, "/scim/v2/Groups", `{"displayName":"4A"}`)
	at, before := "/scim/v2/Groups/"+id(group.body), group.header.Get("ETag")
	rename := `{"Operations":[{"op":"replace","path":"displayName","value":"4B"}]}`
	require.NotEqual(t, before, h.call(http.MethodPatch, at, rename, "If-Match", before).header.Get("ETag"))
	h.call(http.MethodPatch, at, rename, "If-Match", before).refused(http.StatusPreconditionFailed, "")
}

func TestProjections(t *testing.T) {
	h := newHouse(t)
	path := "/scim/v2/Users/" + id(h.add("anna"))
	for query, want := range map[string][]string{
		"?attributes=userName":                 {"id", "schemas", "userName"},
		"?attributes=USERNAME,emails.value":    {"emails", "id", "schemas", "userName"},
		"?excludedAttributes=emails,name,meta": {"active", "displayName", "externalId", "id", "preferredLanguage", "schemas", "userName"},
		"?excludedAttributes=id,schemas,active,displayName,externalId,meta,name,emails,preferredLanguage": {"id", "schemas", "userName"},
		"?attributes=urn:ietf:params:scim:schemas:core:2.0:User:active":                                   {"active", "id", "schemas"},
	} {
		got := h.get(path + query).ok(http.StatusOK)
		names := []string{}
		for name := range got {
			names = append(names, name)
		}
		require.ElementsMatch(t, want, names, query)
	}
	require.Equal(t, []any{object{"value": "anna@school.example"}}, h.get(path + "?attributes=emails.value").body["emails"])
	require.Equal(t, object{"formatted": "anna Bakker", "givenName": "anna"}, h.get(path + "?excludedAttributes=name.familyName").body["name"])
	require.Equal(t, []object{{"id": id(h.get(path).body), "schemas": []any{"urn:ietf:params:scim:schemas:core:2.0:User"}, "active": true}},
		h.get("/scim/v2/Users?attributes=active").list())
}

func TestDiscovery(t *testing.T) {
	h := newHouse(t)
	config := h.get("/scim/v2/ServiceProviderConfig").ok(http.StatusOK)
	for feature, supported := range map[string]bool{"patch": true, "bulk": false, "filter": true, "changePassword": false, "sort": false, "etag": true} {
		require.Equal(t, supported, part[object](config, feature)["supported"], feature)
	}
	require.EqualValues(t, 200, part[object](config, "filter")["maxResults"])
	require.Len(t, config["authenticationSchemes"], 1)

	types := h.get("/scim/v2/ResourceTypes").list()
	require.Len(t, types, 2)
	require.Equal(t, "/Users", h.get("/scim/v2/ResourceTypes/User").ok(http.StatusOK)["endpoint"])
	schemas := h.get("/scim/v2/Schemas").list()
	require.Len(t, schemas, 2)
	for _, schema := range schemas {
		one := h.get("/scim/v2/Schemas/" + id(schema)).ok(http.StatusOK)
		require.Equal(t, schema, one)
		require.NotEmpty(t, one["attributes"])
	}
	// What a user shows is what the schema says.
	described := map[string]bool{"id": true, "schemas": true, "meta": true}
	for _, attribute := range part[[]any](schemas[0], "attributes") {
		one, _ := attribute.(object)
		described[part[string](one, "name")] = true
	}
	for name := range h.add("anna") {
		require.Contains(t, described, name)
	}
	h.get("/scim/v2/Schemas/urn:nothing").refused(http.StatusNotFound, "")
	h.get("/scim/v2/Schemas?filter=x").refused(http.StatusForbidden, "")
	h.call(http.MethodPost, "/scim/v2/Bulk", "{}").refused(http.StatusNotImplemented, "")
	h.get("/scim/v2/Me").refused(http.StatusNotImplemented, "")
	for _, path := range []string{"", "Nothing", "Users/", "Users/x/y", "users", "ServiceProviderConfig/x"} {
		h.get("/scim/v2/"+path).refused(http.StatusNotFound, "")
	}
	h.call(http.MethodDelete, "/scim/v2/Users", "").refused(http.StatusMethodNotAllowed, "")
	require.Equal(t, http.StatusOK, h.call(http.MethodHead, "/scim/v2/Users", "").status)
}

func TestBadBodies(t *testing.T) {
	h := newHouse(t)
	path := "/scim/v2/Users/" + id(h.add("anna"))
	for body, scimType := range map[string]string{
		``: "invalidSyntax", `{`: "invalidSyntax", `[]`: "invalidValue", `"x"`: "invalidValue", `{}`: "invalidValue", `{"userName":" "}`: "invalidValue",
		`{"userName":5}`: "invalidValue", `{"userName":"x","emails":[{"value":"no address"}]}`: "invalidValue", `{"userName":"x\u0000"}`: "invalidValue",
		`{"userName":"x","displayName":"a\nb"}`: "invalidValue", `{"userName":"x","active":1}`: "invalidValue", `{"userName":"x","name":"y"}`: "invalidValue",
		`{"userName":"` + strings.Repeat("x", 301) + `"}`: "invalidValue", strings.Repeat(`[`, 20_000): "invalidSyntax",
		`{"userName":"x","emails":[` + strings.Repeat(`{"value":"a@b.example"},`, 60) + `{"value":"a@b.example"}]}`: "invalidValue",
	} {
		h.call(http.MethodPost, "/scim/v2/Users", body).refused(http.StatusBadRequest, scimType)
	}
	for operation, scimType := range map[string]string{
		`{"op":"move","path":"active","value":true}`: "invalidSyntax", `{"op":"add","value":5}`: "invalidValue", `{"op":"remove"}`: "noTarget",
		`{"op":"replace","path":"emails[","value":"x"}`: "invalidPath", `{"op":"replace","path":"(x)","value":"x"}`: "invalidPath",
		`{"op":"replace","path":"displayName[type eq \"x\"]","value":"x"}`: "invalidPath", `{"op":"replace","path":"name","value":"x"}`: "invalidValue",
		`{"op":"add","path":"emails","value":"x"}`: "invalidValue", `{"op":"replace","path":"emails[type eq \"work\"]","value":"x"}`: "invalidValue",
		`{"op":"replace","path":"userName","value":""}`: "invalidValue", `{"op":"remove","path":"userName"}`: "invalidValue",
		`{"op":"add","path":"` + strings.Repeat("x", 9000) + `","value":1}`: "invalidPath",
	} {
		h.patch(path, operation).refused(http.StatusBadRequest, scimType)
	}
	h.patch(path, "").refused(http.StatusBadRequest, "invalidSyntax")
	h.patch(path, strings.Repeat(`{"op":"add","path":"x","value":1},`, 1000)+`{"op":"add","path":"x","value":1}`).refused(http.StatusBadRequest, "invalidSyntax")
	h.call(http.MethodPost, "/scim/v2/Users", `{}`, "Content-Type", "text/csv").refused(http.StatusUnsupportedMediaType, "")
	h.call(http.MethodPost, "/scim/v2/Users", `{"userName":"`+strings.Repeat("x", 1<<20)+`"}`).refused(http.StatusRequestEntityTooLarge, "")
	require.Equal(t, "anna Bakker", h.user(strings.TrimPrefix(path, "/scim/v2/Users/")).FullName, "nothing was changed")

	group := "/scim/v2/Groups/" + id(h.call(http.MethodPost, "/scim/v2/Groups", `{"displayName":"4A"}`).ok(http.StatusCreated))
	for operation, scimType := range map[string]string{
		`{"op":"add","path":"members","value":[5]}`: "invalidValue", `{"op":"replace","path":"displayName","value":{}}`: "invalidValue",
		`{"op":"remove","path":"members[display eq \"x\"]"}`: "invalidFilter", `{"op":"add","path":"members[value eq \"x\"]","value":{}}`: "invalidPath",
		`{"op":"remove","path":"displayName"}`: "invalidValue",
	} {
		h.patch(group, operation).refused(http.StatusBadRequest, scimType)
	}
	h.call(http.MethodPost, "/scim/v2/Groups", `{"displayName":"4A","members":5}`).refused(http.StatusBadRequest, "invalidValue")
}

// broken is a store that fails, and panics.
type broken struct{ scim.Users }

func (broken) SCIMUser(_ context.Context, _ people.SCIMClient, id string) (people.SCIMUser, error) {
	switch id {
	case "panic":
		panic("secret")
	case "away":
		return people.SCIMUser{}, fault.New(fault.Unavailable, "The database is away.")
	case "slow":
		return people.SCIMUser{}, fmt.Errorf("asking: %w", context.DeadlineExceeded)
	}
	return people.SCIMUser{}, errors.New("secret")
}

func TestFaultsOfOurs(t *testing.T) {
	var routes []string
	h := newHouse(t, func(d *scim.Dependencies, o *scim.Options) {
		d.Users = broken{d.Users}
		o.Observe = func(method, route string, status int, _ time.Duration) {
			routes = append(routes, fmt.Sprint(method, " ", route, " ", status))
		}
	})
	for name, status := range map[string]int{"panic": 500, "error": 500, "away": 503, "slow": 503} {
		got := h.get("/scim/v2/Users/" + name)
		got.refused(status, "")
		require.NotContains(t, got.text, "secret")
		require.Equal(t, status == 503 && name == "away", got.header.Get("Retry-After") != "")
	}
	require.Contains(t, routes, "GET /scim/v2/Users/:id 503")
	require.Len(t, routes, 4)
}
