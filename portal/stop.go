package portal

import "net/http"

// stopPage asks whether reminders should end, and changes nothing.
func (v *visit) stopPage() error {
	switch {
	case !v.view.State.Open():
		return v.page() // a settled invitation has no reminders
	case v.view.RemindersStopped:
		return v.show(http.StatusOK, pageStopped)
	default:
		return v.show(http.StatusOK, pageStop)
	}
}

// stop ends the reminders: for a person who pressed the button, and for a mail
// provider's one-click request, which must not be answered with a redirect
// (RFC 8058, section 3.1).
func (v *visit) stop() error {
	if v.view.State.Open() && !v.view.RemindersStopped {
		if err := v.portal.Invitations.StopReminders(v.ctx(), v.view.ID); err != nil {
			return v.failed("stopping reminders", err)
		}
		v.view.RemindersStopped = true
	}
	if v.c.Request().PostForm.Get("List-Unsubscribe") == "One-Click" {
		return v.stopPage()
	}
	return v.see("/i/" + v.token + "/stop")
}
