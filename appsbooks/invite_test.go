package appsbooks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/appsbooks"
	appsbookssim "heraut/simulator/appsbooks"
)

func TestInviteURL(t *testing.T) {
	const apple = "https://buy.itunes.apple.com/WebObjects/MZFinance.woa/wa/associateVPPUserWithITSAccount?"
	for name, c := range map[string]struct{ template, code, want string }{
		"version 2":    {apple + "inviteCode=%25inviteCode%25&mt=8", "46bc93ea", apple + "inviteCode=46bc93ea&mt=8"},
		"decoded form": {apple + "cc=us&inviteCode=%inviteCode%&mt=8", "46bc93ea", apple + "cc=us&inviteCode=46bc93ea&mt=8"},
		"escaped":      {apple + "inviteCode=%25inviteCode%25", "a b&c=%/", apple + "inviteCode=a+b%26c%3D%25%2F"},
	} {
		got, err := appsbooks.InviteURL(c.template, appsbooks.Secret(c.code))
		require.NoError(t, err, name)
		require.Equal(t, c.want, string(got), name)
	}
	for name, c := range map[string]struct{ template, code string }{
		"no place":     {apple + "inviteCode=&mt=8", "the-code"},
		"other place":  {apple + "inviteCode={inviteCode}", "the-code"},
		"no code":      {apple + "inviteCode=%25inviteCode%25", ""},
		"no template":  {"", "the-code"},
		"no address":   {"%25inviteCode%25", "the-code"},
		"not of a web": {"javascript:alert(%25inviteCode%25)", "the-code"},
	} {
		_, err := appsbooks.InviteURL(c.template, appsbooks.Secret(c.code))
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "the-code", name)
	}
}

func TestInviteURLOfTheService(t *testing.T) {
	p := newPlace(t, appsbookssim.Options{InviteBase: "https://apple.example"})
	address, err := p.client.InviteURL(t.Context(), "c0de")
	require.NoError(t, err)
	require.Equal(t, "https://apple.example/WebObjects/MZFinance.woa/wa/associateVPPUserWithITSAccount?inviteCode=c0de&mt=8", string(address))
}
