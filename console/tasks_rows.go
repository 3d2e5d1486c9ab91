package console

import (
	"heraut/content"
	"heraut/tasks"
)

// taskRow is one task of a list.
type taskRow struct {
	ID string
	// Href is the page of the invitation, or of the user's content.
	Href, Name string
	// Thing is the device, or the app or book; Kind says what it is.
	Thing, Kind string
	Channel     string
	Where       sentence
	Attempts    int
	// Marked: the invited person asks for a new link.
	Marked bool
	// Again is where the invited person is invited once more; empty: this
	// invitation is open itself, or nobody asks.
	Again string
	// Acts: something can be done about it.
	Acts     bool
	Selected bool
}

func (v *visit) taskRows(items []tasks.Task) []taskRow {
	rows := make([]taskRow, len(items))
	for i, t := range items {
		rows[i] = v.taskRow(t)
	}
	return rows
}

func (v *visit) taskRow(t tasks.Task) taskRow {
	if t.License != nil {
		return v.licenseRow(*t.License)
	}
	i := t.Invitation
	row := taskRow{
		ID: i.ID, Href: "/invitations/" + i.ID, Name: i.User.FullName, Kind: v.t("tasks.no_device"), Channel: v.t("channel." + string(i.Channel)),
		Where: v.invited(*i), Attempts: i.Attempts, Marked: i.Marked, Acts: i.State.Open() && v.can(operator),
	}
	if i.Marked && !i.State.Open() && v.can(operator) {
		row.Again = "/users/" + i.User.ID + "/info"
	}
	if i.Device != nil {
		row.Thing, row.Kind = i.Device.Name, ""
	}
	return row
}

func (v *visit) licenseRow(l content.License) taskRow {
	thing := l.Name
	if thing == "" {
		thing = l.AdamID
	}
	row := taskRow{
		ID: l.ID, Href: "/users/" + l.UserID + "/content", Name: l.FullName, Thing: thing, Kind: v.t("tasks." + string(l.Type)), Where: v.given(l),
	}
	if row.Where.Tone != "good" {
		row.Where.Answer = v.answer(l.LastAnswer)
	}
	return row
}

// licenseTones are the shapes of licenses that nothing happens to any more.
var licenseTones = map[content.LicenseState]string{
	content.LicenseTaken: "good", content.LicenseKept: "off", content.LicenseReleased: "off", content.LicenseRefused: "bad", content.LicenseWithdrawn: "off",
}

// given says how far a user is with an app or a book.
func (v *visit) given(l content.License) sentence {
	if tone, settled := licenseTones[l.State]; settled {
		at := v.clock.At(l.SettledAt)
		at.Words = v.t("tasks.license."+string(l.State), "when", at.Words)
		return sentence{Tone: tone, Now: at}
	}
	key := "tasks.license." + string(l.State)
	if l.WaitingFor != "" {
		key = "tasks.license.wait." + l.WaitingFor
	}
	since := v.clock.Since(l.CreatedAt)
	since.Words = v.t(key, "span", since.Words)
	return sentence{Tone: "wait", Now: since}
}
