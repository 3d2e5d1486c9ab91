package acceptance_test

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/api/client"
	appsbookssim "heraut/simulator/appsbooks"
)

// theApp is what everybody waits for.
const theApp = "1001"

// line is people who stand in line for an app.
type line struct {
	*managed

	people []person
	// codes and accounts are those of users at Apple, by the user's id.
	codes, accounts map[string]string
}

// Whoever was recorded first is served first, over kills at random moments;
// the others follow in order as seats come. The drill has sixty people and
// forty-five seats.
func TestDrillLicensesGoFirstComeFirstServed(t *testing.T) {
	t.Parallel()
	size, seats, kills := 12, 9, 2
	if drill() {
		size, seats, kills = 60, 45, 15
	}
	l := &line{managed: serveManaged(t), codes: map[string]string{}, accounts: map[string]string{}}
	l.buy(seats)
	everyone, group := l.managed.people(size, all(byMail))
	l.people = everyone
	l.promise(group, theApp)
	plan := l.plan(toGroup(group))
	require.Equal(t, []client.LicenseForecast{
		{Location: l.uid(), AdamID: theApp, Pricing: client.PricingSTDQ, Needed: size, Available: seats},
	}, plan.Licenses)
	send := l.confirm(plan)
	l.learn()

	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	l.acceptOver(kills, random)
	l.settled(send.ID)
	l.served(seats)

	l.books.AddAsset(org, appsbookssim.Asset{AdamID: theApp, Total: 1})
	l.shake(random)
	l.served(seats + 1)

	first := l.order()[0]
	l.switchOff(first)
	l.shake(random)
	l.served(seats+2, first)
	l.check([]string{send.ID})
}

// learn reads in everybody's mail what they are called at Apple.
func (l *line) learn() {
	l.Helper()
	for _, p := range l.people {
		_, apple := l.mailed(p)
		l.codes[p.id] = l.inviteCode(apple)
	}
	names := map[string]string{}
	for _, u := range l.books.Users(org) {
		names[u.InviteCode] = u.ClientUserID
	}
	for user, code := range l.codes {
		l.accounts[user] = names[code]
	}
}

// acceptOver lets everybody accept in random order, with kills between: the
// first while Apple gives licenses that nobody has heard of yet.
func (l *line) acceptOver(kills int, random *rand.Rand) {
	l.Helper()
	arriving := slices.Clone(l.people)
	random.Shuffle(len(arriving), func(i, j int) { arriving[i], arriving[j] = arriving[j], arriving[i] })
	kill := []func(*killer, *rand.Rand){l.killWhileGiven}
	for range kills - 1 {
		kill = append(kill, moments[2+len(kill)%2])
	}
	for some := range slices.Chunk(arriving, (len(arriving)+kills-1)/kills) {
		for _, p := range some {
			require.NoError(l, l.books.Accept(l.codes[p.id], p.id+"@icloud.example"))
		}
		l.round(kill[0], random)
		kill = kill[1:]
	}
}

// killWhileGiven is a moment to kill.
func (l *line) killWhileGiven(k *killer, _ *rand.Rand) {
	eventually(l, func() bool {
		return slices.ContainsFunc(l.books.Requests(), func(r appsbookssim.Request) bool { return r.Path == "/assets/associate" })
	}, "Apple is asked for licenses")
	k.serving.kill()
}

// shake kills once more in a drill: what was under way is taken up only after
// a while.
func (l *line) shake(random *rand.Rand) {
	l.Helper()
	if drill() {
		l.round(moments[2], random)
	}
}

// order is the users in the order in which Heraut recorded them; of those that
// one look at Apple found, in Apple's.
func (l *line) order() (users []string) {
	l.Helper()
	listed := map[string]int{}
	for i, u := range l.books.Users(org) {
		listed[u.ClientUserID] = i
	}
	enrolled := l.enrollments()
	slices.SortFunc(enrolled, func(a, b client.Enrollment) int {
		return cmp.Or(a.EnrolledAt.Compare(b.EnrolledAt), listed[l.accounts[a.UserID]]-listed[l.accounts[b.UserID]])
	})
	for _, e := range enrolled {
		users = append(users, e.UserID)
	}
	return users
}

// served waits until the first n of the line have their app, but for those who
// gave it back, and nobody else; the others are shown to wait for a license.
func (l *line) served(n int, gone ...string) {
	l.Helper()
	order := l.order()
	require.Len(l, order, len(l.people))
	having := slices.DeleteFunc(slices.Clone(order[:n]), func(user string) bool { return slices.Contains(gone, user) })
	var taken, waiting []string
	eventually(l, func() bool {
		taken, waiting = nil, nil
		for _, task := range l.contentTasks() {
			switch {
			case task.State == client.TaskStateTaken:
				taken = append(taken, task.User.ID)
			case value(task.WaitingFor) == client.WaitingForLicense:
				waiting = append(waiting, task.User.ID)
			}
		}
		return len(taken) == len(having) && len(waiting) == len(order)-n
	}, "%d have the app", len(having))
	require.ElementsMatch(l, having, taken)
	require.ElementsMatch(l, order[n:], waiting)
	var assigned, accounts []string
	for _, a := range l.books.Assignments(org) {
		assigned = append(assigned, a.ClientUserID)
	}
	for _, user := range having {
		accounts = append(accounts, l.accounts[user])
	}
	require.ElementsMatch(l, accounts, assigned, "so it is at Apple")
}

// switchOff ends the services for a user, and with them what was given.
func (l *line) switchOff(user string) {
	l.Helper()
	ask(l, http.StatusOK, func() (*client.UpdateUserResponse, error) {
		return l.api.UpdateUserWithApplicationMergePatchPlusJSONBodyWithResponse(l.Context(), user, nil, client.UserPatch{
			ManagedDistribution: new(false),
		})
	})
}
