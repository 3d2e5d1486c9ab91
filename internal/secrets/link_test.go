package secrets_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
)

const invitationID = "0b7e7c7e-2f1b-4c53-9c5e-000000000001"

func TestLinkIsTheSameEachTime(t *testing.T) {
	keyring := create(t, newPath(t))

	token := keyring.Link(secrets.LinkPage, invitationID, 3)

	require.Len(t, token, secrets.LinkLength)
	require.True(t, secrets.WellFormedLink(token))
	require.Equal(t, token, keyring.Link(secrets.LinkPage, invitationID, 3))
	require.True(t, keyring.VerifyLink(token, secrets.LinkPage, invitationID, 3))
	require.Len(t, secrets.LinkHash(token), 32)
	require.NotContains(t, string(secrets.LinkHash(token)), token)
}

func TestVerifyLinkRefusesAnyOther(t *testing.T) {
	keyring := create(t, newPath(t))
	token := keyring.Link(secrets.LinkPage, invitationID, 3)
	other := create(t, newPath(t))
	otherID := strings.Replace(invitationID, "1", "2", 1)

	require.False(t, keyring.VerifyLink(token, secrets.LinkStop, invitationID, 3), "another purpose")
	require.False(t, keyring.VerifyLink(token, secrets.LinkPage, otherID, 3), "another invitation")
	require.False(t, keyring.VerifyLink(token, secrets.LinkPage, invitationID, 4), "another number")
	require.False(t, keyring.VerifyLink(token, secrets.LinkPage, invitationID+"|3", 3), "a moved bar")
	require.False(t, other.VerifyLink(token, secrets.LinkPage, invitationID, 3), "another secrets file")
}

func TestVerifyLinkRefusesEachFlippedBit(t *testing.T) {
	keyring := create(t, newPath(t))
	token := keyring.Link(secrets.LinkPage, invitationID, 3)
	for i := range len(token) {
		for bit := range 8 {
			flipped := []byte(token)
			flipped[i] ^= 1 << bit
			require.False(t, keyring.VerifyLink(string(flipped), secrets.LinkPage, invitationID, 3), "byte %d bit %d", i, bit)
		}
	}
}

func TestWellFormedLink(t *testing.T) {
	good := "k001" + strings.Repeat("A", 43)
	require.True(t, secrets.WellFormedLink(good))
	for name, token := range map[string]string{
		"empty":          "",
		"cut":            good[:46],
		"longer":         good + "A",
		"padded":         good[:46] + "=",
		"upper-case id":  "K001" + good[4:],
		"other alphabet": good[:46] + "+",
		"stray bits":     good[:46] + "B", // 43 characters hold two bits more than 256
		"line break":     good[:20] + "\n" + good[21:],
		"slash":          "../." + good[4:],
		"not ASCII":      "k001" + strings.Repeat("é", 21) + "A",
	} {
		t.Run(name, func(t *testing.T) { require.False(t, secrets.WellFormedLink(token)) })
	}
}

func TestLinksOutliveRotationUntilTheirKeyRetires(t *testing.T) {
	path := newPath(t)
	first := create(t, path)
	token := first.Link(secrets.LinkStop, invitationID, 1)

	second, err := secrets.Rotate(path)
	require.NoError(t, err)
	require.True(t, second.VerifyLink(token, secrets.LinkStop, invitationID, 1))
	require.NotEqual(t, token, second.Link(secrets.LinkStop, invitationID, 1), "new links take the new key")
	again, ok := second.LinkByKey(first.CurrentID(), secrets.LinkStop, invitationID, 1)
	require.True(t, ok)
	require.Equal(t, token, again)

	third, err := secrets.Retire(path, first.CurrentID())
	require.NoError(t, err)
	require.False(t, third.VerifyLink(token, secrets.LinkStop, invitationID, 1))
	_, ok = third.LinkByKey(first.CurrentID(), secrets.LinkStop, invitationID, 1)
	require.False(t, ok)
}
