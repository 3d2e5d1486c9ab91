package acceptance_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	appsbookssim "heraut/simulator/appsbooks"
)

// links are what a page leads to.
var links = regexp.MustCompile(`href="([^"]+)"`)

// appleIn is where a page leads on to Apple; empty when it does not.
func appleIn(page string) string {
	for _, link := range links.FindAllStringSubmatch(page, -1) {
		if address := html.UnescapeString(link[1]); strings.Contains(address, appsbookssim.InvitePath) {
			return address
		}
	}
	return ""
}

// inviteCode is the code in one of Apple's addresses.
func (m *managed) inviteCode(invitationURL string) string {
	m.Helper()
	address, err := url.Parse(invitationURL)
	require.NoError(m, err)
	code := address.Query().Get("inviteCode")
	require.NotEmpty(m, code, "the address of an invitation has a code")
	return code
}

// mailed waits for a person's mail, and returns the page it leads to and
// Apple's address there.
func (m *managed) mailed(p person) (page, apple string) {
	m.Helper()
	mail := m.mailTo(p.email, 1)
	_, text := m.visit(pageIn(&mail))
	apple = appleIn(text)
	require.NotEmpty(m, apple, "the page leads on to Apple")
	return pageIn(&mail), apple
}

func TestAppleAloneDecidesWhoAccepts(t *testing.T) {
	t.Parallel()
	m := serveManaged(t)
	everyone, group := m.people(2, all(byMail))
	p, unwilling := everyone[0], everyone[1]
	send := m.invite(toGroup(group))
	page, apple := m.mailed(p)

	t.Log("a page that was opened, and what its older forms send, accept nothing")
	_, text := m.visit(page)
	require.Contains(t, text, "<svg", "a code for another device")
	require.NotContains(t, text, `value="accept"`)
	pressed := m.raw(http.MethodPost, page, "answer=accept", form)
	require.Equal(t, http.StatusSeeOther, pressed.status)
	require.Equal(t, apple, pressed.header.Get("Location"))
	open := m.reaches(p.id, client.InvitationStateSent)
	refused := ask(t, http.StatusConflict, func() (*client.AcceptInvitationResponse, error) {
		return m.api.AcceptInvitationWithResponse(t.Context(), open.ID, nil)
	})
	require.Contains(t, string(refused.Body), `"conflict"`)
	require.Equal(t, open, m.invitation(p.id))
	require.Empty(t, m.enrollments())

	m.owners.Mail(p.email, []string{page})
	accepted := m.reaches(p.id, client.InvitationStateAccepted)
	require.Equal(t, "apps_and_books", m.enrollments()[0].Source)
	require.Empty(t, m.books.Notifications(), "it was learned by asking")
	_, text = m.visit(page)
	require.Empty(t, appleIn(text), "whoever has accepted is not led on again")
	m.completes(m.engine(), accepted.WorkflowID)

	other, _ := m.mailed(unwilling)
	m.answer(other, "decline")
	m.reaches(unwilling.id, client.InvitationStateDeclined)
	m.settled(send.ID)
	m.check([]string{send.ID})
}

// Who accepts at Apple after the end is enrolled, for so it is there; the
// invitation stays as it ended.
func TestAcceptanceAtAppleAfterTheEnd(t *testing.T) {
	t.Parallel()
	m := serveManaged(t)
	late, cancelled := m.one(byMail), m.one(byMail)
	m.setInvitations(client.InvitationSettingsPut{ExpiresAfter: new("PT5S")})
	sends := []*client.Send{m.invite(toUser(late.id))}
	codes := map[person]string{late: m.codeOfUser(0)}
	m.setInvitations(client.InvitationSettingsPut{ExpiresAfter: new("P30D")})
	sends = append(sends, m.invite(toUser(cancelled.id)))
	codes[cancelled] = m.codeOfUser(1)
	ask(t, http.StatusAccepted, func() (*client.CancelSendResponse, error) {
		return m.api.CancelSendWithResponse(t.Context(), sends[1].ID, nil)
	})
	ends := map[person]client.InvitationState{
		late: client.InvitationStateExpired, cancelled: client.InvitationStateCancelled,
	}
	for p, state := range ends {
		before := m.reaches(p.id, state)
		require.NoError(t, m.books.Accept(codes[p], p.id+"@icloud.example"))
		m.becomes(p.id, client.UserStateEnrolled)
		require.Equal(t, before, m.invitation(p.id))
	}
	for _, send := range sends {
		m.checkSend(send.ID)
	}
	require.Len(t, m.enrollments(), 2)
	m.checkAudit()
}

// codeOfUser waits for the n-th user at Apple, and is that user's invite code.
func (m *managed) codeOfUser(n int) (code string) {
	m.Helper()
	eventually(m, func() bool {
		users := m.books.Users(org)
		if len(users) > n {
			code = users[n].InviteCode
		}
		return code != ""
	}, "user %d is registered", n)
	return code
}
