package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// served is a user with the services on.
func served(u *people.User) { u.ManagedDistribution = true }

// mailed gives a user an address as well.
func mailed(u *people.User) { u.ManagedDistribution, u.Email = true, "somebody@example.org" }

// phone makes a device of a user that push reaches.
func (h *house) phone(u people.User, name string) people.Device {
	h.t.Helper()
	h.phones++
	d, err := h.store.CreateDevice(h.t.Context(), setup, people.Device{
		Name: name, Platform: people.IPadOS, UserID: u.ID,
		Push: []people.PushChannel{{Kind: people.PushAlert, Topic: "org.example.app", Token: fmt.Sprintf("%08x", h.phones)}},
	})
	require.NoError(h.t, err)
	return d
}

// deliver lets a provider take all that is due for a user.
func (h *house) deliver(u people.User) {
	h.t.Helper()
	claim, err := h.store.ClaimUser(h.t.Context(), u.ID)
	require.NoError(h.t, err)
	ids, results := make([]string, len(claim.Messages)), make([]invitation.Result, len(claim.Messages))
	for i, m := range claim.Messages {
		ids[i] = m.DeliveryID
		results[i] = invitation.Result{DeliveryID: m.DeliveryID, Outcome: invitation.Outcome{Class: invitation.Taken, Answer: "Ok"}}
	}
	_, err = h.store.Commit(h.t.Context(), ids, nil)
	require.NoError(h.t, err)
	_, err = h.store.Commit(h.t.Context(), nil, results)
	require.NoError(h.t, err)
}

// sent plans and confirms for the store alone.
func (h *house) sent(r invitation.Request) invitation.Send {
	h.t.Helper()
	plan, err := h.store.CreatePlan(h.t.Context(), setup, r)
	require.NoError(h.t, err)
	send, _, err := h.store.SendPlan(h.t.Context(), setup, plan.ID, plan.Digest, settings.DefaultInvitations().Freeze())
	require.NoError(h.t, err)
	return send
}

func forGroup(g people.Group) invitation.Request {
	return invitation.Request{GroupID: g.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto}
}

func forUser(u people.User) invitation.Request {
	return invitation.Request{UserID: u.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyAuto}
}

// planned presses a button that plans, and opens the page that it leads to.
func (h *house) planned(fields url.Values) (path string, page answer) {
	h.t.Helper()
	made := h.post("/plans", fields)
	require.Equal(h.t, http.StatusSeeOther, made.status, made.words())
	page = h.get(made.location)
	require.Equal(h.t, http.StatusOK, page.status)
	return made.location, page
}

// digest is what the form of a page confirms.
func (a answer) digest() url.Values {
	found := regexp.MustCompile(`name="digest" value="([0-9a-f]{64})"`).FindStringSubmatch(a.text)
	if found == nil {
		return url.Values{}
	}
	return url.Values{"digest": {found[1]}}
}

// plan is the path of the plan whose form a page shows.
func (a answer) plan() string {
	found := regexp.MustCompile(`action="(/plans/[0-9a-f-]+)/send"`).FindStringSubmatch(a.text)
	if found == nil {
		return ""
	}
	return found[1]
}

// dialog are the headers of htmx when it fills the dialog.
var dialog = []string{"HX-Request", "true", "HX-Target", "dialog"}
