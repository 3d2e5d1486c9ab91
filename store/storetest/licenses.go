package storetest

import (
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/people"
)

// licensesPromised: directly, and through nested groups.
func licensesPromised(l *library) {
	users := l.accepted("direct", "member", "nested", "both")
	inner := l.group(users[2], users[3])
	outer := addGroup(l.t, l.Store, "outer", []string{users[1].ID, users[3].ID}, []string{inner.ID})
	l.assign(outer, app)
	l.assign(inner, book, app)
	_, err := l.PutContent(l.t.Context(), actor, content.Owner{UserID: users[0].ID}, content.Choices(other))
	require.NoError(l.t, err)

	require.Equal(l.t, 6, l.planned().Waiting)
	waits := content.LicenseWaiting
	for i, want := range []map[content.AssetRef]content.LicenseState{{other: waits}, {app: waits}, {app: waits, book: waits}, {app: waits, book: waits}} {
		require.Equal(l.t, want, l.licensesOf(users[i]))
	}
	require.Equal(l.t, 3, l.listed(100)[1].Waiting)
}

// licensesNotPromised: who has not accepted at Apple, is not enrolled any more,
// or has the services off gets nothing.
func licensesNotPromised(l *library) {
	users := l.accepted("off", "left", "deleted")
	stranger, registered := l.user("not accepted"), l.user("registered")
	_, err := l.ClaimAccounts(l.t.Context(), place, []content.NewAccount{{UserID: registered.ID, ClientUserID: clientOf(registered)}})
	require.NoError(l.t, err)
	l.tell(registered, content.Registered)
	l.assign(l.group(append(users, stranger, registered)...), app)
	l.change(users[0].ID, noServices)
	require.NoError(l.t, l.DeleteEnrollment(l.t.Context(), actor, users[1].ID))
	require.NoError(l.t, l.DeleteUser(l.t.Context(), actor, users[2].ID, nil))
	require.Zero(l.t, l.planned())

	l.change(users[0].ID, func(u *people.User) { u.ManagedDistribution = true })
	require.Equal(l.t, content.PlannedLicenses{Waiting: 1}, l.planned())
	l.assign(l.group(users[0]), other)
	l.change(users[0].ID, noServices)
	require.Equal(l.t, content.PlannedLicenses{Settled: 1}, l.planned(), "what was not given yet is withdrawn")
	require.Equal(l.t, map[content.AssetRef]content.LicenseState{app: content.LicenseWithdrawn}, l.licensesOf(users[0]))
}

func licensesPlannedTwice(l *library) {
	users := l.accepted("a", "b")
	g := l.group(users...)
	l.assign(g, app, other)
	require.Equal(l.t, content.PlannedLicenses{Waiting: 4}, l.planned())
	require.Zero(l.t, l.planned())
	before := l.active(content.LicenseFilter{})
	b := l.claimBatch(app, content.Associate, 1)
	require.Zero(l.t, l.planned(), "a batch under way is left alone")
	l.settleAll(b, content.HasNot)
	require.Equal(l.t, before, l.active(content.LicenseFilter{}))

	l.assign(g, other)
	require.Equal(l.t, content.PlannedLicenses{Settled: 2}, l.planned())
	l.assign(g, other, app)
	require.Equal(l.t, content.PlannedLicenses{Waiting: 2}, l.planned())
	require.NotEqual(l.t, before[1].ID, l.active(content.LicenseFilter{})[1].ID, "who waits anew is a new task")
}

// licensesInOrder: by acceptance, not by when the asset was promised, or names,
// or ids.
func licensesInOrder(l *library) {
	names := []string{"e", "d", "c", "b", "a"}
	users := make([]people.User, len(names))
	for i, name := range names {
		users[len(names)-1-i] = l.user(name) // made in the order opposite to accepting
	}
	l.accept(users...)
	l.assign(l.group(users[3], users[4]), app)
	l.planned()
	l.assign(l.group(users...), app)
	l.planned()

	first := l.claimBatch(app, content.Associate, 2)
	require.Equal(l.t, clients(users[:2]...), first.ClientUserIDs())
	l.settleAll(first, content.Has)
	second := l.claimBatch(app, content.Associate, 100)
	require.Equal(l.t, clients(users[2:]...), second.ClientUserIDs())
	outcomes := second.All(content.HasNot, "9709: not enough licenses")
	outcomes[1].Holding = content.Has
	require.NoError(l.t, l.SettleBatch(l.t.Context(), second, outcomes))
	require.Equal(l.t, clients(users[2], users[4]), l.claimBatch(app, content.Associate, 100).ClientUserIDs(), "who was left out stays first")
}

// licensesBatches: one at a time of an asset, and it is found again.
func licensesBatches(l *library) {
	users := l.accepted("a", "b", "c")
	l.assign(l.group(users...), app, other)
	l.planned()
	l.nobody(app, content.Disassociate)
	_, open, err := l.OpenBatch(l.t.Context(), place, app)
	require.NoError(l.t, err)
	require.False(l.t, open)

	b := l.claimBatch(app, content.Associate, 2)
	require.Len(l.t, b.Members, 2)
	require.Zero(l.t, b.Submission)
	require.Equal(l.t, b, l.claimBatch(app, content.Associate, 100), "another claim gets the open one")
	require.True(l.t, l.workOn(app).Open)
	require.False(l.t, l.workOn(other).Open, "another asset has its own")

	b.Submission = content.Submission{EventID: "event-1", At: l.clock.Now()}
	require.NoError(l.t, l.BatchSubmitted(l.t.Context(), b.ID, b.Submission))
	again, open, err := l.OpenBatch(l.t.Context(), place, app)
	require.NoError(l.t, err)
	require.True(l.t, open)
	require.Equal(l.t, b, again)

	l.settleAll(b, content.Has)
	l.settleAll(b, content.HasNot) // a late run knows less
	require.Equal(l.t, content.LicenseTaken, l.licensesOf(users[0])[app])
	require.NoError(l.t, l.BatchSubmitted(l.t.Context(), b.ID, content.Submission{EventID: "late", At: l.clock.Now()}))
	next := l.claimBatch(app, content.Associate, 100)
	require.Equal(l.t, clients(users[2]), next.ClientUserIDs())
	require.Zero(l.t, next.Submission)
}

func licensesSettled(l *library) {
	users := l.accepted("has", "has not", "barred", "forgotten")
	l.assign(l.group(users...), app)
	l.planned()
	b := l.claimBatch(app, content.Associate, 100)
	outcomes := b.All(content.Has, "")[:3]
	outcomes[1].Holding, outcomes[1].Answer = content.HasNot, "9709: not enough licenses"
	outcomes[2].Holding, outcomes[2].Answer = content.Barred, "9609: not found"
	require.NoError(l.t, l.SettleBatch(l.t.Context(), b, outcomes))
	for i, want := range []content.LicenseState{content.LicenseTaken, content.LicenseWaiting, content.LicenseRefused, content.LicenseWaiting} {
		require.Equal(l.t, want, l.licensesOf(users[i])[app], users[i].FullName)
	}
	require.Equal(l.t, "9709: not enough licenses", l.active(content.LicenseFilter{UserID: users[1].ID})[0].LastAnswer)
	require.Equal(l.t, "9609: not found", l.completed(content.LicenseFilter{UserID: users[2].ID})[0].LastAnswer)
	require.Zero(l.t, l.planned(), "who is refused is not asked for again and again")
	l.clock.Advance(24 * time.Hour)
	require.Equal(l.t, content.PlannedLicenses{Waiting: 1}, l.planned(), "but after a day")
}

// licensesClaimedAtOnce: whoever comes second gets the same batch.
func licensesClaimedAtOnce(l *library) {
	users := l.accepted("a", "b", "c", "d")
	l.assign(l.group(users...), app)
	l.planned()
	batches := make([]content.Batch, 8)
	errs := make([]error, len(batches))
	var workers sync.WaitGroup
	for i := range batches {
		workers.Go(func() {
			batches[i], _, errs[i] = l.ClaimBatch(l.t.Context(), place, app, content.Associate, 2)
		})
	}
	workers.Wait()
	for i := range batches {
		require.NoError(l.t, errs[i])
		require.Equal(l.t, batches[0], batches[i])
	}
	require.Equal(l.t, clients(users[:2]...), batches[0].ClientUserIDs())
}
