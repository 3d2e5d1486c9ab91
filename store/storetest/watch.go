package storetest

import (
	"slices"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
)

// watchTasks: rows that a page shows are read again wherever they went.
func watchTasks(l *library) {
	users := l.accepted("a", "b")
	l.assign(l.group(users...), app)
	l.planned()
	licenses := l.active(content.LicenseFilter{})
	l.send(by(invitation.PolicyMail, ofUser(l.user("c"))))
	l.send(by(invitation.PolicyMail, ofUser(l.user("d"))))
	invited := l.invitations(invitation.Filter{})
	require.Len(l.t, invited, 2)
	_, err := l.CancelInvitation(l.t.Context(), actor, invited[1].ID)
	require.NoError(l.t, err)
	l.give(app)

	now, err := l.InvitationsNow(l.t.Context(), []string{invited[0].ID, invited[1].ID, licenses[0].ID, "none"})
	require.NoError(l.t, err)
	require.ElementsMatch(l.t, []invitation.Invitation{invited[0], l.invitation(invited[1].ID)}, now)
	given, err := l.LicensesNow(l.t.Context(), []string{licenses[0].ID, licenses[1].ID, invited[0].ID})
	require.NoError(l.t, err)
	require.ElementsMatch(l.t, l.completed(content.LicenseFilter{}), given)

	none, err := l.InvitationsNow(l.t.Context(), nil)
	require.NoError(l.t, err)
	require.Empty(l.t, none)
	_, err = l.InvitationsNow(l.t.Context(), make([]string, 1025))
	requireCode(l.t, err, fault.InvalidRequest)
	_, err = l.LicensesNow(l.t.Context(), make([]string, 1025))
	requireCode(l.t, err, fault.InvalidRequest)
}

// exportTasks: the audit log tells who took what, without what was looked for.
func exportTasks(l *library) {
	f := invitation.Filter{Query: "zoe@example.org", Channel: invitation.ChannelMail}
	require.NoError(l.t, l.TasksExported(l.t.Context(), actor, "active", "csv", f))
	page, err := l.ListAudit(l.t.Context(), people.AuditFilter{Action: "tasks."}, people.Cursor{}, 10)
	require.NoError(l.t, err)
	require.True(l.t, slices.ContainsFunc(page.Items, func(e people.AuditEntry) bool { return e.TargetID == "active" && e.Actor == actor }))
	require.Contains(l.t, page.Items[0].Became, `"searched":true`)
	require.Contains(l.t, page.Items[0].Became, `"form":"csv"`)
	require.NotContains(l.t, page.Items[0].Became, "example.org")
}
