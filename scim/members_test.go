package scim_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
	"heraut/scim"
)

// counting counts how often members are read.
type counting struct {
	scim.Groups

	reads atomic.Int64
}

func (c *counting) SCIMMembers(ctx context.Context, client people.SCIMClient, ids ...string) (map[string][]people.SCIMMember, error) {
	c.reads.Add(1)
	return c.Groups.SCIMMembers(ctx, client, ids...)
}

func (c *counting) CountSCIMMembers(ctx context.Context, client people.SCIMClient, ids ...string) (map[string]int, error) {
	c.reads.Add(1)
	return c.Groups.CountSCIMMembers(ctx, client, ids...)
}

// TestMembersAreReadWhereTheyAreAskedFor: a group may have 100,000 of them, and
// providers mostly want to know whether it is there.
func TestMembersAreReadWhereTheyAreAskedFor(t *testing.T) {
	groups := &counting{}
	h := newHouse(t, func(d *scim.Dependencies, _ *scim.Options) { groups.Groups, d.Groups = d.Groups, groups })
	anna := id(h.add("anna"))
	made := h.call(http.MethodPost, "/scim/v2/Groups?excludedAttributes=members", `{"displayName":"4A","members":[{"value":"`+anna+`"}]}`)
	path := "/scim/v2/Groups/" + id(made.ok(http.StatusCreated))
	without := func() {
		h.get(path + "?excludedAttributes=members").ok(http.StatusOK)
		h.get(path + "?attributes=displayName,externalId").ok(http.StatusOK)
		h.get("/scim/v2/Groups?excludedAttributes=members").list()
		h.find("Groups", `displayName eq "4A"`, "&excludedAttributes=members")
		h.find("Groups", `displayName sw "4"`, "&attributes=id")
		h.find("Groups", `id eq "`+id(made.body)+`" and members eq "`+anna+`"`, "&attributes=id")
		h.patch(path, `{"op":"Add","path":"members","value":[{"value":"`+anna+`"}]}`).ok(http.StatusNoContent)
		h.call(http.MethodPut, path+"?excludedAttributes=members", `{"displayName":"4A","members":[{"value":"`+anna+`"}]}`).ok(http.StatusOK)
		require.Equal(t, http.StatusNotModified, h.call(http.MethodGet, path, "", "If-None-Match", made.header.Get("ETag")).status)
	}
	without()
	require.Zero(t, groups.reads.Load())
	require.Len(t, h.get(path).ok(http.StatusOK)["members"], 1)
	require.Positive(t, groups.reads.Load())
}

// TestPutHonoursIfMatch as PATCH and DELETE do.
func TestPutHonoursIfMatch(t *testing.T) {
	h := newHouse(t)
	for path, body := range map[string]string{
		"/scim/v2/Users/" + id(h.add("anna")): `{"userName":"anna@school.example","displayName":"Anna"}`,
		"/scim/v2/Groups/" + id(h.call(http.MethodPost, "/scim/v2/Groups", `{"displayName":"4A"}`).ok(http.StatusCreated)): `{"displayName":"4B"}`,
	} {
		read := h.get(path)
		before := read.header.Get("ETag")
		require.Equal(t, before, part[object](read.body, "meta")["version"])
		after := h.call(http.MethodPut, path, body, "If-Match", before)
		require.NotEqual(t, before, part[object](after.ok(http.StatusOK), "meta")["version"])
		h.call(http.MethodPut, path, body, "If-Match", before).refused(http.StatusPreconditionFailed, "")
		h.call(http.MethodPut, path, body, "If-Match", after.header.Get("ETag")).ok(http.StatusOK)
		h.call(http.MethodPut, path, body).ok(http.StatusOK)
	}
}
