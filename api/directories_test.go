package api_test

import (
	"context"
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

// directoryServers plays directories' servers.
type directoryServers struct{ away error }

// CheckDirectory implements office.DirectoryServers.
func (directoryServers) CheckDirectory(c people.DirectoryConfig) error {
	if c.People.Filter == "((" {
		return fault.Invalid(fault.Field{Pointer: "/people/filter", Message: "Give an LDAP filter."})
	}
	return nil
}

// TestDirectory implements office.DirectoryServers.
func (directoryServers) TestDirectory(context.Context, people.Directory) ([]settings.Check, error) {
	return []settings.Check{{Name: "connect", OK: true, Detail: "ldap:636"}, {Name: "tls", Detail: "The certificate is not trusted."}}, nil
}

// PreviewDirectory implements office.DirectoryServers.
func (s directoryServers) PreviewDirectory(context.Context, people.Directory) (people.DirectoryPreview, error) {
	return people.DirectoryPreview{Groups: 42, People: []people.DirectoryPerson{
		{StableID: "1", DN: "cn=ann", FullName: "Ann", Email: "ann@school.example", Login: "ann"},
		{StableID: "2", DN: "cn=bob", FullName: "", Refused: "full_name: Give a name."},
	}}, s.away
}

func bindBody() object {
	return object{"name": "School", "host": "ldap.school.example", "bind_dn": "cn=heraut,dc=school", "password": "secret", "base_dn": "dc=school"}
}

func TestDirectoryIsBoundAndChanged(t *testing.T) {
	h := newHouse(t)
	made := h.post("/v1/directories", bindBody(), header{"Idempotency-Key", "bind"}).ok(http.StatusCreated)
	require.Equal(t, "auto", made["kind"])
	require.Equal(t, "ldaps", made["security"])
	require.Equal(t, 636, count(made, "port"))
	require.Equal(t, 3600, count(made, "sync_every"))
	require.Equal(t, true, made["has_password"])
	require.NotContains(t, made, "password")
	path := "/v1/directories/" + text(made, "id")
	h.post("/v1/directories", bindBody(), header{"Idempotency-Key", "bind"}).ok(http.StatusCreated)
	h.post("/v1/directories", bindBody()).refused(http.StatusConflict, "conflict", "/name")
	require.Len(t, items(h.get("/v1/directories").ok(http.StatusOK)), 1)

	got := h.get(path)
	got.ok(http.StatusOK)
	changed := h.patch(path, object{"groups": object{"filter": "(cn=class*)"}, "sync_every": 900, "attributes": object{"language": "preferredLanguage"}},
		header{"If-Match", got.header.Get("ETag")}).ok(http.StatusOK)
	require.Equal(t, "(cn=class*)", text(inner(changed, "groups"), "filter"))
	require.Equal(t, 900, count(changed, "sync_every"))
	h.patch(path, object{"paused": true}, header{"If-Match", got.header.Get("ETag")}).refused(http.StatusPreconditionFailed, "precondition_failed")
	password, err := h.store.DirectoryPassword(t.Context(), text(made, "id"))
	require.NoError(t, err)
	require.Equal(t, "secret", string(password))

	h.patch(path, object{"host": "other.example"}).refused(http.StatusUnprocessableEntity, "invalid_request", "/password")
	h.patch(path, object{"host": "other.example", "password": "new"}).ok(http.StatusOK)
	require.NotContains(t, h.log.String(), "secret")

	require.Equal(t, http.StatusNoContent, h.call(http.MethodDelete, path, nil).status)
	h.get(path).refused(http.StatusNotFound, "not_found")
}

func TestDirectoryRefusesWhatNoServerCouldRead(t *testing.T) {
	h := newHouse(t)
	for name, c := range map[string]struct {
		change  object
		pointer string
	}{
		"empty password":  {object{"password": ""}, "/password"},
		"a URL as host":   {object{"host": "ldaps://ldap.school.example"}, "/host"},
		"no encryption":   {object{"security": "none"}, "/security"},
		"a broken filter": {object{"people": object{"filter": "(("}}, "/people/filter"},
		"no certificates": {object{"ca": "-----BEGIN NOTHING-----"}, "/ca"},
		"too often":       {object{"sync_every": 10}, "/sync_every"},
		"an attribute":    {object{"attributes": object{"email": "mail)(uid=*"}}, "/attributes/email"},
		"another kind":    {object{"kind": "novell"}, "/kind"},
	} {
		t.Run(name, func(t *testing.T) {
			h.t = t
			body := bindBody()
			maps.Copy(body, c.change)
			h.post("/v1/directories", body).refused(http.StatusUnprocessableEntity, "invalid_request", c.pointer)
		})
	}
	h.t = t
	body := bindBody()
	delete(body, "password")
	h.post("/v1/directories", body).refused(http.StatusUnprocessableEntity, "invalid_request", "/password")
	h.post("/v1/directories", bindBody(), as(h.operator)).refused(http.StatusForbidden, "forbidden")
}

func TestDirectoryIsTestedAndPreviewed(t *testing.T) {
	h := newHouse(t)
	path := "/v1/directories/" + text(h.post("/v1/directories", bindBody()).ok(http.StatusCreated), "id")
	steps := list(h.post(path+"/test", nil).ok(http.StatusOK), "steps")
	require.Len(t, steps, 2)
	require.Equal(t, "tls", steps[1]["name"])
	require.Equal(t, false, steps[1]["ok"])
	preview := h.get(path + "/preview").ok(http.StatusOK)
	require.Equal(t, 42, count(preview, "groups"))
	shown := items(preview)
	require.Equal(t, "Ann", shown[0]["full_name"])
	require.Equal(t, "full_name: Give a name.", shown[1]["refused"])
}

func TestDirectoryRunsAreBegunFollowedAndConfirmed(t *testing.T) {
	h := newHouse(t)
	id := text(h.post("/v1/directories", bindBody()).ok(http.StatusCreated), "id")
	path := "/v1/directories/" + id
	begun := h.post(path+"/sync", object{"full": true}, as(h.operator))
	run := begun.ok(http.StatusAccepted)
	require.Equal(t, []string{"sync " + id}, h.engine.heard())
	require.Equal(t, path+"/runs/"+text(run, "id"), begun.header.Get("Location"))
	require.Equal(t, text(run, "id"), text(h.post(path+"/sync", nil).ok(http.StatusAccepted), "id"), "the one that is under way")

	stored, err := h.store.Run(t.Context(), id, text(run, "id"))
	require.NoError(t, err)
	stored.State, stored.Report.Takes = people.RunHeld, people.DirectoryTakes{People: 3, OfPeople: 10}
	require.NoError(t, h.store.FinishRun(t.Context(), stored, "", []people.DirectoryProblem{{Severity: people.SeverityError, Entry: "cn=x", Message: "No name."}}))
	held := h.get(path + "/runs/" + text(run, "id")).ok(http.StatusOK)
	require.Equal(t, "held", held["state"])
	require.Equal(t, 3, count(inner(held, "takes"), "people"))
	problems := items(h.get(path + "/runs/" + text(run, "id") + "/problems").ok(http.StatusOK))
	require.Equal(t, "cn=x", problems[0]["entry"])
	require.Len(t, items(h.get(path+"/runs").ok(http.StatusOK)), 1)
	h.engine.heard()

	confirm := path + "/runs/" + text(run, "id") + "/confirm"
	h.post(confirm, nil, as(h.operator)).refused(http.StatusForbidden, "forbidden")
	require.Equal(t, "running", h.post(confirm, nil, header{"Idempotency-Key", "c"}).ok(http.StatusAccepted)["state"])
	require.Equal(t, []string{"sync " + id}, h.engine.heard())
	h.post(confirm, nil, header{"Idempotency-Key", "c"}).ok(http.StatusAccepted)
	h.post(confirm, nil).refused(http.StatusConflict, "conflict")
	h.get(path+"/runs/"+id).refused(http.StatusNotFound, "not_found")
	h.engine.leave()
	h.post(path+"/sync", nil).ok(http.StatusAccepted)
}

func TestWhatComesFromADirectoryIsChangedThere(t *testing.T) {
	h := newHouse(t)
	id := text(h.post("/v1/directories", bindBody()).ok(http.StatusCreated), "id")
	run, _, err := h.store.BeginRun(t.Context(), setup, id, true)
	require.NoError(t, err)
	keys := []people.DirectoryKey{people.DirectoryKeyOf(people.KeyDN, "cn=ann")}
	synced, err := h.store.SyncPeople(t.Context(), run, []people.DirectoryPerson{{StableID: "1", FullName: "Ann", Keys: keys}})
	require.NoError(t, err)
	groups, err := h.store.SyncGroups(t.Context(), run, []people.DirectoryGroup{{StableID: "2", Name: "1a", Keys: keys}})
	require.NoError(t, err)

	user, group := "/v1/users/"+synced.IDs["1"], "/v1/groups/"+groups["2"]
	require.Equal(t, id, h.get(user).ok(http.StatusOK)["directory_id"])
	require.Equal(t, false, h.get(user).ok(http.StatusOK)["disabled"])
	require.Equal(t, id, h.get(group).ok(http.StatusOK)["directory_id"])
	h.patch(user, object{"email": "a@school.example"}).refused(http.StatusConflict, "conflict", "/email")
	h.patch(user, object{"managed_distribution": true}).ok(http.StatusOK)
	h.patch(group, object{"name": "1b"}).refused(http.StatusConflict, "conflict", "/name")
	h.call(http.MethodPut, group+"/members", object{"user_ids": []string{}}).refused(http.StatusConflict, "conflict")
	h.call(http.MethodDelete, user, nil).refused(http.StatusConflict, "conflict")
	h.call(http.MethodDelete, group, nil).refused(http.StatusConflict, "conflict")
}
