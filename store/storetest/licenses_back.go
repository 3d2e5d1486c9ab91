package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// licensesTakenBack: where an assignment or the services go, and not from who
// is promised the asset by another way.
func licensesTakenBack(l *library) {
	users := l.accepted("loses", "keeps", "off")
	g, second := l.group(users...), l.group(users[1])
	l.assign(g, app)
	l.assign(second, app)
	l.give(app)
	l.assign(g)
	l.change(users[2].ID, noServices)
	require.Equal(l.t, content.PlannedLicenses{Releasing: 2}, l.planned())
	require.Equal(l.t, content.LicenseReleasing, l.licensesOf(users[0])[app])
	require.Equal(l.t, content.LicenseTaken, l.licensesOf(users[1])[app])
	require.Equal(l.t, 2, l.workOn(app).Releasing)

	l.assign(g, app)
	l.planned()
	require.Equal(l.t, content.LicenseTaken, l.licensesOf(users[0])[app], "promised again before Apple was asked: it stays")
	l.assign(g)
	l.planned()
	b := l.claimBatch(app, content.Disassociate, 100)
	require.Equal(l.t, clients(users[0], users[2]), b.ClientUserIDs())
	outcomes := b.All(content.HasNot, "")
	outcomes[1].Holding = content.Has
	require.NoError(l.t, l.SettleBatch(l.t.Context(), b, outcomes))
	require.Equal(l.t, content.LicenseReleased, l.licensesOf(users[0])[app])
	require.Equal(l.t, clients(users[2]), l.claimBatch(app, content.Disassociate, 100).ClientUserIDs())
}

// licensesKept: books can not be taken back, and it says so.
func licensesKept(l *library) {
	u := l.accepted("reader")[0]
	g := l.group(u)
	l.assign(g, book)
	l.give(book)
	l.assign(g)
	require.Equal(l.t, content.PlannedLicenses{Settled: 1}, l.planned())
	kept := l.completed(content.LicenseFilter{UserID: u.ID})[0]
	require.Equal(l.t, content.LicenseKept, kept.State)
	require.Equal(l.t, "Apple does not take books back.", kept.LastAnswer)
	require.Zero(l.t, l.planned())

	l.assign(g, book)
	l.planned()
	require.Equal(l.t, content.LicenseTaken, l.licensesOf(u)[book], "promised again: nothing has to be asked")
	l.nobody(book, content.Associate)
}

// licensesOfEndedAccounts: with an account Apple takes back what it can.
func licensesOfEndedAccounts(l *library) {
	users := l.accepted("ended", "deleted")
	l.assign(l.group(users...), app, book)
	l.give(app)
	l.settleAll(l.claimBatch(book, content.Associate, 100), content.Has)
	require.NoError(l.t, l.DeleteUser(l.t.Context(), actor, users[1].ID, nil))
	l.tell(users[0], content.Retired)
	l.tell(users[1], content.Retired)
	require.Equal(l.t, content.PlannedLicenses{Settled: 4}, l.planned())
	for _, u := range users {
		require.Equal(l.t, map[content.AssetRef]content.LicenseState{app: content.LicenseReleased, book: content.LicenseKept}, l.licensesOf(u))
	}
}

// licensesAcceptedAnew: who comes back queues behind those who came before.
func licensesAcceptedAnew(l *library) {
	users := l.accepted("first", "second", "refused")
	l.assign(l.group(users...), app)
	l.planned()
	b := l.claimBatch(app, content.Associate, 100)
	outcomes := b.All(content.HasNot, "")
	outcomes[0].Holding, outcomes[2].Holding = content.Has, content.Barred
	require.NoError(l.t, l.SettleBatch(l.t.Context(), b, outcomes))
	for _, i := range []int{0, 2} {
		require.NoError(l.t, l.DeleteEnrollment(l.t.Context(), actor, users[i].ID))
		l.tell(users[i], content.Retired)
		l.planned()
	}
	l.clock.Advance(time.Hour)
	l.accept(users[2], users[0])
	require.Equal(l.t, content.PlannedLicenses{Waiting: 2}, l.planned())
	require.Equal(l.t, clients(users[1], users[2], users[0]), l.claimBatch(app, content.Associate, 100).ClientUserIDs())
}

// licensesHolders: Apple's list is the truth.
func licensesHolders(l *library) {
	users := l.accepted("has", "lost", "got it", "unasked", "taken back")
	g := l.group(users[0], users[1], users[2], users[4])
	l.assign(g, app)
	l.planned()
	b := l.claimBatch(app, content.Associate, 100)
	outcomes := b.All(content.Has, "")
	outcomes[2].Holding = content.HasNot
	require.NoError(l.t, l.SettleBatch(l.t.Context(), b, outcomes))
	l.assign(l.group(users[0], users[1], users[2]), app)
	l.assign(g)
	l.planned()

	holders := append(clients(users[0], users[2], users[3]), "somebody else's")
	require.NoError(l.t, l.KeepHolders(l.t.Context(), place, app, content.Holders{Users: holders, Devices: 2}))
	for i, want := range []content.LicenseState{
		content.LicenseTaken, content.LicenseWaiting, content.LicenseTaken, content.LicenseTaken, content.LicenseReleased,
	} {
		require.Equal(l.t, want, l.licensesOf(users[i])[app], users[i].FullName)
	}
	l.buy(app, 60, 6)
	require.False(l.t, l.workOn(app).Drift, "three of ours, somebody else's and two devices")
	require.Equal(l.t, content.PlannedLicenses{Releasing: 1}, l.planned(), "what nobody is promised is taken back")

	l.claimBatch(app, content.Associate, 1)
	require.NoError(l.t, l.KeepHolders(l.t.Context(), place, app, content.Holders{}), "while a batch is open nobody knows")
	require.Equal(l.t, content.LicenseTaken, l.licensesOf(users[0])[app])
}

func licensesWork(l *library) {
	users := l.accepted("a", "b")
	work := func() []content.LicenseWork {
		list, err := l.LicenseWork(l.t.Context(), place)
		require.NoError(l.t, err)
		return list
	}
	l.assign(l.group(users...), app)
	require.Empty(l.t, work())
	l.planned()
	require.Equal(l.t, []content.LicenseWork{{AssetRef: app, Waiting: 2, Available: 3}}, work())
	l.buy(app, 3, 3)
	require.Equal(l.t, []content.LicenseWork{{AssetRef: app, Waiting: 2, Drift: true}}, work(), "three that are not ours")
	require.NoError(l.t, l.KeepHolders(l.t.Context(), place, app, content.Holders{Devices: 3}))
	require.Empty(l.t, work(), "nothing can be done without seats")
	l.buy(app, 4, 3)
	b := l.claimBatch(app, content.Associate, 1)
	require.Equal(l.t, []content.LicenseWork{{AssetRef: app, Open: true, Waiting: 1, Available: 1}}, work())
	l.settleAll(b, content.Has)
	l.buy(app, 4, 4)
	require.Empty(l.t, work())
}

func licensesLists(l *library) {
	users := l.accepted("a", "b", "c")
	g := l.group(users[0], users[1])
	l.assign(l.group(users...), app, other)
	l.give(app)
	l.clock.Advance(time.Second)
	l.change(users[2].ID, noServices)
	l.planned()

	pages := func(list func(people.Cursor) (people.Page[content.License], error)) (all []string) {
		for after := (people.Cursor{}); ; {
			page, err := list(after)
			require.NoError(l.t, err)
			for _, one := range page.Items {
				all = append(all, one.FullName+" "+string(one.State))
			}
			if page.Next == nil {
				return all
			}
			after = *page.Next
		}
	}
	active := func(f content.LicenseFilter) []string {
		return pages(func(after people.Cursor) (people.Page[content.License], error) {
			return l.ListActiveLicenses(l.t.Context(), f, after, 1)
		})
	}
	completed := func(f content.LicenseFilter) []string {
		return pages(func(after people.Cursor) (people.Page[content.License], error) {
			return l.ListCompletedLicenses(l.t.Context(), f, after, 1)
		})
	}
	require.Equal(l.t, []string{"b waiting", "a waiting", "c releasing"}, sortedLast(active(content.LicenseFilter{}), "c releasing"))
	require.Equal(l.t, reversed(active(content.LicenseFilter{})), active(content.LicenseFilter{Oldest: true}))
	require.Equal(l.t, []string{"b waiting", "a waiting"}, active(content.LicenseFilter{GroupID: g.ID}))
	require.Equal(l.t, []string{"a waiting"}, active(content.LicenseFilter{UserID: users[0].ID}))
	require.Equal(l.t, "c withdrawn", completed(content.LicenseFilter{})[0], "the last settled first")
	require.Len(l.t, completed(content.LicenseFilter{}), 3)
	require.Equal(l.t, []string{"a taken"}, completed(content.LicenseFilter{UserID: users[0].ID}))
	_, err := l.ListCompletedLicenses(l.t.Context(), content.LicenseFilter{}, people.Cursor{Key: "soon", ID: "x"}, 1)
	requireCode(l.t, err, "invalid_request")
	require.NoError(l.t, l.DeleteSetting(l.t.Context(), actor, settings.NameContentToken))
	require.Empty(l.t, active(content.LicenseFilter{}), "without a token nothing is under way")
	require.Len(l.t, completed(content.LicenseFilter{}), 3)
}

// sortedLast puts one text at the end: ids of one instant say nothing of order
// between assets.
func sortedLast(list []string, last string) []string {
	var rest []string
	for _, one := range list {
		if one != last {
			rest = append(rest, one)
		}
	}
	return append(rest, last)
}

func licensesWaitFor(l *library) {
	users := l.accepted("a", "b", "c", "d")
	l.assign(l.group(users...), app)
	l.planned()
	waiting := func() (all []string) {
		for _, one := range l.active(content.LicenseFilter{}) {
			all = append(all, string(one.State)+":"+one.WaitingFor)
		}
		return all
	}
	b := l.claimBatch(app, content.Associate, 3)
	require.Equal(l.t, []string{"waiting:", "claimed:", "claimed:", "claimed:"}, waiting())
	_, err := l.RouteDown(l.t.Context(), invitation.BooksRoute(place), "9603", 0)
	require.NoError(l.t, err)
	require.Equal(l.t, []string{"waiting:retry", "claimed:retry", "claimed:retry", "claimed:retry"}, waiting())
	l.settleAll(b, content.Has)
	l.buy(app, 3, 3)
	require.Equal(l.t, []string{"waiting:license"}, waiting())
}

// licensesForecast counts the users of a plan, silent ones too.
func licensesForecast(l *library) {
	enrolled, back := l.accepted("enrolled")[0], l.accepted("comes back")[0]
	invited := l.user("invited")
	silent := l.change(l.user("silent").ID, func(u *people.User) { u.ManagedAppleAccount = "s@example.org" })
	off := l.change(l.user("off").ID, noServices)
	g := l.group(enrolled, back, invited, silent, off)
	l.assign(g, app, book)
	l.give(app)
	l.settleAll(l.claimBatch(book, content.Associate, 100), content.Has)
	require.NoError(l.t, l.DeleteEnrollment(l.t.Context(), actor, back.ID))
	l.tell(back, content.Retired)
	l.planned()
	p := l.plan(by(invitation.PolicyMail, ofGroup(g)))
	forecast, err := l.ForecastLicenses(l.t.Context(), p.ID)
	require.NoError(l.t, err)
	require.Equal(l.t, []content.Forecast{
		{AssetRef: book, Location: place, Needed: 2, Available: 100}, {AssetRef: app, Location: place, Needed: 3, Available: 3},
	}, forecast, "who comes back still has the book")

	l.assign(g)
	forecast, err = l.ForecastLicenses(l.t.Context(), p.ID)
	require.NoError(l.t, err)
	require.Empty(l.t, forecast)
}
