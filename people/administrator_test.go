package people_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestAdministratorCheck(t *testing.T) {
	good := people.Administrator{Name: "Zoë Ünal", Login: "zoe@example.org", Role: people.Admin, Language: "nl", Theme: people.ThemeDark}
	require.NoError(t, good.Check())
	for pointer, change := range map[string]func(*people.Administrator){
		"/name":     func(a *people.Administrator) { a.Name = " " },
		"/login":    func(a *people.Administrator) { a.Login = "" },
		"/role":     func(a *people.Administrator) { a.Role = "owner" },
		"/language": func(a *people.Administrator) { a.Language = "de" },
		"/theme":    func(a *people.Administrator) { a.Theme = "pink" },
	} {
		bad := good
		change(&bad)
		require.ErrorContains(t, bad.Check(), pointer)
	}
	for _, login := range []string{"zoe unal", "zoe\u00a0unal", "zoe\r\nBcc: x", "zoe\x00", strings.Repeat("z", 321), "\xff"} {
		bad := good
		bad.Login = login
		require.ErrorContains(t, bad.Check(), "/login", "%q", login)
	}
}

func TestAdministratorIsCleaned(t *testing.T) {
	got := people.Administrator{Name: " Zoë ", Login: "\tzoe "}.Clean()
	require.Equal(t, people.Administrator{Name: "Zoë", Login: "zoe"}, got)
}

func TestAdministratorActs(t *testing.T) {
	a := people.Administrator{ID: "1", Name: "Zoë", Login: "zoe@example.org"}
	require.Equal(t, "admin: Zoë", a.Actor().String())
	require.False(t, a.CanSignIn(), "invited, and the passphrase is not set")
	a.Issuer = "https://id.example.org"
	require.True(t, a.CanSignIn())
	require.True(t, people.Administrator{HasPassphrase: true}.CanSignIn())
}

func TestSignInLinkIsOpen(t *testing.T) {
	require.True(t, people.SignInLink{}.Open())
	require.True(t, people.SignInLink{}.First())
	require.False(t, people.SignInLink{Expired: true}.Open())
	used := people.SignInLink{UsedAt: people.SignInLink{}.UsedAt.AddDate(2026, 0, 0), Administrator: people.Administrator{ID: "1"}}
	require.False(t, used.Open())
	require.False(t, used.First())
}
