package acceptance_test

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	"heraut/internal/secrets"
)

const form = "Content-Type: application/x-www-form-urlencoded"

// invited is a person with one open invitation by mail, and its page.
func (s *site) invited() (p person, page string, i client.Invitation) {
	s.Helper()
	p = s.one(byMail)
	s.invite(toUser(p.id))
	mail := s.mailTo(p.email, 1)
	return p, pageIn(&mail), s.reaches(p.id, client.InvitationStateSent)
}

// Whatever is wrong with a token, the answer is the one unknown page, and
// nothing changes.
func TestOnlyTheTrueLinkOpensThePage(t *testing.T) {
	s := serve(t)
	p, page, i := s.invited()
	keys, err := secrets.Load(filepath.Join(s.data, "secrets"))
	require.NoError(t, err)
	base, token := page[:strings.LastIndexByte(page, '/')+1], page[strings.LastIndexByte(page, '/')+1:]
	require.Equal(t, token, keys.Link(secrets.LinkPage, i.ID, 1))
	unknown := s.raw(http.MethodGet, base+"nonsense", "")
	require.Equal(t, http.StatusNotFound, unknown.status)

	other := s.one(byMail)
	wrong := map[string]string{
		"a bit flipped in the code":   token[:len(token)-2] + flipped(token[len(token)-2]) + token[len(token)-1:],
		"a bit flipped in the key id": flipped(token[0]) + token[1:],
		"cut":                         token[:len(token)-1],
		"longer":                      token + "A",
		"twice":                       token + token,
		"in another case":             strings.ToUpper(token),
		"a space after it":            token + "%20",
		"an escaped slash":            token + "%2F",
		"of another purpose":          keys.Link(secrets.LinkStop, i.ID, 1),
		"of another number":           keys.Link(secrets.LinkPage, i.ID, 2),
		"of a user":                   keys.Link(secrets.LinkPage, other.id, 1),
		"the invitation's id":         i.ID,
		"its hash":                    string(slices.Repeat([]byte("a"), 64)),
	}
	for what, bad := range wrong {
		for _, path := range []string{bad, bad + "/new-link", bad + "/stop"} {
			got := s.raw(http.MethodGet, base+path, "")
			require.Equal(t, http.StatusNotFound, got.status, "%s: GET %s", what, path)
			require.Equal(t, unknown.body, got.body, what)
			got = s.raw(http.MethodPost, base+path, "answer=accept", form)
			require.Equal(t, http.StatusNotFound, got.status, "%s: POST %s", what, path)
			require.Equal(t, unknown.body, got.body, what)
		}
	}
	require.Equal(t, i, s.invitation(p.id), "nothing has changed")
}

// flipped is a character of base64url with one bit of its six changed.
func flipped(c byte) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(alphabet[strings.IndexByte(alphabet, c)^1])
}

// Scanners of mail open every link, and some ask for more.
func TestLookingAtAPageChangesNothing(t *testing.T) {
	s := serve(t)
	p, page, i := s.invited()
	rows := len(s.audit())

	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete, http.MethodPatch} {
		for _, path := range []string{"", "?answer=accept", "/stop", "/new-link"} {
			got := s.raw(method, page+path, "answer=accept", form)
			require.Less(t, got.status, 500, "%s %s", method, path)
			require.NotContains(t, got.header.Get("Location"), "?answer", "%s %s", method, path)
			if got.status == http.StatusOK {
				require.Equal(t, "no-referrer", got.header.Get("Referrer-Policy"), "%s %s", method, path)
			}
		}
	}
	cross := s.raw(http.MethodPost, page, "answer=accept", form, "Origin: http://elsewhere.example", "Sec-Fetch-Site: cross-site")
	require.Equal(t, http.StatusForbidden, cross.status, "another site's form")
	require.Equal(t, http.StatusBadRequest, s.raw(http.MethodPost, page, "answer=perhaps", form).status)

	require.Equal(t, i, s.invitation(p.id))
	require.Len(t, s.audit(), rows)
}

func TestOfManyAnswersAtOnceOneWins(t *testing.T) {
	s := serve(t)
	p, page, i := s.invited()
	answers := make([]reply, 64)
	var posts sync.WaitGroup
	for n := range answers {
		answer := []string{"accept", "decline"}[n%2]
		posts.Go(func() {
			answers[n], _ = s.tryRaw(http.MethodPost, page, "answer="+answer, form) // looked at below
		})
	}
	posts.Wait()

	for n, answer := range answers {
		require.Equal(t, http.StatusSeeOther, answer.status, "answer %d", n)
	}
	settled := s.invitation(p.id)
	require.Contains(t, []client.InvitationState{client.InvitationStateAccepted, client.InvitationStateDeclined}, settled.State)
	require.Equal(t, 1, s.audited(i.ID, "invitation.accept")+s.audited(i.ID, "invitation.decline"))
	want := map[client.InvitationState]client.UserState{
		client.InvitationStateAccepted: client.UserStateEnrolled, client.InvitationStateDeclined: client.UserStateInvited,
	}[settled.State]
	s.completes(s.engine(), i.WorkflowID)
	require.Equal(t, want, s.user(p.id).State)
	s.check(settled.SendIds)
}

// audited counts the rows of the audit log that tell one thing of an object.
func (s *site) audited(object, what string) int {
	s.Helper()
	n := 0
	for _, row := range s.audit() {
		if row.ObjectID == object && row.What == what {
			n++
		}
	}
	return n
}

// A key that was rotated still opens its links; one that was retired does not.
func TestARetiredKeyOpensNothing(t *testing.T) {
	s := serve(t)
	p, page, i := s.invited()
	old, err := secrets.Load(filepath.Join(s.data, "secrets"))
	require.NoError(t, err)

	s.serving.stop()
	s.command("admin", "rotate-keys", "--data", s.data)
	s.startServe()
	status, _ := s.visit(page)
	require.Equal(t, http.StatusOK, status)

	s.serving.stop()
	s.command("admin", "rotate-keys", "--data", s.data, "--retire", old.CurrentID())
	s.startServe()
	status, text := s.answer(page, "accept")
	require.Equal(t, http.StatusNotFound, status)
	_, unknown := s.visit(s.url + "/i/nonsense")
	require.Equal(t, unknown, text)
	require.Equal(t, i.State, s.invitation(p.id).State)
}
