package bench

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"heraut/api/client"
	appsbookssim "heraut/simulator/appsbooks"
)

const (
	// appleOrg is the organization of the content token.
	appleOrg = "Bench"
	// usersAtOnce is how many users Apple takes in one request.
	usersAtOnce = 100
	// requestsASecond is what Apple allows.
	requestsASecond = 15
)

// measureApple registers users at the simulated Apps and Books, invites them by
// mail, and lets all of them accept there. Apple is in this process, and
// notifies nobody: acceptances are found by polling.
func measureApple(ctx context.Context, r *run) error {
	m := &appleRun{mailing: mailing{run: r, mails: r.Size.Apple}}
	if err := m.set(ctx, "apple"); err != nil {
		return err
	}
	if err := m.installToken(ctx); err != nil {
		return err
	}
	plan, err := m.planFor(ctx, m.server, m.mails)
	if err != nil {
		return err
	}
	m.say("registering and inviting %d users", m.mails)
	send, err := m.server.send(ctx, plan)
	if err != nil {
		return err
	}
	begun := time.Now()
	if _, err := m.server.settled(ctx, send.ID, func(c client.InvitationCounts) bool { return c.Queued == 0 }); err != nil {
		return err
	}
	m.figure("registered and invited", float64(m.mails)/time.Since(begun).Seconds(), "1/s", "from the 202 to the last mail's result")
	if err := m.accepted(ctx, plan.GroupID.MustGet()); err != nil {
		return err
	}
	return m.count()
}

// appleRun is a send to people who accept at Apple.
type appleRun struct {
	mailing

	apple *appsbookssim.Server
}

// installToken starts Apps and Books, and Heraut anew with it.
func (m *appleRun) installToken(ctx context.Context) error {
	var err error
	if m.apple, err = appsbookssim.New(appsbookssim.Options{}); err != nil {
		return fmt.Errorf("starting Apps and Books: %w", err)
	}
	m.onClose(m.apple.Close)
	ca := filepath.Join(m.server.dir, "appsbooks-ca.pem")
	if err := os.WriteFile(ca, m.apple.CAPEM(), 0o600); err != nil {
		return fmt.Errorf("writing Apple's authority: %w", err)
	}
	if err := m.server.stop(); err != nil {
		return err
	}
	m.server.env = append(m.server.env, "HERAUT_APPSBOOKS_URL="+m.apple.URL(), "HERAUT_APPSBOOKS_CA="+ca, "HERAUT_ASK_APPLE_EVERY="+pollEvery.String())
	if err := m.server.start(ctx); err != nil {
		return err
	}
	file := string(m.apple.Token(appleOrg, time.Now().AddDate(1, 0, 0)))
	got, err := m.server.api.PutContentTokenWithResponse(ctx, client.ContentTokenPut{TokenFile: &file})
	if _, err := want(http.StatusOK, got, err); err != nil {
		return fmt.Errorf("installing a content token: %w", err)
	}
	return nil
}

// pollEvery is how often Heraut asks Apple who has accepted.
const pollEvery = 5 * time.Second

// accepted lets everybody accept and waits until all are enrolled.
func (m *appleRun) accepted(ctx context.Context, groupID string) error {
	users := m.apple.Users(appleOrg)
	if len(users) != m.mails {
		return fmt.Errorf("%d users are registered at Apple, not %d", len(users), m.mails)
	}
	begun := time.Now()
	for _, u := range users {
		if err := m.apple.Accept(u.InviteCode, u.ClientUserID+"@icloud.example"); err != nil {
			return fmt.Errorf("accepting at Apple: %w", err)
		}
	}
	if err := m.server.enrolled(ctx, groupID); err != nil {
		return err
	}
	m.figure("acceptances learned by polling", float64(m.mails)/time.Since(begun).Seconds(), "1/s",
		"every "+pollEvery.String()+", from the first acceptance at Apple until all are enrolled")
	return nil
}

// count tells what Apple was asked.
func (m *appleRun) count() error {
	requests := m.apple.Requests()
	creates, refused, created := 0, 0, 0
	var times []time.Time
	for _, one := range requests {
		if one.Path != "/service/config" {
			times = append(times, one.At)
		}
		if one.Path == "/users/create" {
			creates++
			created += one.Elements
		}
		if one.Status == http.StatusTooManyRequests {
			refused++
		}
	}
	if created != m.mails {
		return fmt.Errorf("%d users were asked for at Apple, not %d", created, m.mails)
	}
	m.figure("requests to Apple", float64(len(requests)), "", "all of them")
	m.atMost(float64((m.mails+usersAtOnce-1)/usersAtOnce), "requests that register", float64(creates), "", "")
	m.atMost(requestsASecond, "requests in one second, at most", float64(densest(times)), "", "")
	m.atMost(0, "requests over the limit", float64(refused), "", "")
	return nil
}

// densest is the largest number of sorted instants within any second.
func densest(times []time.Time) int {
	most, from := 0, 0
	for to, at := range times {
		for at.Sub(times[from]) >= time.Second {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}
