package console_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/console"
	"heraut/invitation"
	"heraut/settings"
)

// thursday is in the afternoon, in Amsterdam at 14:05.
var thursday = time.Date(2026, time.November, 12, 13, 5, 0, 0, time.UTC)

func onThursday(d *console.Dependencies) { d.Now = func() time.Time { return thursday } }

// invitationForm is the form with two reminders.
func invitationForm() url.Values {
	return url.Values{
		"expires_after": {"30"}, "expires_after.unit": {"d"}, "default_channel": {"auto"}, "default_language": {"nl"}, "version": {"0"},
		"quiet": {"on"}, "quiet_hours.from": {"21:00"}, "quiet_hours.to": {"07:00"}, "time_zone": {"Europe/Amsterdam"},
		"reminders.0.after": {"2"}, "reminders.0.after.unit": {"d"}, "reminders.0.channel": {"push"},
		"reminders.1.after": {"80"}, "reminders.1.after.unit": {"h"}, "reminders.1.channel": {"mail"},
	}
}

func (h *house) invitationSettings() settings.Invitations {
	h.t.Helper()
	set, _, err := settings.ReadInvitations(h.t.Context(), h.store)
	require.NoError(h.t, err)
	return set
}

func TestInvitationSettingsAreSaved(t *testing.T) {
	h := newHouse(t)
	require.Contains(t, h.get("/settings/invitations").text, `name="reminders.2.after"`)
	require.Equal(t, "/settings/invitations?said=saved", h.post("/settings/invitations", invitationForm()).location)
	set := h.invitationSettings()
	require.Equal(t, settings.Duration(30*24*time.Hour), set.ExpiresAfter)
	require.Equal(t, []settings.Reminder{
		{After: settings.Duration(48 * time.Hour), Channel: invitation.ViaPush}, {After: settings.Duration(80 * time.Hour), Channel: invitation.ViaMail},
	}, set.Reminders)
	require.Equal(t, "Heraut", set.OrganizationName, "it has a page of its own")

	none := invitationForm()
	none.Set("reminders.0.after", "")
	none.Set("reminders.1.after", "")
	none.Del("quiet")
	none.Set("version", "1")
	require.Equal(t, http.StatusSeeOther, h.post("/settings/invitations", none).status)
	require.Empty(t, h.invitationSettings().Reminders)
	require.Nil(t, h.invitationSettings().QuietHours)
	require.Equal(t, "Europe/Amsterdam", h.invitationSettings().Location().String())
	require.Equal(t, http.StatusUnprocessableEntity, h.post("/settings/invitations", none).status, "somebody saved meanwhile")
}

// TestTheTimeZoneOutlivesQuietHours: pages and mails write dates in it, whether
// there are quiet hours or not.
func TestTheTimeZoneOutlivesQuietHours(t *testing.T) {
	h := newHouse(t, onThursday)
	h.lang = "nl"
	_, err := h.store.PutSetting(t.Context(), setup, settings.NameInvitations, oldZone("America/Curacao"), nil, nil)
	require.NoError(t, err)
	require.Contains(t, h.get("/settings/invitations").text, `value="America/Curacao"`, "as settings kept it before")
	form := invitationForm()
	form.Set("version", "1")
	form.Set("time_zone", "America/Curacao")
	form.Del("quiet")
	require.Contains(t, h.post("/settings/invitations/draft", form, "HX-Request", "true", "HX-Target", "preview").words(), "do 12 nov. 2026 09:05 verstuurd")
	require.Equal(t, http.StatusSeeOther, h.post("/settings/invitations", form).status)
	require.Equal(t, "America/Curacao", h.invitationSettings().Location().String())
	require.Contains(t, h.get("/settings/invitations").text, `value="America/Curacao"`)
	form.Set("version", "2")
	form.Set("time_zone", "")
	require.Equal(t, http.StatusSeeOther, h.post("/settings/invitations", form).status)
	require.Equal(t, "America/Curacao", h.invitationSettings().Zone(), "what is left empty stays")
	form.Set("version", "3")
	form.Set("quiet", "on")
	require.Equal(t, http.StatusSeeOther, h.post("/settings/invitations", form).status)
	require.Equal(t, "America/Curacao", h.invitationSettings().QuietHours.TimeZone)
}

// oldZone are settings whose zone is told by quiet hours alone.
func oldZone(name string) settings.Invitations {
	set := settings.DefaultInvitations()
	set.QuietHours.TimeZone = name
	return set
}

func TestInvitationSettingsRefused(t *testing.T) {
	h := newHouse(t)
	h.lang = "nl"
	bad := invitationForm()
	for name, value := range map[string]string{
		"expires_after": "99999999999999999999", "reminders.1.after": "1", "reminders.0.channel": "fax", "quiet_hours.from": "25:00",
		"time_zone": "Mars/Base", "default_channel": "owl", "default_language": "de",
	} {
		bad.Set(name, value)
	}
	refused := h.post("/settings/invitations", bad)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	for _, message := range []string{
		"Geef een tijd tussen een seconde en tien jaar.", "Geef een later moment dan de herinnering ervoor.", "Kies push, e-mail of beide.",
		"Schrijf een tijd zoals 21:00.", "Geef een tijdzone zoals Europe/Amsterdam.", "Kies automatisch, push, e-mail of beide.", "Kies Nederlands of Engels.",
	} {
		require.Contains(t, refused.words(), message)
	}
	require.Contains(t, refused.text, `value="Mars/Base"`)
}

func TestPreviewSaysWhatWouldHappen(t *testing.T) {
	h := newHouse(t, onThursday)
	h.lang = "nl"
	form := invitationForm()
	form.Set("reminders.2.after", "31")
	form.Set("reminders.2.after.unit", "d")
	form.Set("reminders.2.channel", "both")
	part := h.post("/settings/invitations/draft", form, "HX-Request", "true", "HX-Target", "preview")
	require.Equal(t, http.StatusOK, part.status)
	require.Equal(t, "do 12 nov. 2026 14:05 verstuurd za 14 nov. 2026 14:05 herinnering per push "+
		"ma 16 nov. 2026 07:00 herinnering per e-mail Uitgesteld tot na de stille uren. "+
		"Valt na het verlopen en gaat niet uit: herinnering per push en e-mail za 12 dec. 2026 14:05 verloopt", part.words())
	require.Equal(t, settings.DefaultInvitations(), h.invitationSettings(), "nothing is saved")

	whole := h.post("/settings/invitations/draft", form)
	require.Contains(t, whole.words(), "ma 16 nov. 2026 07:00 herinnering per e-mail", "without script")
	form.Set("time_zone", "UTC")
	require.Contains(t, h.post("/settings/invitations/draft", form).words(), "do 12 nov. 2026 13:05 verstuurd", "in the zone of the form")
	form.Set("expires_after", "x")
	require.Contains(t, h.post("/settings/invitations/draft", form).words(), "Met deze waarden is niets te berekenen.")
}

func TestRemindersComeAndGoWithoutScript(t *testing.T) {
	h := newHouse(t)
	form := invitationForm()
	form.Set("add", "1")
	added := h.post("/settings/invitations/draft", form)
	require.Equal(t, http.StatusOK, added.status)
	require.Contains(t, added.text, `name="reminders.2.after"`)
	require.Contains(t, added.text, `name="reminders.1.after" type="number" inputmode="numeric" min="1" value="80"`)
	form.Del("add")
	form.Set("remove", "0")
	removed := h.post("/settings/invitations/draft", form)
	require.Contains(t, removed.text, `name="reminders.0.after" type="number" inputmode="numeric" min="1" value="80"`)
	require.NotContains(t, removed.text, `name="reminders.1.after"`)
	require.Equal(t, settings.DefaultInvitations(), h.invitationSettings())
}
