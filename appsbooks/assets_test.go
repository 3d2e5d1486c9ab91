package appsbooks_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	appsbookssim "heraut/simulator/appsbooks"
)

var (
	app    = appsbooks.AssetRef{AdamID: "408709785", PricingParam: "STDQ"}
	reader = appsbooks.AssetRef{AdamID: "377298193", PricingParam: "STDQ"}
)

// library has an app with three licenses, a book with five, and six users.
func library(t *testing.T, o appsbookssim.Options) *place {
	t.Helper()
	p := newPlace(t, o)
	p.apple.AddAsset(org, appsbookssim.Asset{AdamID: app.AdamID, Total: 3})
	p.apple.AddAsset(org, appsbookssim.Asset{AdamID: reader.AdamID, Total: 5, Book: true})
	p.create(t, newUsers(6)...)
	return p
}

// counts gives assigned and available licenses of an asset.
func (p *place) counts(t *testing.T, ref appsbooks.AssetRef) (counts [2]int) {
	t.Helper()
	err := p.client.Assets(t.Context(), appsbooks.AssetQuery{AdamID: ref.AdamID}, func(page []appsbooks.Asset) error {
		counts = [2]int{page[0].Assigned, page[0].Available}
		return nil
	})
	require.NoError(t, err)
	return counts
}

func TestLicensesRunOut(t *testing.T) {
	p := library(t, appsbookssim.Options{})
	targets := []string{"u-0003", "u-0001", "u-0005", "u-0000", "u-0003"}
	done, err := p.client.Associate(t.Context(), []appsbooks.AssetRef{app}, appsbooks.Targets{ClientUserIDs: targets})
	require.NoError(t, err)
	require.Len(t, done[0].ClientUserIDs, 4, "nobody is named twice")
	e := p.await(t, done)[0]
	require.Equal(t, appsbooks.Failed, e.State)
	require.Equal(t, 3, e.Completed)
	for _, r := range e.Results(done[0].ClientUserIDs) {
		require.Equal(t, r.Target == "u-0000", r.Outcome == appsbooks.Undone, r.Target)
	}
	require.Equal(t, appsbooks.NotEnoughLicenses, e.Failures[0].Number)
	require.Equal(t, []appsbooks.AssetRef{app}, e.Failures[0].Info.Assets)
	require.Equal(t, [2]int{3, 0}, p.counts(t, app))

	done, err = p.client.Disassociate(t.Context(), []appsbooks.AssetRef{app}, appsbooks.Targets{ClientUserIDs: []string{"u-0001"}})
	require.NoError(t, err)
	p.await(t, done)
	require.Equal(t, [2]int{2, 1}, p.counts(t, app))
	done, err = p.client.Associate(t.Context(), []appsbooks.AssetRef{app}, appsbooks.Targets{ClientUserIDs: []string{"u-0000"}})
	require.NoError(t, err)
	require.Equal(t, appsbooks.Complete, p.await(t, done)[0].State)

	var holders []string
	_, err = p.client.Assignments(t.Context(), appsbooks.AssignmentQuery{AdamID: app.AdamID}, func(page []appsbooks.Assignment) error {
		for _, a := range page {
			holders = append(holders, a.ClientUserID)
		}
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []string{"u-0003", "u-0005", "u-0000"}, holders)
}

func TestBooksStay(t *testing.T) {
	p := library(t, appsbookssim.Options{})
	both, who := []appsbooks.AssetRef{app, reader}, appsbooks.Targets{ClientUserIDs: []string{"u-0000"}}
	done, err := p.client.Associate(t.Context(), both, who)
	require.NoError(t, err)
	e := p.await(t, done)[0]
	require.Equal(t, []int{2, 2}, []int{e.Completed, e.Requested})

	_, err = p.client.Disassociate(t.Context(), []appsbooks.AssetRef{reader}, who)
	require.Equal(t, appsbooks.NotRevocable, asError(t, err).Number)
	_, err = p.client.Associate(t.Context(), both, appsbooks.Targets{SerialNumbers: []string{"C02"}})
	e2 := asError(t, err)
	require.Equal(t, appsbooks.NotDeviceAssignable, e2.Number)
	require.Equal(t, []appsbooks.AssetRef{reader}, e2.Info.Assets)

	done, err = p.client.Revoke(t.Context(), who)
	require.NoError(t, err)
	p.await(t, done)
	require.Equal(t, [2]int{0, 3}, p.counts(t, app))
	require.Equal(t, [2]int{1, 4}, p.counts(t, reader))
}

func TestAssetsAreSentInChunks(t *testing.T) {
	p := library(t, appsbookssim.Options{Limits: map[string]int{
		"maxAssets": 1, "maxClientUserIds": 4, "maxSerialNumbers": 2, "maxRevokeClientUserIds": 5, "maxRevokeSerialNumbers": 1,
	}})
	more := appsbooks.AssetRef{AdamID: "1"}
	p.apple.AddAsset(org, appsbookssim.Asset{AdamID: "1", Total: 100})
	targets := appsbooks.Targets{SerialNumbers: []string{"S1", "S2", "S3"}}
	for i := range 6 {
		targets.ClientUserIDs = append(targets.ClientUserIDs, fmt.Sprintf("u-%04d", i))
	}
	done, err := p.client.Associate(t.Context(), []appsbooks.AssetRef{app, more}, targets)
	require.NoError(t, err)
	require.Len(t, done, 8, "two assets for 4 and 2 users, 2 and 1 devices")
	p.await(t, done)
	require.Equal(t, [2]int{9, 91}, p.counts(t, more))

	p.apple.SetLimit("maxClientUserIds", 2)
	done, err = p.client.Disassociate(t.Context(), []appsbooks.AssetRef{more}, appsbooks.Targets{ClientUserIDs: targets.ClientUserIDs})
	require.NoError(t, err, "9701 after a change: read again, cut anew")
	require.Len(t, done, 3)
	done, err = p.client.Revoke(t.Context(), targets)
	require.NoError(t, err)
	require.Len(t, done, 5)
	p.await(t, done)
	require.Empty(t, p.apple.Assignments(org))
}
