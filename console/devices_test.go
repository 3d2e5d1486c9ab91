package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
)

// device makes a device; an empty owner is nobody.
func (h *house) device(name string, owner people.User, change ...func(*people.Device)) people.Device {
	h.t.Helper()
	d := people.Device{Name: name, Platform: people.IPadOS, UserID: owner.ID}
	for _, f := range change {
		f(&d)
	}
	made, err := h.store.CreateDevice(h.t.Context(), setup, d)
	require.NoError(h.t, err)
	return made
}

// alert gives a device a live channel.
func alert(d *people.Device) {
	d.Push = []people.PushChannel{{Kind: people.PushAlert, Topic: "org.example.app", Token: "a1"}}
}

func (h *house) ownerOf(d people.Device) string {
	h.t.Helper()
	now, err := h.store.Device(h.t.Context(), d.ID)
	require.NoError(h.t, err)
	return now.UserID
}

func TestDevicesAreListedAndFound(t *testing.T) {
	h := newHouse(t)
	zoe := h.user("Zoë Ünal")
	mine := h.device("iPad <b>", zoe, func(d *people.Device) { d.SerialNumber = "DMPX1" })
	free := h.device("Mac mini", people.User{}, func(d *people.Device) { d.Platform = people.MacOS })
	all := h.get("/devices")
	require.Contains(t, all.words(), "iPad &lt;b&gt; Zoë Ünal")
	require.Contains(t, all.words(), "Mac mini assigned to nobody")
	require.Contains(t, all.text, `draggable="true" data-drag="`+mine.ID+`"`)
	for query, want := range map[string][2]bool{
		"q=dmpx": {true, false}, "q=unal": {true, false}, "q=mac": {false, true}, "platform=macos": {false, true},
		"assigned=yes": {true, false}, "assigned=no": {false, true}, "assigned=no&platform=ipados": {false, false},
	} {
		got := h.get("/devices?" + query)
		require.Equal(t, want, [2]bool{strings.Contains(got.text, mine.ID), strings.Contains(got.text, free.ID)}, query)
	}
	require.Contains(t, h.get("/devices?platform=macos").text, "/devices/"+free.ID+"?platform=macos", "the filter goes along")
	part := h.get("/devices?q=mac&assigned=no", "HX-Request", "true", "HX-Target", "list-items")
	require.True(t, strings.HasPrefix(part.text, "<ul"), part.text)
	require.Contains(t, h.get("/devices?platform=ios").words(), "Nothing fits this filter.", "there are devices")
}

func TestListsAreOrderedAndNarrowed(t *testing.T) {
	h := newHouse(t)
	zoe, ada := h.user("Zoë Ünal", mailed), h.user("Ada Byron")
	h.device("A of Zoë", zoe)
	h.device("B of Ada", ada)
	h.group("Zwaluwen", nil)
	h.group("Adelaars", []people.User{zoe})
	order := func(address string, first, second string) {
		text := h.get(address).text
		require.Greater(t, strings.Index(text, second), strings.Index(text, first), "%s begins with %s", address, first)
	}
	order("/users", "Ada Byron", "Zoë Ünal")
	order("/users?sort=-name", "Zoë Ünal", "Ada Byron")
	order("/users?sort=-changed", "Ada Byron", "Zoë Ünal")
	order("/groups", "Adelaars", "Zwaluwen")
	order("/groups?sort=-name", "Zwaluwen", "Adelaars")
	order("/devices?sort=owner", "B of Ada", "A of Zoë")
	order("/devices?sort=-name", "B of Ada", "A of Zoë")
	h.send(invitation.Request{UserID: zoe.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	h.deliver(zoe)
	require.NotContains(t, h.get("/users?state=invited").text, ada.ID)
	require.Contains(t, h.get("/users?state=invited&sort=-name").text, "/users/"+zoe.ID+"/info?sort=-name&amp;state=invited", "the filter goes along")
	require.Equal(t, http.StatusUnprocessableEntity, h.get("/groups?sort=weight").status)
}

func TestPageOfADevice(t *testing.T) {
	h := newHouse(t)
	zoe := h.user("Zoe", invitable)
	d := h.device(awkward, zoe, alert)
	got := h.get("/devices/" + d.ID)
	require.NotContains(t, got.text, "<b>")
	require.Contains(t, got.words(), "App org.example.app live")
	require.Contains(t, got.words(), "This device has not enrolled at the MDM server.")
	require.Contains(t, got.words(), "Nobody was ever invited for this device.")
	h.invite(h.group("4A", []people.User{zoe}))
	h.lang = "nl"
	require.Contains(t, h.get("/devices/"+d.ID).text, "/tasks/active?device_id="+d.ID)
	require.Equal(t, http.StatusNotFound, h.get("/devices/none").status)
}

func TestDeviceIsMadeAndChanged(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	refused := h.post("/devices", url.Values{"name": {""}, "platform": {"tv"}, "serial_number": {strings.Repeat("x", 65)}})
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.words(), "Vul een naam in.")
	require.Contains(t, refused.words(), "Kies iOS, iPadOS of macOS.")
	require.Contains(t, refused.words(), "Gebruik hoogstens 64 tekens.")
	made := h.post("/devices", url.Values{"name": {"iPad van Zoë"}, "platform": {"ipados"}, "serial_number": {"S1"}})
	require.Equal(t, http.StatusSeeOther, made.status)
	path, _, _ := strings.Cut(made.location, "?")
	require.Contains(t, h.get(made.location).words(), "iPad van Zoë")
	twice := h.post("/devices", url.Values{"name": {"x"}, "platform": {"ios"}, "serial_number": {"S1"}})
	require.Contains(t, twice.words(), "Een ander apparaat heeft dit serienummer.")

	require.NotContains(t, h.get(path+"/edit").text, `name="name"`, "the name is fixed")
	require.Equal(t, http.StatusSeeOther, h.post(path+"/edit", url.Values{"name": {"other"}, "platform": {"ios"}, "version": {"1"}}).status)
	require.Contains(t, h.get(path).words(), "iPad van Zoë")
	late := h.post(path+"/edit", url.Values{"platform": {"macos"}, "version": {"1"}})
	require.Equal(t, http.StatusUnprocessableEntity, late.status)
}

func TestDeviceIsAssignedByMenu(t *testing.T) {
	h := newHouse(t)
	zoe, sem := h.user("Zoe"), h.user("Sem")
	d := h.device("iPad", people.User{})
	path := "/devices/" + d.ID + "/assign"
	require.Contains(t, h.get(path+"?find=zoe").text, `value="`+zoe.ID+`"`)
	require.NotContains(t, h.get(path+"?find=zoe").text, sem.ID)
	part := h.get(path+"?find=zoe", "HX-Request", "true", "HX-Target", "owners")
	require.True(t, strings.HasPrefix(part.text, "<fieldset"), part.text)
	require.Equal(t, "/devices/"+d.ID+"?said=device_assigned", h.post(path, url.Values{"user_id": {zoe.ID}}).location, "it was nobody's")
	require.Equal(t, zoe.ID, h.ownerOf(d))
	require.Equal(t, http.StatusNotFound, h.post(path, url.Values{"user_id": {"none"}}).status)
}

func TestTakingADeviceAwayIsAskedFirst(t *testing.T) {
	h := newHouse(t)
	zoe, sem, ada := h.user("Zoe", invitable), h.user("Sem"), h.user("Ada L")
	d := h.device("iPad", zoe, alert)
	h.invite(h.group("4A", []people.User{zoe}))
	open, err := h.store.CountInvitations(t.Context(), invitation.Filter{DeviceID: d.ID})
	require.NoError(t, err)
	require.Equal(t, 1, open)
	asked := h.post("/users/"+sem.ID+"/devices", url.Values{"dragged": {d.ID}})
	require.Equal(t, http.StatusOK, asked.status)
	require.Contains(t, asked.words(), "Assign iPad to Sem? Zoe does not have the device any more then. 1 open invitation is cancelled.")
	require.Equal(t, zoe.ID, h.ownerOf(d), "nothing has changed")

	// Somebody else reassigns it while the question is open.
	yes := url.Values{"user_id": {sem.ID}, "version": {"1"}, "sure": {"yes"}}
	_, err = h.store.UpdateDevice(t.Context(), setup, d.ID, nil, func(d people.Device) (people.Device, error) {
		d.UserID = ada.ID
		return d, nil
	})
	require.NoError(t, err)
	late := h.post("/devices/"+d.ID+"/assign", yes)
	require.Equal(t, http.StatusConflict, late.status)
	require.Contains(t, late.words(), "Ada L does not have the device any more then.")
	yes.Set("version", "2")
	require.Equal(t, http.StatusSeeOther, h.post("/devices/"+d.ID+"/assign", yes).status)
	require.Equal(t, sem.ID, h.ownerOf(d))
	require.Contains(t, h.engine.told, "wake user "+ada.ID, "whose invitations may have ended")
}

func TestDeviceIsUnassignedAndDeleted(t *testing.T) {
	h := newHouse(t)
	zoe := h.user("Zoe")
	d := h.device("iPad", zoe)
	path := "/devices/" + d.ID
	require.Contains(t, h.post(path+"/assign", url.Values{"user_id": {""}}).words(), "Unassign iPad?")
	require.Equal(t, path+"?said=device_unassigned",
		h.post(path+"/assign", url.Values{"user_id": {""}, "sure": {"yes"}, "version": {"1"}}).location)
	require.Empty(t, h.ownerOf(d))
	require.Contains(t, h.get(path+"/delete").words(), "Delete iPad?")
	require.Equal(t, "/devices?said=device_deleted", h.post(path+"/delete", url.Values{}).location)
	require.Equal(t, http.StatusNotFound, h.get(path).status)
	require.Equal(t, http.StatusNotFound, h.post("/users/"+zoe.ID+"/devices", url.Values{"dragged": {d.ID}}).status)
}

func TestDevicesByRole(t *testing.T) {
	h := newHouse(t)
	zoe := h.user("Zoe")
	d := h.device("iPad", people.User{})
	for role, want := range map[people.Role][2]int{
		people.Viewer:   {http.StatusForbidden, http.StatusForbidden},
		people.Operator: {http.StatusOK, http.StatusForbidden},
		people.Admin:    {http.StatusOK, http.StatusOK},
	} {
		h.become(role)
		require.Equal(t, http.StatusOK, h.get("/devices/"+d.ID).status)
		for _, path := range []string{"/devices/new", "/devices/" + d.ID + "/edit", "/devices/" + d.ID + "/assign"} {
			require.Equal(t, want[0], h.get(path).status, path)
		}
		require.Equal(t, want[1], h.get("/devices/"+d.ID+"/delete").status)
	}
	h.become(people.Viewer)
	require.Equal(t, http.StatusForbidden, h.post("/users/"+zoe.ID+"/devices", url.Values{"dragged": {d.ID}}).status)
}
