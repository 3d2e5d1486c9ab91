package console

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"heraut/fault"
	"heraut/invitation"
	"heraut/settings"
)

// invitationsPage is how invitations go, with what would happen to one.
type invitationsPage struct {
	Form form
	// Rows are the numbers of the reminders in the form.
	Rows    []int
	Units   []unit
	Vias    []invitation.Via
	Ways    []invitation.Policy
	Zones   []string
	Preview []previewLine
}

// zones are offered for the time zone; any other can be typed.
var zones = []string{
	"Europe/Amsterdam", "Europe/Brussels", "Europe/Berlin", "Europe/Paris", "Europe/London", "America/Curacao", "America/Paramaribo", "America/New_York", "UTC",
}

var invitationsFields = []string{
	"expires_after", "expires_after.unit", "quiet", "quiet_hours.from", "quiet_hours.to", "time_zone", "default_channel", "default_language", "version",
}

// reminderField is the beginning of the names of a reminder's fields.
func reminderField(n int) string { return "reminders." + strconv.Itoa(n) }

func (v *visit) inviteSettings() error {
	set, version, err := v.Settings.Invitations(v.ctx())
	if err != nil {
		return err
	}
	f := newForm(map[string]string{
		"default_channel": string(set.DefaultChannel), "default_language": set.DefaultLanguage, "version": textVersion(version),
		"quiet_hours.from": "21:00", "quiet_hours.to": "07:00", "time_zone": set.Zone(),
	})
	putSpan(f, "expires_after", set.ExpiresAfter)
	if q := set.QuietHours; q != nil {
		f.Values["quiet"] = "on"
		f.Values["quiet_hours.from"], f.Values["quiet_hours.to"] = q.From, q.To
	}
	for n, r := range set.Reminders {
		putSpan(f, reminderField(n)+".after", r.After)
		f.Values[reminderField(n)+".channel"] = string(r.Channel)
	}
	return v.showInvitations(http.StatusOK, f, len(set.Reminders), set)
}

// showInvitations shows the form with so many reminders, and what the settings
// would do.
func (v *visit) showInvitations(status int, f form, rows int, set settings.Invitations) error {
	p := invitationsPage{
		Form: f, Units: units, Zones: zones, Preview: v.previewOf(set),
		Vias: []invitation.Via{invitation.ViaPush, invitation.ViaMail, invitation.ViaBoth},
		Ways: []invitation.Policy{invitation.PolicyAuto, invitation.PolicyPush, invitation.PolicyMail, invitation.PolicyBoth},
	}
	for n := range rows {
		p.Rows = append(p.Rows, n)
	}
	return v.showSettings(status, "settings/invitations", "invitations", p)
}

// submittedInvitations reads the form, with its reminders in the order of
// their numbers; one without a time is left out.
func (v *visit) submittedInvitations() (f form, rows int, err error) {
	names := slices.Clone(invitationsFields)
	for n := range settings.MaxReminders + 1 {
		names = append(names, reminderField(n)+".after", reminderField(n)+".after.unit", reminderField(n)+".channel")
	}
	names = append(names, "add", "remove")
	if f, err = v.submitted(names...); err != nil {
		return f, 0, err
	}
	for n := range settings.MaxReminders + 1 {
		from, to := reminderField(n), reminderField(rows)
		if f.Values[from+".after"] == "" || f.Values["remove"] == strconv.Itoa(n) {
			continue
		}
		for _, part := range []string{".after", ".after.unit", ".channel"} {
			f.Values[to+part] = f.Values[from+part]
		}
		rows++
	}
	return f, rows, nil
}

func (v *visit) putInvitations() error {
	f, rows, err := v.submittedInvitations()
	if err != nil {
		return err
	}
	set, err := v.invitationsOf(f, rows)
	if err != nil {
		return err
	}
	if _, err := v.Settings.PutInvitations(v.ctx(), v.actor(), set, versionOf(f)); err != nil {
		return v.showRefused(&f, err, func(status int) error { return v.showInvitations(status, f, rows, set) })
	}
	return v.done("/settings/invitations", "saved", 0)
}

// draftInvitations shows what the form would do, and saves nothing; by it
// reminders come and go without script.
func (v *visit) draftInvitations() error {
	f, rows, err := v.submittedInvitations()
	if err != nil {
		return err
	}
	set, err := v.invitationsOf(f, rows)
	if err != nil {
		return err
	}
	if v.live() && v.target() == "preview" {
		return v.part("settings/invitations", "preview", v.previewOf(set))
	}
	if f.Values["add"] != "" && rows < settings.MaxReminders {
		f.Values[reminderField(rows)+".after"], f.Values[reminderField(rows)+".after.unit"], f.Values[reminderField(rows)+".channel"] = "", "d", string(invitation.ViaMail)
		rows++
	}
	status := http.StatusOK
	if err := set.Check(); err != nil && f.Values["add"] == "" && f.Values["remove"] == "" {
		if err := v.refuse(&f, err); err != nil {
			return err
		}
		status = http.StatusUnprocessableEntity
	}
	return v.showInvitations(status, f, rows, set)
}

// invitationsOf puts the form into the settings; the name of the organization
// has a page of its own.
func (v *visit) invitationsOf(f form, rows int) (settings.Invitations, error) {
	stored, _, err := v.Settings.Invitations(v.ctx())
	if err != nil {
		return stored, err
	}
	zone := cmp.Or(f.Values["time_zone"], stored.Zone())
	set := settings.Invitations{
		ExpiresAfter: span(f, "expires_after"), DefaultChannel: invitation.Policy(f.Values["default_channel"]),
		DefaultLanguage: f.Values["default_language"], TimeZone: zone, OrganizationName: stored.OrganizationName, Reminders: []settings.Reminder{},
	}
	for n := range rows {
		set.Reminders = append(set.Reminders, settings.Reminder{
			After: span(f, reminderField(n)+".after"), Channel: invitation.Via(f.Values[reminderField(n)+".channel"]),
		})
	}
	if f.Values["quiet"] == "on" {
		set.QuietHours = &settings.QuietHours{
			From: f.Values["quiet_hours.from"], To: f.Values["quiet_hours.to"], TimeZone: zone,
		}
	}
	return set, nil
}

func (v *visit) invitationsState() (string, error) {
	set, _, err := v.Settings.Invitations(v.ctx())
	return v.t("settings.invitations.state", "span", v.lasting(set.ExpiresAfter), "n", len(set.Reminders)), err
}

// wrong tells that settings can not be previewed.
func wrong(set settings.Invitations) bool { return fault.Is(set.Check(), fault.InvalidRequest) }
