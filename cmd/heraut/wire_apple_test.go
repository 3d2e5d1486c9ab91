package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/fault"
	"heraut/internal/secrets"
	"heraut/invitation"
	"heraut/people"
	appsbookssim "heraut/simulator/appsbooks"
)

// codesByUser are invite codes.
type codesByUser map[string]content.Secret

func (c codesByUser) InviteCode(_ context.Context, userID string) (content.Secret, error) {
	if code, known := c[userID]; known {
		return code, nil
	}
	return "", fault.New(fault.NotFound, "The user is not registered.")
}

func (codesByUser) LocationOf(context.Context, string) (string, error) { return "", nil }

func TestAppleLinks(t *testing.T) {
	p, apple := bookParts(t)
	links := &appleLinks{parts: p, codes: codesByUser{"zoe": "f551b37d"}}
	_, err := links.AppleLink(t.Context(), "zoe")
	require.Equal(t, fault.NotFound, fault.CodeOf(err), "without a token")

	installed := install(t, p, apple.Token(bookOrg, nextYear()))
	url, err := links.AppleLink(t.Context(), "zoe")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(url, "https://"))
	require.Contains(t, url, "inviteCode=f551b37d&")
	_, err = links.AppleLink(t.Context(), "bram")
	require.Equal(t, fault.NotFound, fault.CodeOf(err))

	asked := len(apple.Requests())
	require.NoError(t, apple.SetScript(appsbookssim.Script{Rules: []appsbookssim.Rule{{Break: appsbookssim.Reset}}}))
	for range 3 {
		_, err = links.AppleLink(t.Context(), "zoe")
		require.NoError(t, err, "the template is kept")
	}
	require.Len(t, apple.Requests(), asked)
	links.formOf(installed.UID).due = time.Time{}
	_, err = links.AppleLink(t.Context(), "zoe")
	require.NoError(t, err, "an old template serves on")
}

func TestAppleLinksWhileAppleIsAway(t *testing.T) {
	p, apple := bookParts(t)
	install(t, p, apple.Token(bookOrg, nextYear()))
	require.NoError(t, apple.SetScript(appsbookssim.Script{Rules: []appsbookssim.Rule{{Path: "/service/config", Status: 503, Number: 9729}}}))
	links := &appleLinks{parts: p, codes: codesByUser{"zoe": "f551b37d"}}
	_, err := links.AppleLink(t.Context(), "zoe")
	require.Error(t, err)
	require.NotContains(t, err.Error(), "f551b37d")
	asked := len(apple.Requests())
	_, again := links.AppleLink(t.Context(), "zoe")
	require.Equal(t, err, again)
	require.Len(t, apple.Requests(), asked, "one page in half a minute waits for Apple")
}

// TestPageOfAnInvitationThatAppleDecides goes from the page to Apple and back,
// with everything real but Apple.
func TestPageOfAnInvitationThatAppleDecides(t *testing.T) {
	p, apple := bookParts(t)
	p.patient = patientEngine{nil, newErrands(p.log)}
	handler, err := p.handler("", t.TempDir())
	require.NoError(t, err)
	ask := func(method, path, form string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	userID, invitationID := invitedBy(t, p)
	page := "/i/" + p.keys.Link(secrets.LinkPage, invitationID, pageLink)
	read := func() string { return ask(http.MethodGet, page, "").Body.String() }
	require.Contains(t, read(), `value="accept"`)

	uid := install(t, p, apple.Token(bookOrg, nextYear())).UID
	require.NotContains(t, read(), `value="accept"`)
	require.Contains(t, read(), "over een paar minuten opnieuw", "nobody is registered yet")
	account, ok, err := p.store.UserUnregistered(t.Context(), uid, userID)
	require.NoError(t, err)
	require.True(t, ok)
	_, err = p.store.ClaimAccounts(t.Context(), uid, []content.NewAccount{account})
	require.NoError(t, err)
	require.NoError(t, p.store.SubmitAccounts(t.Context(), uid, []content.NewAccount{account}, "event"))
	at := content.Account{ClientUserID: account.ClientUserID, State: content.Registered, InviteCode: "f551b37d"}
	_, err = p.store.ApplyAccounts(t.Context(), uid, []content.Account{at})
	require.NoError(t, err)
	require.Contains(t, read(), "inviteCode=f551b37d&amp;mt=8")
	require.Contains(t, read(), "<svg")
	require.Contains(t, ask(http.MethodPost, page, "answer=accept").Header().Get("Location"), "inviteCode=f551b37d&")

	at.State, at.InviteCode = content.Associated, ""
	_, err = p.store.ApplyAccounts(t.Context(), uid, []content.Account{at})
	require.NoError(t, err)
	require.Contains(t, read(), "Je hebt de uitnodiging geaccepteerd")
}

// invitedBy invites somebody by mail.
func invitedBy(t *testing.T, p *parts) (userID, invitationID string) {
	t.Helper()
	u, err := p.store.CreateUser(t.Context(), operatorKey, people.User{FullName: "Zoë", Email: "zoe@school.example", ManagedDistribution: true})
	require.NoError(t, err)
	plan, err := p.store.CreatePlan(t.Context(), operatorKey, invitation.Request{UserID: u.ID, Audience: invitation.NotEnrolled, Policy: invitation.PolicyMail})
	require.NoError(t, err)
	_, _, err = p.store.SendPlan(t.Context(), operatorKey, plan.ID, plan.Digest, invitation.Schedule{ExpiresAfter: time.Hour})
	require.NoError(t, err)
	list, err := p.store.ListInvitations(t.Context(), invitation.Filter{UserID: u.ID}, people.Cursor{}, 1)
	require.NoError(t, err)
	return u.ID, list.Items[0].ID
}
