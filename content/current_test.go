package content_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/content"
)

func TestCurrentAccounts(t *testing.T) {
	open := func(id, code string) content.Account {
		return content.Account{ClientUserID: id, State: content.Registered, InviteCode: content.Secret(code)}
	}
	joined := func(id string) content.Account { return content.Account{ClientUserID: id, State: content.Associated} }
	ended := func(id, hash string) content.Account {
		return content.Account{ClientUserID: id, State: content.Retired, IDHash: hash}
	}
	for name, c := range map[string]struct{ all, want []content.Account }{
		"nobody":                   {nil, []content.Account{}},
		"each in its place":        {[]content.Account{joined("b"), open("a", "1")}, []content.Account{joined("b"), open("a", "1")}},
		"active after ended":       {[]content.Account{ended("a", ""), open("a", "1")}, []content.Account{open("a", "1")}},
		"active before ended":      {[]content.Account{open("a", "1"), ended("a", "")}, []content.Account{open("a", "1")}},
		"between two that ended":   {[]content.Account{ended("a", "x"), joined("a"), ended("a", "y")}, []content.Account{joined("a")}},
		"the last that ended":      {[]content.Account{ended("a", "x"), ended("a", "y")}, []content.Account{ended("a", "y")}},
		"the later of two actives": {[]content.Account{open("a", "1"), joined("a")}, []content.Account{joined("a")}},
	} {
		require.Equal(t, c.want, content.Current(c.all), name)
	}
}
