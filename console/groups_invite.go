package console

import (
	"strings"

	"heraut/invitation"
	"heraut/settings"
)

var groupsInviteRoutes = []route{
	{get, "/groups/:id/forecast", viewer, (*visit).groupForecast},
}

// groupInvitation is the part of a group's Info tab that invites: the choice of
// the audience where it matters, what would be sent, and the buttons.
type groupInvitation struct {
	GroupID  string
	Operator bool
	// Choice tells that the two audiences are not the same people.
	Choice   bool
	Audience invitation.Audience
	Forecast forecast
}

// forecast says how many invitations would be sent, by the channels' rule that
// is the default and by mail.
type forecast struct {
	Text, Mail string
	// Skipped are those whom it leaves out, by reason.
	Skipped []tally
}

// groupInvitation looks ahead for the audience that the address asks for.
// Without one it is who was never invited, as long as that is a choice.
func (v *visit) groupInvitation(groupID string) (groupInvitation, error) {
	g := groupInvitation{GroupID: groupID, Operator: v.can(operator), Audience: invitation.NotInvited}
	if invitation.Audience(v.query("audience")) == invitation.NotEnrolled {
		g.Audience = invitation.NotEnrolled
	}
	defaults, _, err := settings.ReadInvitations(v.ctx(), v.Store)
	if err != nil {
		return g, err
	}
	request := invitation.Request{GroupID: groupID, Audience: g.Audience}
	preview, err := v.Store.PreviewPlanLately(v.ctx(), request, defaults.DefaultChannel, invitation.PolicyMail)
	if err != nil {
		return g, err
	}
	g.Choice = preview.Differ
	if !g.Choice {
		g.Audience = invitation.NotEnrolled // the same people, by the rule that is the API's default
	}
	pushed := preview.Totals[defaults.DefaultChannel]
	g.Forecast = forecast{
		Text: v.ahead(pushed), Mail: v.aheadByMail(preview.Totals[invitation.PolicyMail]), Skipped: v.reasons(pushed.Skipped),
	}
	return g, nil
}

// groupForecast is what the choice of an audience changes on the page.
func (v *visit) groupForecast() error {
	g, err := v.groupInvitation(v.id())
	if err != nil {
		return err
	}
	return v.part("plans/confirm", "forecast", g.Forecast)
}

// ahead says how many invitations leave and how: "Er worden 2 uitnodigingen
// verstuurd: 1 push, 1 e-mail."
func (v *visit) ahead(t invitation.Totals) string {
	text := v.t("ahead.invitations", "n", t.Invitations)
	if t.Invitations == 0 {
		text = v.t("ahead.none")
	}
	push := t.ByChannel[invitation.ChannelMDM] + t.ByChannel[invitation.ChannelAlert]
	var ways []string
	if push > 0 {
		ways = append(ways, v.t("ahead.push", "n", push))
	}
	if mail := t.ByChannel[invitation.ChannelMail]; mail > 0 {
		ways = append(ways, v.t("ahead.mail", "n", mail))
	}
	if len(ways) > 0 {
		text += ": " + strings.Join(ways, ", ")
	}
	text += "."
	if t.Silent > 0 {
		text += " " + v.t("ahead.silent", "n", t.Silent)
	}
	return text
}

// aheadByMail says what an invitation mail would send; empty: nothing.
func (v *visit) aheadByMail(t invitation.Totals) string {
	if t.Invitations == 0 {
		return ""
	}
	return v.t("ahead.by_mail", "n", t.Invitations, "messages", t.Messages)
}
