package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/people"
	"heraut/settings"
	"heraut/store"
)

// library is a campus with a content token: people accept at Apple.
type library struct{ *campus }

// place is the location of the content token.
const place = "2049025000431439"

// The assets of the library.
var (
	app   = content.AssetRef{AdamID: "361309726", Pricing: content.PricingStandard}
	other = content.AssetRef{AdamID: "408709785", Pricing: content.PricingStandard}
	book  = content.AssetRef{AdamID: "1443456789", Pricing: content.PricingPlus}
)

func libraryOf(t *testing.T, s *store.Store, c *Clock) *library {
	t.Helper()
	l := &library{campusOf(t, s, c)}
	_, err := s.PutSetting(t.Context(), actor, settings.NameContentToken, settings.ContentToken{UID: place}, []byte("token"), nil)
	require.NoError(t, err)
	l.buy(app, 3, 0)
	l.buy(other, 100, 0)
	l.buy(book, 100, 0)
	return l
}

// buy makes Apple's counts of an asset those.
func (l *library) buy(ref content.AssetRef, total, assigned int) {
	l.t.Helper()
	require.NoError(l.t, l.KeepAsset(l.t.Context(), place, owned(ref, total, assigned)))
}

func owned(ref content.AssetRef, total, assigned int) content.Asset {
	a := content.Asset{AssetRef: ref, Type: content.App, Revocable: true, Total: total, Assigned: assigned, Available: max(total-assigned, 0)}
	if ref == book {
		a.Type, a.Revocable = content.Book, false
	}
	return a
}

// assign makes assets the whole set of a group.
func (l *library) assign(g people.Group, assets ...content.AssetRef) {
	l.t.Helper()
	_, err := l.PutContent(l.t.Context(), actor, content.Owner{GroupID: g.ID}, content.Choices(assets...))
	require.NoError(l.t, err)
}

func clientOf(u people.User) string { return "client-" + u.ID }

// accept lets users accept at Apple, one after the other.
func (l *library) accept(users ...people.User) {
	l.t.Helper()
	for _, u := range users {
		_, err := l.ClaimAccounts(l.t.Context(), place, []content.NewAccount{{UserID: u.ID, ClientUserID: clientOf(u)}})
		require.NoError(l.t, err)
		l.tell(u, content.Associated)
		require.Equal(l.t, people.Enrolled, l.reread(u).State)
	}
}

// tell is what Apple says of a user's account.
func (l *library) tell(u people.User, state content.AccountState) {
	l.t.Helper()
	_, err := l.ApplyAccounts(l.t.Context(), place, []content.Account{{ClientUserID: clientOf(u), State: state, IDHash: "hash-" + u.ID}})
	require.NoError(l.t, err)
}

// accepted makes users who have accepted in their order.
func (l *library) accepted(names ...string) []people.User {
	l.t.Helper()
	users := make([]people.User, len(names))
	for i, name := range names {
		users[i] = l.user(name)
	}
	l.accept(users...)
	return users
}

func (l *library) planned() content.PlannedLicenses {
	l.t.Helper()
	p, err := l.PlanLicenses(l.t.Context(), place)
	require.NoError(l.t, err)
	return p
}

// claimBatch claims a batch that must be there.
func (l *library) claimBatch(ref content.AssetRef, kind content.BatchKind, limit int) content.Batch {
	l.t.Helper()
	b, ok, err := l.ClaimBatch(l.t.Context(), place, ref, kind, limit)
	require.NoError(l.t, err)
	require.True(l.t, ok)
	return b
}

func (l *library) nobody(ref content.AssetRef, kind content.BatchKind) {
	l.t.Helper()
	_, ok, err := l.ClaimBatch(l.t.Context(), place, ref, kind, 100)
	require.NoError(l.t, err)
	require.False(l.t, ok)
}

// settleAll ends a batch with one outcome for all.
func (l *library) settleAll(b content.Batch, h content.Holding) {
	l.t.Helper()
	require.NoError(l.t, l.SettleBatch(l.t.Context(), b, b.All(h, "")))
}

// give plans, and gives an asset to everyone who waits for it.
func (l *library) give(ref content.AssetRef) {
	l.t.Helper()
	l.planned()
	l.settleAll(l.claimBatch(ref, content.Associate, 1000), content.Has)
}

func (l *library) workOn(ref content.AssetRef) content.LicenseWork {
	l.t.Helper()
	w, err := l.AssetWork(l.t.Context(), place, ref)
	require.NoError(l.t, err)
	return w
}

// licensesOf are a user's licenses by asset.
func (l *library) licensesOf(u people.User) map[content.AssetRef]content.LicenseState {
	l.t.Helper()
	states := map[content.AssetRef]content.LicenseState{}
	for _, one := range append(l.active(content.LicenseFilter{UserID: u.ID}), l.completed(content.LicenseFilter{UserID: u.ID})...) {
		states[one.AssetRef] = one.State
	}
	return states
}

func (l *library) active(f content.LicenseFilter) []content.License {
	l.t.Helper()
	page, err := l.ListActiveLicenses(l.t.Context(), f, people.Cursor{}, 1000)
	require.NoError(l.t, err)
	return page.Items
}

func (l *library) completed(f content.LicenseFilter) []content.License {
	l.t.Helper()
	page, err := l.ListCompletedLicenses(l.t.Context(), f, people.Cursor{}, 1000)
	require.NoError(l.t, err)
	return page.Items
}

func clients(users ...people.User) []string { return names(users, clientOf) }
