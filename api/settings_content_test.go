package api_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/settings"
)

// contentTokens knows files of locations: "raw-<location>".
type contentTokens struct {
	refuse error
	owner  *settings.LocationOwner // of every location, until it is claimed
	claims []string
	// claiming runs in the middle of a claim.
	claiming func()
}

var opened = time.Date(2030, 11, 8, 22, 33, 22, 0, time.UTC)

// of knows the organization of a file by what stands before its slash.
func (c *contentTokens) of(file string) settings.ContentToken {
	organization, _, other := strings.Cut(file, "/")
	if !other {
		organization = "De Esdoorn"
	}
	return settings.ContentToken{
		Organization: organization, Location: "Noord", UID: file, ExpiresAt: opened, CheckedAt: opened.AddDate(-1, 0, 0), Owner: c.owner,
	}
}

func (c *contentTokens) Read(_ context.Context, file string) (settings.ContentToken, []byte, error) {
	return c.of(file), []byte(file), c.refuse
}

func (c *contentTokens) Claim(_ context.Context, secret []byte, takeOver bool) (settings.ContentToken, error) {
	if c.owner != nil && !takeOver {
		f := fault.New(fault.Conflict, "Another service has claimed this location: "+c.owner.Name+".")
		f.Details = map[string]any{"owner": c.owner}
		return settings.ContentToken{}, f
	}
	c.claims = append(c.claims, string(secret))
	if c.claiming != nil {
		c.claiming()
	}
	t := c.of(string(secret))
	t.Owner, t.ClaimedByUs = &settings.LocationOwner{Name: "Heraut", Metadata: "https://heraut.example"}, true
	t.Notifications = settings.Notifications{URL: "https://heraut.example/apple/notifications", Active: true, Detail: "Apple calls."}
	return t, nil
}

const contentPath = "/v1/settings/content-token"

func (h *house) contentSecret() string {
	h.t.Helper()
	secret, err := h.store.SettingSecret(h.t.Context(), settings.NameContentToken)
	require.NoError(h.t, err)
	return string(secret)
}

func TestContentToken(t *testing.T) {
	h := newHouse(t)
	h.get(contentPath).refused(404, "not_found")
	h.call(http.MethodDelete, contentPath, nil).refused(404, "not_found")

	put := h.put(contentPath, object{"token_file": "raw-1"})
	require.Equal(t, object{
		"organization": "De Esdoorn", "location": "Noord", "uid": "raw-1", "expires_at": "2030-11-08T22:33:22Z",
		"owner": object{"name": "Heraut", "metadata": "https://heraut.example"}, "claimed_by_us": true, "checked_at": "2029-11-08T22:33:22Z",
		"notifications": object{"url": "https://heraut.example/apple/notifications", "active": true, "detail": "Apple calls."},
	}, put.ok(200))
	require.Equal(t, put.body, h.get(contentPath).ok(200))
	require.Equal(t, "raw-1", h.contentSecret())
	h.put(contentPath, object{"token_file": "raw-1"}).ok(200)

	h.call(http.MethodDelete, contentPath, nil).ok(http.StatusNoContent)
	h.get(contentPath).refused(404, "not_found")
	require.Empty(t, h.contentSecret())
	require.Len(t, items(h.get("/v1/audit?object_id=content_token").ok(200)), 3)
}

func TestContentTokenIsNeverShown(t *testing.T) {
	h := newHouse(t)
	const secret = "c2VjcmV0LXRva2Vu"
	h.content.refuse = fault.Invalid(fault.Field{Pointer: "/token_file", Message: "Apple says that it has expired."})
	refused := h.put(contentPath, object{"token_file": secret})
	refused.refused(422, "invalid_request", "/token_file")
	require.NotContains(t, refused.text+h.log.String(), secret)

	h.content.refuse = fault.New(fault.Unavailable, "Apple does not answer.")
	h.put(contentPath, object{"token_file": secret}).refused(503, "unavailable")
	require.NotContains(t, h.log.String(), secret)
	require.Empty(t, h.contentSecret())
	h.put(contentPath, object{}).refused(422, "invalid_request", "/token_file")
	h.put(contentPath, object{"token_file": ""}).refused(422, "invalid_request", "/token_file")
}

func TestContentTokenOfAClaimedLocation(t *testing.T) {
	h := newHouse(t)
	h.content.owner = &settings.LocationOwner{Name: "Other MDM", Metadata: "https://other.example"}
	problem := h.put(contentPath, object{"token_file": "raw-1"}).refused(409, "conflict")
	require.Equal(t, object{"name": "Other MDM", "metadata": "https://other.example"}, problem["owner"])
	h.get(contentPath).refused(404, "not_found")
	require.Equal(t, true, h.put(contentPath, object{"token_file": "raw-1", "take_over": true}).ok(200)["claimed_by_us"])
}

func TestContentTokenOfAnotherOrganization(t *testing.T) {
	h := newHouse(t)
	before := h.put(contentPath, object{"token_file": "raw-1"}).ok(200)
	problem := h.put(contentPath, object{"token_file": "De Linde/2"}).refused(409, "conflict")
	require.Equal(t, "raw-1", text(inner(problem, "installed"), "uid"))
	require.Equal(t, "De Linde/2", text(inner(problem, "given"), "uid"))
	require.Equal(t, []string{"raw-1"}, h.content.claims, "nothing is claimed")
	require.Equal(t, before, h.get(contentPath).ok(200))
	require.Equal(t, "raw-1", h.contentSecret())

	h.put(contentPath, object{"token_file": "De Linde/2", "take_over": true}).ok(200)
	require.Equal(t, "raw-1", h.contentSecret(), "that of the first stays")
	require.Len(t, items(h.get("/v1/settings/content-tokens").ok(200)), 2)
}

func TestContentTokensOfSeveralLocations(t *testing.T) {
	h := newHouse(t)
	const list = "/v1/settings/content-tokens"
	require.Empty(t, items(h.get(list).ok(200)))
	installed := func() (uids []string) {
		for _, one := range items(h.get(list).ok(200)) {
			uids = append(uids, text(one, "uid"))
		}
		return uids
	}
	for _, file := range []string{"raw-9", "raw-1", "raw-5", "raw-1"} {
		h.put(contentPath, object{"token_file": file}).ok(200)
	}
	require.Equal(t, []string{"raw-9", "raw-1", "raw-5"}, installed(), "in the order of their first installation")
	require.Equal(t, "raw-9", h.get(contentPath).ok(200)["uid"])
	require.Equal(t, "raw-5", h.get(contentPath + "?location=raw-5").ok(200)["uid"])
	h.get(contentPath+"?location=raw-7").refused(404, "not_found")

	h.call(http.MethodDelete, contentPath, nil).refused(422, "invalid_request", "location")
	h.call(http.MethodDelete, contentPath+"?location=raw-7", nil).refused(404, "not_found")
	h.call(http.MethodDelete, contentPath+"?location=raw-9", nil).ok(http.StatusNoContent)
	require.Equal(t, []string{"raw-1", "raw-5"}, installed())
	h.put(contentPath, object{"token_file": "raw-9"}).ok(200)
	require.Equal(t, []string{"raw-1", "raw-5", "raw-9"}, installed(), "who comes back comes last")
}

func TestLocationThatPeopleBelongTo(t *testing.T) {
	h := newHouse(t)
	body := object{"full_name": "Zoë", "content_location": "raw-2"}
	h.post("/v1/users", body).refused(422, "invalid_request", "/content_location")
	h.put(contentPath, object{"token_file": "raw-1"}).ok(200)
	h.put(contentPath, object{"token_file": "raw-2"}).ok(200)
	user := h.post("/v1/users", body).ok(http.StatusCreated)
	require.Equal(t, "raw-2", user["content_location"])
	group := h.post("/v1/groups", object{"name": "4A", "content_location": "raw-2"}).ok(http.StatusCreated)
	require.Equal(t, "raw-2", group["content_location"])

	problem := h.call(http.MethodDelete, contentPath+"?location=raw-2", nil).refused(409, "conflict")
	require.EqualValues(t, 1, problem["users"])
	require.EqualValues(t, 1, problem["groups"])
	require.Contains(t, text(problem, "detail"), "1 user belongs to it, 1 group belongs to it")
	path := "/v1/users/" + text(user, "id")
	h.patch(path, object{"content_location": "raw-7"}).refused(422, "invalid_request", "/content_location")
	require.Nil(t, h.patch(path, object{"content_location": nil}).ok(http.StatusOK)["content_location"])
	require.Equal(t, "raw-2", h.get("/v1/groups/" + text(group, "id")).ok(http.StatusOK)["content_location"])
	h.call(http.MethodDelete, contentPath+"?location=raw-2&force=true", nil).ok(http.StatusNoContent)
	require.Equal(t, "raw-2", h.get("/v1/groups/" + text(group, "id")).ok(http.StatusOK)["content_location"], "for when it comes back")
}

func TestTwoAdministratorsInstallAContentToken(t *testing.T) {
	h := newHouse(t)
	h.content.claiming = func() {
		h.content.claiming = nil
		h.put(contentPath, object{"token_file": "raw-1"}).ok(200)
	}
	h.put(contentPath, object{"token_file": "raw-2"}).refused(409, "conflict")
	require.Equal(t, "raw-1", h.contentSecret())
}
