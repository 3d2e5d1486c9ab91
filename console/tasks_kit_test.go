package console_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// month is how sends of these tests remind and end.
var month = invitation.Schedule{ExpiresAfter: 30 * 24 * time.Hour, Reminders: []invitation.Reminder{{After: 2 * 24 * time.Hour, Via: invitation.ViaMail}}}

// invited makes a user with a device and invites them by mail.
func (h *house) invited(name, device string) invitation.Invitation {
	h.t.Helper()
	u := h.user(name, func(u *people.User) { u.Email, u.ManagedDistribution = "somebody@example.org", true })
	if device != "" {
		_, err := h.store.CreateDevice(h.t.Context(), setup, people.Device{Name: device, Platform: people.IPadOS, UserID: u.ID})
		require.NoError(h.t, err)
	}
	h.send(invitation.Request{UserID: u.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	return h.only(u.ID)
}

// send plans and confirms; a group's pages are written.
func (h *house) send(r invitation.Request) {
	h.t.Helper()
	p, err := h.store.CreatePlan(h.t.Context(), setup, r)
	require.NoError(h.t, err)
	send, _, err := h.store.SendPlan(h.t.Context(), setup, p.ID, p.Digest, month)
	require.NoError(h.t, err)
	for from, last := 0, r.GroupID == ""; !last; {
		page, err := h.store.WritePage(h.t.Context(), send.ID, from, 200)
		require.NoError(h.t, err)
		from, last = page.Next, page.Last
	}
}

func (h *house) only(userID string) invitation.Invitation {
	h.t.Helper()
	page, err := h.store.ListInvitations(h.t.Context(), invitation.Filter{UserID: userID}, people.Cursor{}, 2)
	require.NoError(h.t, err)
	require.Len(h.t, page.Items, 1)
	return page.Items[0]
}

func (h *house) again(id string) invitation.Invitation {
	h.t.Helper()
	i, err := h.store.Invitation(h.t.Context(), id)
	require.NoError(h.t, err)
	return i
}

// delivered lets the mail server answer what is due for the invited person.
func (h *house) delivered(i invitation.Invitation, o invitation.Outcome) {
	h.t.Helper()
	claim, err := h.store.ClaimUser(h.t.Context(), i.User.ID)
	require.NoError(h.t, err)
	require.NotEmpty(h.t, claim.Messages)
	for _, m := range claim.Messages {
		_, err := h.store.Commit(h.t.Context(), []string{m.DeliveryID}, nil)
		require.NoError(h.t, err)
		_, err = h.store.Commit(h.t.Context(), nil, []invitation.Result{{DeliveryID: m.DeliveryID, Outcome: o}})
		require.NoError(h.t, err)
	}
}

var (
	taken = invitation.Outcome{Class: invitation.Taken, Code: 250, Answer: "250 2.0.0 Ok"}
	later = invitation.Outcome{Class: invitation.Later, Code: 451, Answer: "451 try again <b>"}
)

func (h *house) cancelled(i invitation.Invitation) {
	h.t.Helper()
	_, err := h.store.CancelInvitation(h.t.Context(), setup, i.ID)
	require.NoError(h.t, err)
}

// licensed makes users who wait for an app of which there is no seat.
func (h *house) licensed(names ...string) {
	h.t.Helper()
	const place = "2049025000431439"
	ctx := h.t.Context()
	_, err := h.store.PutSetting(ctx, setup, settings.NameContentToken, settings.ContentToken{UID: place}, []byte("token"), nil)
	require.NoError(h.t, err)
	app := content.AssetRef{AdamID: "361309726", Pricing: content.PricingStandard}
	require.NoError(h.t, h.store.KeepAsset(ctx, place, content.Asset{AssetRef: app, Type: content.App, Name: "Pages", Revocable: true, Total: 1, Assigned: 1}))
	for _, name := range names {
		u := h.user(name, func(u *people.User) { u.ManagedDistribution = true })
		_, err := h.store.PutContent(ctx, setup, content.Owner{UserID: u.ID}, content.Choices(app))
		require.NoError(h.t, err)
		_, err = h.store.ClaimAccounts(ctx, place, []content.NewAccount{{UserID: u.ID, ClientUserID: "client-" + u.ID}})
		require.NoError(h.t, err)
		_, err = h.store.ApplyAccounts(ctx, place, []content.Account{{ClientUserID: "client-" + u.ID, State: content.Associated, IDHash: "hash-" + u.ID}})
		require.NoError(h.t, err)
	}
	_, err = h.store.PlanLicenses(ctx, place)
	require.NoError(h.t, err)
}

// fleet invites many members of one group.
func (h *house) fleet(n int) people.Group {
	h.t.Helper()
	members := make([]string, n)
	for i := range members {
		members[i] = h.user(fmt.Sprintf("Pupil %04d", i), func(u *people.User) { u.Email, u.ManagedDistribution = "pupil@example.org", true }).ID
	}
	g, err := h.store.CreateGroup(h.t.Context(), setup, people.Group{Name: "4A"})
	require.NoError(h.t, err)
	_, err = h.store.SetMembers(h.t.Context(), setup, g.ID, members, nil)
	require.NoError(h.t, err)
	h.send(invitation.Request{GroupID: g.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	return g
}

// rows are the ids of the tasks on a page, in their order.
func (a answer) rows() []string {
	var ids []string
	for _, part := range strings.Split(a.text, `id="task-`)[1:] {
		if id, _, found := strings.Cut(part, `"`); found && len(id) == 36 {
			ids = append(ids, id)
		}
	}
	return ids
}
