package appsbooks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	"heraut/content"
	appsbookssim "heraut/simulator/appsbooks"
)

const uid = "2049025000400001"

var libraryApp = content.AssetRef{AdamID: "361309726", Pricing: content.PricingStandard}

// newLibrary opens the library of a place with three users and two licenses of
// an app.
func newLibrary(t *testing.T) (*place, *appsbooks.Library) {
	t.Helper()
	p := newPlace(t, appsbookssim.Options{})
	p.apple.AddAsset(org, appsbookssim.Asset{AdamID: libraryApp.AdamID, Total: 2})
	p.apple.AddAsset(org, appsbookssim.Asset{AdamID: "1443456789", PricingParam: content.PricingPlus, Book: true, Total: 5})
	p.create(t, newUsers(3)...)
	return p, appsbooks.NewLibrary(p.client, uid, "nl", quick)
}

func batchOf(kind content.BatchKind, ids ...string) content.Batch {
	b := content.Batch{AssetRef: libraryApp, ID: "batch", Kind: kind}
	for _, id := range ids {
		b.Members = append(b.Members, content.Member{LicenseID: "license of " + id, ClientUserID: id})
	}
	return b
}

// do submits a batch and awaits its end.
func do(t *testing.T, l *appsbooks.Library, b content.Batch) content.Event {
	t.Helper()
	s, err := l.Submit(t.Context(), b)
	require.NoError(t, err)
	require.NotEmpty(t, s.EventID)
	require.False(t, s.At.IsZero())
	e, err := l.Await(t.Context(), s)
	require.NoError(t, err)
	return e
}

func TestLibraryGivesAndTakes(t *testing.T) {
	_, l := newLibrary(t)
	require.Equal(t, uid, l.Location())
	size, err := l.BatchSize(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1000, size)
	var all []content.Asset
	require.NoError(t, l.Assets(t.Context(), func(page []content.Asset) error {
		all = append(all, page...)
		return nil
	}))
	require.Equal(t, []content.Asset{
		{AssetRef: libraryApp, Type: content.App, Revocable: true, Total: 2, Available: 2},
		{AssetRef: content.AssetRef{AdamID: "1443456789", Pricing: content.PricingPlus}, Type: content.Book, Total: 5, Available: 5},
	}, all)

	given := do(t, l, batchOf(content.Associate, "u-0002", "u-0000", "u-0001"))
	require.Equal(t, content.Ended, given.State)
	require.False(t, given.Unclear)
	require.Len(t, given.Failures, 1)
	require.Equal(t, content.FailedLicenses, given.Failures["u-0001"].Kind)
	require.Contains(t, given.Failures["u-0001"].Answer, "(9709)")
	holders, err := l.Holders(t.Context(), libraryApp)
	require.NoError(t, err)
	require.Equal(t, content.Holders{Users: []string{"u-0002", "u-0000"}}, holders)
	asset, found, err := l.Asset(t.Context(), libraryApp)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, []int{2, 2, 0}, []int{asset.Total, asset.Assigned, asset.Available})

	require.Empty(t, do(t, l, batchOf(content.Disassociate, "u-0002", "u-0001")).Failures)
	_, err = l.Submit(t.Context(), batchOf(content.Associate, "u-0001", "stranger"))
	var refused *content.RefusedError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, []string{"stranger"}, refused.Users)
	_, found, err = l.Asset(t.Context(), content.AssetRef{AdamID: "1", Pricing: content.PricingStandard})
	require.NoError(t, err)
	require.False(t, found)
}

// TestHoldersWhoseAccountHasEnded keep books, beside who has come back with
// another Apple Account.
func TestHoldersWhoseAccountHasEnded(t *testing.T) {
	p, l := newLibrary(t)
	book := content.AssetRef{AdamID: "1443456789", Pricing: content.PricingPlus}
	give := func(ids ...string) content.Holders {
		t.Helper()
		b := batchOf(content.Associate, ids...)
		b.AssetRef = book
		require.Empty(t, do(t, l, b).Failures)
		holders, err := l.Holders(t.Context(), book)
		require.NoError(t, err)
		return holders
	}
	accept := func(id, account string) {
		t.Helper()
		u, found, err := p.client.ActiveUser(t.Context(), id)
		require.NoError(t, err)
		require.True(t, found)
		require.NoError(t, p.apple.Accept(string(u.InviteCode), account))
	}
	accept("u-0000", "first@example.org")
	require.Equal(t, content.Holders{Users: []string{"u-0000", "u-0001"}}, give("u-0000", "u-0001"))

	retired, err := p.client.RetireUsers(t.Context(), []string{"u-0000"})
	require.NoError(t, err)
	p.await(t, retired)
	require.Equal(t, content.Holders{Users: []string{"u-0001"}, Former: []string{"u-0000"}}, give("u-0001"))
	p.create(t, appsbooks.NewUser{ClientUserID: "u-0000"})
	accept("u-0000", "second@example.org")
	require.Equal(t, content.Holders{Users: []string{"u-0001", "u-0000"}, Former: []string{"u-0000"}}, give("u-0000"))
}

func TestLibraryWhileAppleIsAway(t *testing.T) {
	for name, c := range map[string]struct {
		rule         appsbookssim.Rule
		stop, unsure bool
		asked        bool // Apple has asked for the wait
		alone        bool // it is about this request
	}{
		"busy":          {rule: appsbookssim.Rule{Status: 503, Number: 9729, RetryAfter: "30"}, asked: true},
		"too many":      {rule: appsbookssim.Rule{Status: 429, Number: 9646}, asked: true},
		"internal":      {rule: appsbookssim.Rule{Status: 500, Number: 9603}, alone: true},
		"busy within":   {rule: appsbookssim.Rule{Status: 500, Number: 9603, RetryAfter: "30"}, asked: true},
		"no wait named": {rule: appsbookssim.Rule{Status: 503, Number: 9729}},
		"token ended":   {rule: appsbookssim.Rule{Status: 401, Number: 9621}, stop: true},
		"under 200":     {rule: appsbookssim.Rule{Status: 200, Number: 9625}, stop: true},
		"cut off":       {rule: appsbookssim.Rule{Break: appsbookssim.Reset}, unsure: true},
		"somebody else": {rule: appsbookssim.Rule{Status: 502, Body: "<html>"}, unsure: true},
	} {
		t.Run(name, func(t *testing.T) {
			p, l := newLibrary(t)
			c.rule.Path = "/assets/associate"
			p.script(t, c.rule)
			_, err := l.Submit(t.Context(), batchOf(content.Associate, "u-0000"))
			var away *content.AwayError
			require.ErrorAs(t, err, &away)
			require.Equal(t, c.stop, away.Stop)
			require.Equal(t, c.unsure, away.Unsure)
			require.NotEmpty(t, away.Answer)
			require.Equal(t, !c.stop, away.RetryAfter > 0)
			require.Equal(t, c.asked, away.Asked)
			require.Equal(t, c.alone, away.Alone)
		})
	}
}

func TestLibraryWhoseLocationAnotherServiceClaims(t *testing.T) {
	p, l := newLibrary(t)
	p.apple.Claim(org, appsbookssim.MDMInfo{ID: "other", Name: "Other MDM", Metadata: "x"})
	_, err := l.Submit(t.Context(), batchOf(content.Associate, "u-0000"))
	var away *content.AwayError
	require.ErrorAs(t, err, &away)
	require.True(t, away.Stop && away.Unsure, "the answer was read: the request may have been taken")
	require.Contains(t, away.Answer, "Other MDM")
}

func TestLibraryAwaitsEventsWithoutEnd(t *testing.T) {
	p, _ := newLibrary(t)
	hasty := quick
	hasty.Stuck = 20 * hasty.Between
	l := appsbooks.NewLibrary(p.client, uid, "nl", hasty)
	p.script(t, appsbookssim.Rule{Path: "/assets/associate", Event: appsbookssim.Stuck})
	require.Equal(t, content.Pending, do(t, l, batchOf(content.Associate, "u-0000")).State)
	e, err := l.Await(t.Context(), content.Submission{EventID: "from before a restore"})
	require.NoError(t, err)
	require.Equal(t, content.Forgotten, e.State)

	p.script(t, appsbookssim.Rule{Path: "/assets/associate", Event: appsbookssim.Fail, Number: 9603, Unnamed: true})
	failed := do(t, l, batchOf(content.Associate, "u-0000"))
	require.True(t, failed.Unclear)
	require.Empty(t, failed.Failures)
	p.script(t, appsbookssim.Rule{Path: "/assets/associate", Event: appsbookssim.Fail, Number: 9644})
	require.Equal(t, content.FailedForNow, do(t, l, batchOf(content.Associate, "u-0001")).Failures["u-0001"].Kind)
	p.script(t, appsbookssim.Rule{Path: "/assets/associate", Event: appsbookssim.Fail, Number: 9602})
	require.Equal(t, content.FailedForGood, do(t, l, batchOf(content.Associate, "u-0002")).Failures["u-0002"].Kind)
}
