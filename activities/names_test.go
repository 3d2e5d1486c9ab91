package activities_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/content"
	appsbookssim "heraut/simulator/appsbooks"
)

func (d *depot) nameOf(adamID string) string {
	d.t.Helper()
	a, err := d.store.Asset(d.t.Context(), d.location, content.AssetRef{AdamID: adamID, Pricing: content.PricingStandard})
	require.NoError(d.t, err)
	return a.Name
}

func (d *depot) lookups() (n int) {
	for _, r := range d.apple.Requests() {
		if r.Path == appsbookssim.LookupPath {
			n++
		}
	}
	return n
}

// TestAppsGetTheirNames: a distribution asks for names once, and a store that
// does not tell them holds nothing up.
func TestAppsGetTheirNames(t *testing.T) {
	d := newDepot(t, 1)
	d.apple.AddAsset(org, appsbookssim.Asset{AdamID: "700", Name: "Pages", Total: 3})
	d.apple.AddAsset(org, appsbookssim.Asset{AdamID: "701", Name: "Keynote", Total: 3})
	require.NoError(t, d.apple.SetScript(appsbookssim.Script{Rules: []appsbookssim.Rule{
		{Path: appsbookssim.LookupPath, Status: http.StatusServiceUnavailable, Count: 1},
	}}))
	d.done()
	require.Empty(t, d.nameOf("700"))
	require.Equal(t, 1, d.lookups(), "a store that is away is not asked for the others")

	d.done()
	require.Equal(t, "Pages", d.nameOf("700"))
	require.Equal(t, "Keynote", d.nameOf("701"))
	asked := d.lookups()
	d.done()
	require.Equal(t, asked, d.lookups())
}
