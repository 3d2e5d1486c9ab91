package mail_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/mail"
)

func TestMessageIDFollowsFromTheKey(t *testing.T) {
	id := mail.MessageID(bounceSecret, "user/send/first/1", "school.test")
	require.Equal(t, id, mail.MessageID(bounceSecret, "user/send/first/1", "school.test"))
	require.Regexp(t, `^[0-9a-f]{40}@school\.test$`, id)
	require.NotEqual(t, id, mail.MessageID(bounceSecret, "user/send/first/2", "school.test"))
	require.NotEqual(t, id, mail.MessageID([]byte("other"), "user/send/first/1", "school.test"))
}

func TestReturnPathComesBack(t *testing.T) {
	path := mail.ReturnPath(bounceSecret, strings.ToUpper(deliveryID), bounceDomain)
	local, _, _ := strings.Cut(path, "@")
	require.LessOrEqual(t, len(local), 64)
	for _, form := range []string{path, strings.ToUpper(path)} {
		id, ok := mail.ParseReturnPath(bounceSecret, form, bounceDomain)
		require.True(t, ok)
		require.Equal(t, deliveryID, id)
	}
}

func TestParseReturnPathRefuses(t *testing.T) {
	path := mail.ReturnPath(bounceSecret, deliveryID, bounceDomain)
	short := mail.ReturnPath(bounceSecret, "0191", bounceDomain) // right mac, no UUID
	for _, address := range []string{
		"", "@", "b-", "b--@" + bounceDomain, short, path + ".", path[1:], path[2:],
		strings.Replace(path, "-", "", 1), strings.Replace(path, "@", "0@", 1), strings.Replace(path, "@", "", 1),
	} {
		_, ok := mail.ParseReturnPath(bounceSecret, address, bounceDomain)
		require.False(t, ok, address)
	}
}
