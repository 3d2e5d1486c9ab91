package activities_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"heraut/activities"
	"heraut/appsbooks"
	"heraut/content"
	"heraut/people"
	appsbookssim "heraut/simulator/appsbooks"
)

// scarce opens a depot of n users who are promised one app of which there are
// so many licenses.
func scarce(t *testing.T, n, licenses int) *depot {
	t.Helper()
	d := newDepot(t, n)
	d.buy(scarceApp, licenses)
	d.mirror()
	d.promise(scarceApp)
	return d
}

func TestLicensesGoToWhoAcceptedFirst(t *testing.T) {
	d := scarce(t, 60, 45)
	require.Equal(t, activities.Distributed{Given: 45}, d.done())
	d.requireFirst(45)
	require.Equal(t, d.order[45:], d.waiting())
	requests := len(d.apple.Requests())
	require.Zero(t, d.done())
	require.LessOrEqual(t, len(d.apple.Requests())-requests, 1, "without a free seat nothing but the assets is read")

	for seats := 45; seats < 60; {
		if n := rand.N(3) + 1; rand.N(2) == 0 {
			n = min(n, 60-seats)
			d.buy(scarceApp, n)
			seats += n
		} else {
			n = min(n, len(d.order)-seats, seats)
			d.leave(d.order[:n]...) // revoked: the next ones follow
		}
		d.done()
		seats = min(seats, len(d.order))
		d.requireFirst(seats)
		if seats == len(d.order) {
			break
		}
		require.Equal(t, d.order[seats:], d.waiting())
	}
	d.done()
	require.Empty(t, d.waiting())
}

func TestLicensesInSmallRequests(t *testing.T) {
	d := scarce(t, 25, 20)
	d.apple.SetLimit("maxClientUserIds", 3)
	require.Equal(t, activities.Distributed{Given: 20}, d.done())
	d.requireFirst(20)
	require.Equal(t, d.order[:20], d.holders(scarceApp), "one request after the other, each in order")
}

func TestLicensesAreTakenBack(t *testing.T) {
	d := scarce(t, 8, 100)
	d.buy(someBook, 100)
	d.mirror()
	d.promise(scarceApp, someBook)
	require.Equal(t, activities.Distributed{Given: 16}, d.done())
	all := d.order
	d.leave(all[0])
	require.NoError(t, d.store.DeleteUser(t.Context(), tester, d.users[d.order[0]].ID, nil))
	d.order = d.order[1:]
	require.Equal(t, activities.Distributed{TakenBack: 2}, d.done())
	d.requireFirst(6)
	require.Len(t, d.holders(someBook), 8, "books stay")

	d.promise()
	require.Equal(t, activities.Distributed{TakenBack: 6}, d.done())
	require.Empty(t, d.holders(scarceApp))
	require.Len(t, d.holders(someBook), 8)
	page, err := d.store.ListCompletedLicenses(t.Context(), content.LicenseFilter{}, people.Cursor{}, 100)
	require.NoError(t, err)
	for _, one := range page.Items {
		if one.Type == content.Book {
			require.Equal(t, content.LicenseKept, one.State)
		}
	}
}

func TestUsersWhomAppleDoesNotTakeArePassedOver(t *testing.T) {
	for name, rule := range map[string]appsbookssim.Rule{
		"by the event": {Path: "/assets/associate", Count: 1, Event: appsbookssim.Fail, Number: 9609},
		"for now":      {Path: "/assets/associate", Count: 1, Event: appsbookssim.Fail, Number: 9644},
	} {
		t.Run(name, func(t *testing.T) {
			d := scarce(t, 10, 5)
			rule.Targets = []string{d.order[1], d.order[3]}
			require.NoError(t, d.apple.SetScript(appsbookssim.Script{Rules: []appsbookssim.Rule{rule}}))
			d.done()
			if rule.Number == 9644 {
				d.requireFirst(5)
				return
			}
			require.ElementsMatch(t, []string{d.order[0], d.order[2], d.order[4], d.order[5], d.order[6]}, d.holders(scarceApp))
			done, err := d.store.ListCompletedLicenses(t.Context(), content.LicenseFilter{UserID: d.users[d.order[1]].ID}, people.Cursor{}, 9)
			require.NoError(t, err)
			require.Equal(t, content.LicenseRefused, done.Items[0].State)
			require.Contains(t, done.Items[0].LastAnswer, "(9609)")
		})
	}
}

// TestUserWhoIsNotRegisteredAnyMore: the whole request is refused, and names
// the one.
func TestUserWhoIsNotRegisteredAnyMore(t *testing.T) {
	d := scarce(t, 6, 4)
	_, err := d.client.RetireUsers(t.Context(), d.order[1:2]) // Heraut has not heard of it yet
	require.NoError(t, err)
	d.done()
	require.ElementsMatch(t, []string{d.order[0], d.order[2], d.order[3], d.order[4]}, d.holders(scarceApp))
}

// TestRefusalThatNamesNobody costs few requests, and one user at most.
func TestRefusalThatNamesNobody(t *testing.T) {
	d := scarce(t, 20, 20)
	require.NoError(t, d.apple.SetScript(appsbookssim.Script{Rules: []appsbookssim.Rule{
		{Path: "/assets/associate", Count: 5, Status: 400, Number: 9718},
	}}))
	d.done()
	require.Len(t, d.holders(scarceApp), 19)
	require.NotContains(t, d.holders(scarceApp), d.order[0])

	d = scarce(t, 20, 20)
	require.NoError(t, d.apple.SetScript(appsbookssim.Script{Rules: []appsbookssim.Rule{{Path: "/assets/associate", Status: 400, Number: 9718}}}))
	d.done()
	require.Less(t, d.apple.Played()[0], 40)
	require.Empty(t, d.holders(scarceApp))
}

func TestSeatsThatOthersTake(t *testing.T) {
	d := scarce(t, 10, 8)
	app := []appsbooks.AssetRef{{AdamID: scarceApp.AdamID, PricingParam: scarceApp.Pricing}}
	_, err := d.client.Associate(t.Context(), app, appsbooks.Targets{SerialNumbers: []string{"C02AA", "C02BB", "C02CC"}})
	require.NoError(t, err)
	d.assignments(3)
	d.done()
	require.Equal(t, d.order[5:], d.waiting())
	d.requireFirst(5)

	// Somebody takes a license away by hand: who had it is served first.
	_, err = d.client.Disassociate(t.Context(), app, appsbooks.Targets{ClientUserIDs: d.order[2:3]})
	require.NoError(t, err)
	d.assignments(7)
	d.done()
	d.requireFirst(5)
}

// TestAppleIsAway: the activity comes back when the route is tried again.
func TestAppleIsAway(t *testing.T) {
	for name, rule := range map[string]appsbookssim.Rule{
		"assets":      {Path: "/assets", Count: 1, Status: 503, Number: 9729, RetryAfter: "30"},
		"associate":   {Path: "/assets/associate", Count: 1, Status: 503, Number: 9729},
		"token ended": {Path: "/assets/associate", Count: 1, Status: 401, Number: 9621},
		"cut off":     {Path: "/assets/associate", Count: 1, Break: appsbookssim.Reset, Taken: true},
	} {
		t.Run(name, func(t *testing.T) {
			d := scarce(t, 6, 4)
			require.NoError(t, d.apple.SetScript(appsbookssim.Script{Rules: []appsbookssim.Rule{rule}}))
			_, err := d.run(t.Context())
			failure, ok := errors.AsType[*temporal.ApplicationError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, activities.TypeRouteDown, failure.Type())
			d.connect()
			d.done()
			d.requireFirst(4)
		})
	}
}

// TestBookForAnotherAppleAccount: who comes back with another one gets the book
// once more, for Apple does not take back the first.
func TestBookForAnotherAppleAccount(t *testing.T) {
	d := newDepot(t, 2)
	d.buy(someBook, 9)
	d.mirror()
	d.promise(someBook)
	require.Equal(t, activities.Distributed{Given: 2}, d.done())
	for range 2 {
		d.comeBack(d.order[0])
		require.Equal(t, activities.Distributed{Given: 1}, d.done())
		require.Zero(t, d.done())
	}
	require.Len(t, d.holders(someBook), 4)
}

// TestAnswerWithoutAList tells nothing: neither that there are no licenses left
// nor that nobody has one.
func TestAnswerWithoutAList(t *testing.T) {
	for _, path := range []string{"/assets", "/assignments"} {
		t.Run(path, func(t *testing.T) {
			d := scarce(t, 4, 3)
			d.done()
			app := []appsbooks.AssetRef{{AdamID: scarceApp.AdamID, PricingParam: scarceApp.Pricing}}
			_, err := d.client.Disassociate(t.Context(), app, appsbooks.Targets{ClientUserIDs: d.order[:1]}) // so that holders are read
			require.NoError(t, err)
			d.assignments(2)
			require.NoError(t, d.apple.SetScript(appsbookssim.Script{Rules: []appsbookssim.Rule{{Path: path, Status: 200, Body: "{}"}}}))
			_, err = d.run(t.Context())
			failure, ok := errors.AsType[*temporal.ApplicationError](err)
			require.True(t, ok, "%v", err)
			require.Equal(t, activities.TypeRouteDown, failure.Type())
			holders, err := d.store.AssetHolders(t.Context(), d.location, scarceApp, people.Cursor{}, 10)
			require.NoError(t, err)
			require.Len(t, holders.Items, 3)
			assets, err := d.store.ListAssets(t.Context(), people.Cursor{}, 10)
			require.NoError(t, err)
			require.Equal(t, 3, assets.Items[0].Total)
		})
	}
}

// troubled is a library with a trouble about some assets.
type troubled struct {
	activities.Library

	trouble content.AwayError
	about   []content.AssetRef
	asked   *atomic.Int64
}

func (l troubled) Submit(ctx context.Context, b content.Batch) (content.Submission, error) {
	l.asked.Add(1)
	if slices.Contains(l.about, b.AssetRef) {
		return content.Submission{}, &l.trouble
	}
	return l.Library.Submit(ctx, b)
}

// shelves are assets of which there is enough for everybody.
func (d *depot) shelves(n int) []content.AssetRef {
	d.t.Helper()
	refs := make([]content.AssetRef, n)
	for i := range refs {
		refs[i] = content.AssetRef{AdamID: fmt.Sprintf("10000%02d", i), Pricing: content.PricingStandard}
		d.buy(refs[i], 10)
	}
	d.mirror()
	d.promise(refs...)
	return refs
}

// TestOneAssetThatFails is told, keeps no other from being given, and says
// nothing of the route.
func TestOneAssetThatFails(t *testing.T) {
	d := newDepot(t, 2)
	refs := d.shelves(10)
	d.library = troubled{d.library, content.AwayError{Answer: "an internal error (9603)", Alone: true}, refs[:1], &atomic.Int64{}}
	for range 2 {
		result, err := d.run(t.Context())
		require.ErrorContains(t, err, refs[0].AdamID)
		require.ErrorContains(t, err, "9603")
		_, down := errors.AsType[*temporal.ApplicationError](err)
		require.False(t, down, "the route is not")
		require.LessOrEqual(t, result.Given, 18)
	}
	require.Empty(t, d.holders(refs[0]))
	for _, ref := range refs[1:] {
		require.Len(t, d.holders(ref), 2, ref.AdamID)
	}
}

// TestAppleAwayInTheMiddle: what is true of one asset is true of all.
func TestAppleAwayInTheMiddle(t *testing.T) {
	d := newDepot(t, 2)
	refs := d.shelves(40)
	library := troubled{d.library, content.AwayError{Answer: "maintenance (9729)"}, refs, &atomic.Int64{}}
	d.library = library
	_, err := d.run(t.Context())
	failure, is := errors.AsType[*temporal.ApplicationError](err)
	require.True(t, is, "%v", err)
	require.Equal(t, activities.TypeRouteDown, failure.Type())
	require.Less(t, library.asked.Load(), int64(20), "the rest is not tried")
}

func TestWithoutTokenNothingIsDistributed(t *testing.T) {
	h := newHouse(newLedger())
	result, err := h.Distribute(t.Context())
	require.NoError(t, err)
	require.Zero(t, result)
}
