package acceptance_test

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"heraut/api/client"
)

// onTheWire are how many mails and pushes a process sends at once by default:
// what one kill leaves in doubt.
const mailsOnTheWire, pushesOnTheWire = 10, 50

// afterwards waits until what was killed has recovered, holds that each person
// was invited once, lets everybody accept, and holds the invariants.
func (k *killer) afterwards(send string, everyone []person, kills int) {
	k.Helper()
	lost := k.recovered(send)
	require.LessOrEqual(k, len(lost), kills*mailsOnTheWire)
	k.checkOnce(everyone, lost, kills)
	k.acceptAll(everyone)
	k.settled(send)
	for _, p := range everyone {
		k.becomes(p.id, client.UserStateEnrolled)
	}
	k.check([]string{send}, k.twice()...)
	require.Equal(k, len(everyone), k.send(send).Counts.Accepted)
	k.completes(k.engine(), k.send(send).WorkflowID)
}

// recovered waits until every invitation has left or waits for the ten minutes
// after which a mail of unknown fate goes out again, and returns the latter. A
// drill waits for those too.
func (k *killer) recovered(send string) (lost map[string]bool) {
	k.Helper()
	wait := 2 * time.Minute
	if drill() {
		wait = 15 * time.Minute
	}
	require.Eventually(k, func() bool {
		lost = map[string]bool{}
		for _, task := range k.active(send) {
			switch {
			case task.State != client.TaskStateQueued:
			case !drill() && strings.Contains(value(task.LastAnswer), "on the wire"):
				require.Equal(k, client.WaitingForRetry, value(task.WaitingFor))
				require.WithinDuration(k, time.Now(), value(task.NextActionAt), 10*time.Minute)
				lost[task.User.ID] = true
			default:
				return false
			}
		}
		// What no page has written yet is queued, and no task.
		return k.send(send).Counts.Queued == len(lost)
	}, wait, 10*pace, "all leave or wait as lost")
	return lost
}

// checkOnce holds that each person got one first message, apart from those
// whose message was on the wire at a kill: these got identical copies.
func (k *killer) checkOnce(everyone []person, lost map[string]bool, kills int) {
	k.Helper()
	pushes := k.apns.CountByToken()
	again := 0
	for _, p := range everyone {
		mails := k.sink.MessagesTo(p.email)
		if p.token != "" {
			require.Empty(k, mails, "%s has a device that takes pushes", p.name)
			require.GreaterOrEqual(k, pushes[p.token], 1, "pushes to %s", p.name)
			require.LessOrEqual(k, pushes[p.token], 1+kills, "pushes to %s", p.name)
			again += pushes[p.token] - 1
			continue
		}
		if len(mails) == 0 {
			require.True(k, lost[p.id], "no mail to %s", p.name)
		}
		require.LessOrEqual(k, len(mails), 2, "mails to %s", p.name)
	}
	require.Len(k, k.apns.CountByApnsID(), len(pushes), "a push that is repeated has the same apns-id")
	require.LessOrEqual(k, again, kills*pushesOnTheWire)
	require.LessOrEqual(k, len(k.twice()), kills*mailsOnTheWire)
	k.Logf("after %d kills: %d mails in doubt, %d mails twice, %d pushes repeated", kills, len(lost), len(k.twice()), again)
}

// twice are the Message-IDs that came twice.
func (k *killer) twice() []string {
	var ids []string
	for id, copies := range k.sink.Copies() {
		if copies > 1 {
			ids = append(ids, id)
		}
	}
	return ids
}

// acceptAll lets everybody accept on the page that their message leads to;
// those whose mail was lost accept through the API.
func (k *killer) acceptAll(everyone []person) {
	k.Helper()
	pages := map[string]string{}
	for _, push := range k.apns.Received() {
		pages[push.Token] = push.Content().Link
	}
	for _, mail := range k.sink.Messages() {
		pages[mail.To[0]] = pageIn(&mail)
	}
	var calls errgroup.Group
	calls.SetLimit(8)
	for _, p := range everyone {
		page := cmp.Or(pages[p.token], pages[p.email])
		calls.Go(func() error { return k.accept(p, page) })
	}
	require.NoError(k, calls.Wait())
}

func (s *site) accept(p person, page string) error {
	if page != "" {
		response, err := browser.PostForm(page, url.Values{"answer": {"accept"}})
		if err != nil {
			return err
		}
		if response.StatusCode != http.StatusOK {
			err = fmt.Errorf("accepting on the page: %s", response.Status)
		}
		return errors.Join(err, response.Body.Close())
	}
	listed, err := s.api.ListInvitationsWithResponse(s.Context(), &client.ListInvitationsParams{UserID: &p.id})
	if err != nil {
		return err
	}
	accepted, err := s.api.AcceptInvitationWithResponse(s.Context(), listed.JSON200.Items[0].ID, nil)
	if err == nil && accepted.StatusCode() != http.StatusAccepted {
		err = fmt.Errorf("accepting through the API: %s", accepted.Body)
	}
	return err
}
