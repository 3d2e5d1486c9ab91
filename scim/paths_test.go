package scim_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/scim"
)

func TestBaseURLWithASlashAtTheEnd(t *testing.T) {
	h := newHouse(t)
	anna := id(h.call(http.MethodPost, "/scim/v2//Users", entraUser("anna")).ok(http.StatusCreated))
	require.Len(t, h.get("/scim/v2//Users").list(), 1)
	require.Equal(t, "https://heraut.example/scim/v2/Users/"+anna, h.get("/scim/v2//Users/"+anna).header.Get("Location"))
	require.Len(t, h.get("/scim/v2///Schemas").list(), 2)
	h.get("/scim/v2/Users//"+anna).refused(http.StatusNotFound, "")
}

// TestTheBaseItself is no resource, and says so in the protocol's words.
func TestTheBaseItself(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/scim/v2", "/scim/v2/", "/scim/v2//"} {
		require.True(t, scim.Owns(path))
		h.get(path).refused(http.StatusNotFound, "")
		h.call(http.MethodGet, path, "", "Authorization", "Bearer x").refused(http.StatusUnauthorized, "")
	}
	for path, want := range map[string]bool{"/scim/v2/Users": true, "/scim/v2x": false, "/scim": false, "/scim/v1/": false, "/": false, "/scim/v20/Users": false} {
		require.Equal(t, want, scim.Owns(path), path)
	}
}

func TestMethodsThatAPathTakes(t *testing.T) {
	h := newHouse(t)
	anna := id(h.add("anna"))
	for path, allow := range map[string]string{
		"Users": "GET, HEAD, POST", "Users/" + anna: "DELETE, GET, HEAD, PATCH, PUT", "Groups": "GET, HEAD, POST",
		"Groups/x": "DELETE, GET, HEAD, PATCH, PUT", "ServiceProviderConfig": "GET, HEAD", "Schemas": "GET, HEAD", "Bulk": "POST",
	} {
		refused := h.call(http.MethodTrace, "/scim/v2/"+path, "")
		refused.refused(http.StatusMethodNotAllowed, "")
		require.Equal(t, allow, refused.header.Get("Allow"), path)
	}
	require.Empty(t, h.get("/scim/v2/Nothing").header.Get("Allow"))
}
