package appsbooks_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	appsbookssim "heraut/simulator/appsbooks"
)

func TestNamesOfAppsAndBooks(t *testing.T) {
	p, library := newLibrary(t)
	p.apple.AddAsset(org, appsbookssim.Asset{AdamID: "11", Name: "Pages\r\n ", Total: 1})
	p.apple.AddAsset(org, appsbookssim.Asset{AdamID: "12", Name: "Our own app", Custom: true, Total: 1})
	p.apple.AddAsset("Another School", appsbookssim.Asset{AdamID: "13", Name: "Their own app", Custom: true, Total: 1})
	p.apple.AddAsset("Another School", appsbookssim.Asset{AdamID: "14", Name: "Keynote", Total: 1})
	for id, want := range map[string]string{
		"11": "Pages",       // on one line
		"12": "Our own app", // the store is shown the token
		"13": "",
		"14": "Keynote",
		"99": "",
		"":   "",
	} {
		name, err := library.Name(t.Context(), id)
		require.NoError(t, err, id)
		require.Equal(t, want, name, id)
	}
	require.Equal(t, 6, p.paths(appsbookssim.LookupPath))
	require.Equal(t, 1, p.paths("/client/config"), "where the location buys is asked once")
	require.NotContains(t, p.log.String(), string(p.token.Raw))
}

func TestStoreThatDoesNotTell(t *testing.T) {
	for name, rule := range map[string]appsbookssim.Rule{
		"away":          {Status: http.StatusServiceUnavailable},
		"in a hurry":    {Status: http.StatusTooManyRequests},
		"led astray":    {Status: http.StatusFound},
		"not its words": {Status: http.StatusOK, Body: "<html>"},
		"cut off":       {Break: appsbookssim.Reset},
	} {
		t.Run(name, func(t *testing.T) {
			p, library := newLibrary(t)
			p.apple.AddAsset(org, appsbookssim.Asset{AdamID: "11", Name: "Pages", Total: 1})
			rule.Path, rule.Count = appsbookssim.LookupPath, 1
			p.script(t, rule)
			_, err := library.Name(t.Context(), "11")
			require.Error(t, err)
			require.NotContains(t, err.Error(), string(p.token.Raw))
			got, err := library.Name(t.Context(), "11")
			require.NoError(t, err, "the store's trouble is none of Apps and Books")
			require.Equal(t, "Pages", got)
		})
	}
}

// TestServiceWithoutALookup is one that names no address for it, or one that
// must not see the token.
func TestServiceWithoutALookup(t *testing.T) {
	p, _ := newLibrary(t)
	p.apple.AddAsset(org, appsbookssim.Asset{AdamID: "11", Name: "Pages", Total: 1})
	for name, address := range map[string]string{"none": "", "not secure": "http://127.0.0.1:1/lookup", "not an address": "::"} {
		t.Run(name, func(t *testing.T) {
			p.apple.SetLookup(address)
			client := p.another(t, p.token)
			got, err := appsbooks.NewLibrary(client, uid, "nl", quick).Name(t.Context(), "11")
			require.NoError(t, err)
			require.Empty(t, got)
		})
	}
	p.apple.SetLookup("https://127.0.0.1:1/lookup")
	client := p.another(t, p.token, func(o *appsbooks.Options) { o.Timeout = 5 * time.Second })
	_, err := appsbooks.NewLibrary(client, uid, "nl", quick).Name(t.Context(), "11")
	require.Error(t, err)
}
