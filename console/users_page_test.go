package console_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/internal/secrets"
	"heraut/people"
	"heraut/settings"
)

func TestUserHasDevicesAndGroups(t *testing.T) {
	h := newHouse(t)
	zoe := h.user("Zoe")
	d := h.device(awkward, zoe)
	inner := h.group("4A", []people.User{zoe})
	outer := h.group("school", nil, inner)
	_, err := h.store.UpdateGroup(t.Context(), setup, outer.ID, nil, func(g people.Group) (people.Group, error) {
		g.ManagedDistribution = true
		return g, nil
	})
	require.NoError(t, err)
	info := h.get("/users/" + zoe.ID + "/info")
	require.Contains(t, info.text, `href="/devices/`+d.ID+`" draggable="true" data-drag="`+d.ID+`"`)
	require.NotContains(t, info.text, "<b>")
	require.Contains(t, info.words(), "4A directly school through a group · services on")
	require.Contains(t, info.words(), "The services are on already by the group school.")
	require.Contains(t, h.get("/users/"+h.user("Sem").ID+"/info").words(), "This user is in no group.")
	h.become(people.Viewer)
	require.Contains(t, h.get("/users/"+zoe.ID+"/info").words(), "Managed distribution services are on.")
	require.NotContains(t, h.get("/users/"+zoe.ID+"/info").text, `data-drag="`+d.ID)
	for _, bad := range []string{"devices", "groups"} {
		require.Equal(t, http.StatusUnprocessableEntity, h.get("/users/"+zoe.ID+"/info?"+bad+"=forged").status)
	}
}

func TestEnrollmentLinkIsShownOnce(t *testing.T) {
	h := newHouse(t)
	zoe := h.user(awkward)
	made := h.post("/users/"+zoe.ID+"/enrollment-link", url.Values{})
	require.Equal(t, http.StatusOK, made.status)
	link := regexp.MustCompile(`value="https://heraut\.example\.org/enroll/([^"]+)" readonly`).FindStringSubmatch(made.text)
	require.NotNil(t, link, made.text)
	kept, err := h.store.EnrollmentByLink(t.Context(), secrets.LinkHash(link[1]))
	require.NoError(t, err)
	require.Equal(t, zoe.ID, kept.UserID)
	code := regexp.MustCompile(`id="code" class="code" value="([^"]+)"`).FindStringSubmatch(made.text)
	require.NotNil(t, code)
	require.Equal(t, h.keys.Code(kept.ID), code[1])
	require.Contains(t, made.text, `<svg class="qr"`)
	require.NotContains(t, made.text, "<b>")
	require.Equal(t, http.StatusNotFound, h.post("/users/none/enrollment-link", url.Values{}).status)
	h.become(people.Viewer)
	require.Equal(t, http.StatusForbidden, h.post("/users/"+zoe.ID+"/enrollment-link", url.Values{}).status)
}

func TestNoEnrollmentLinkThatLeadsNowhere(t *testing.T) {
	h := newHouse(t, func(d *console.Dependencies) {
		d.Links.MDM = func(context.Context) (settings.MDMServer, error) {
			return settings.MDMServer{Mode: settings.MDMExternal}, nil
		}
	})
	h.lang = "nl"
	got := h.post("/users/"+h.user("Zoe").ID+"/enrollment-link", url.Values{})
	require.Equal(t, http.StatusConflict, got.status)
	require.Contains(t, got.words(), "Apparaten schrijven zich in bij je eigen MDM-server, en niet hier.")
}

func TestEnrollmentIsEnded(t *testing.T) {
	h := newHouse(t)
	zoe := h.user("Zoe", invitable)
	h.invite(h.group("4A", []people.User{zoe}))
	require.NotContains(t, h.get("/users/"+zoe.ID+"/info").text, "/unenroll")
	h.accept(zoe)
	path := "/users/" + zoe.ID + "/unenroll"
	info := h.get("/users/" + zoe.ID + "/info")
	require.Contains(t, info.text, path)
	require.Contains(t, info.words(), "on the invitation page")
	require.Contains(t, h.get(path).words(), "End the enrollment of Zoe?")
	h.become(people.Operator)
	require.Equal(t, http.StatusForbidden, h.post(path, url.Values{}).status)
	h.become(people.Admin)
	require.Equal(t, "/users/"+zoe.ID+"/info?said=unenrolled", h.post(path, url.Values{}).location)
	now, err := h.store.User(t.Context(), zoe.ID)
	require.NoError(t, err)
	require.NotEqual(t, people.Enrolled, now.State)
	require.Contains(t, h.engine.told, "distribute")
	require.Equal(t, http.StatusNotFound, h.post(path, url.Values{}).status, "twice")
}

func TestUsersAreDisabledAndEnabled(t *testing.T) {
	h := newHouse(t)
	zoe := h.user("Zoe", invitable)
	info, disable, enable := "/users/"+zoe.ID+"/info", "/users/"+zoe.ID+"/disable", "/users/"+zoe.ID+"/enable"
	disabled := func() bool {
		now, err := h.store.User(t.Context(), zoe.ID)
		require.NoError(t, err)
		return now.Disabled
	}
	require.Contains(t, h.get(info).text, `href="`+disable+`"`)
	require.NotContains(t, h.get(info).text, enable)
	require.Contains(t, h.get(disable).words(), "Disable Zoe?")
	require.Equal(t, info+"?said=user_disabled", h.post(disable, url.Values{}).location)
	require.True(t, disabled())
	require.Contains(t, h.engine.told, "distribute")
	require.Contains(t, h.get(info).text, `action="`+enable+`"`)
	require.NotContains(t, h.get(info).text, disable)
	h.become(people.Viewer)
	require.NotContains(t, h.get(info).text, enable)
	require.Equal(t, http.StatusForbidden, h.post(enable, url.Values{}).status)
	h.become(people.Operator)
	require.Equal(t, info+"?said=user_enabled", h.post(enable, url.Values{}).location)
	require.False(t, disabled())
	require.Equal(t, http.StatusNotFound, h.post("/users/none/enable", url.Values{}).status)
}

func TestUsersOfAnIdentityProviderAreDisabledThere(t *testing.T) {
	h := newHouse(t)
	client, _, err := h.store.CreateSCIMClient(t.Context(), setup, people.SCIMClient{Name: "Entra"})
	require.NoError(t, err)
	made, err := h.store.CreateSCIMUser(t.Context(), client, people.SCIMUser{UserName: "zoe"})
	require.NoError(t, err)
	info, enable := "/users/"+made.ID+"/info", "/users/"+made.ID+"/enable"
	require.NotContains(t, h.get(info).text, enable)
	h.lang = "nl"
	refused := h.post(enable, url.Values{})
	require.Equal(t, http.StatusConflict, refused.status)
	require.Contains(t, refused.words(), "Dit komt via SCIM van")
	require.Contains(t, refused.words(), "Wijzig het daar.")
	require.NoError(t, h.store.DeleteSCIMClient(t.Context(), setup, client.ID))
	require.Contains(t, h.get(info).text, enable)
	require.Equal(t, http.StatusSeeOther, h.post(enable, url.Values{}).status)
}
