package push_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"heraut/invitation"
	"heraut/people"
	"heraut/push"
)

func TestAlert(t *testing.T) {
	cases := []struct {
		language, organization, device string
		reminder                       bool
		title, body                    string
	}{
		{
			"en", "OBS De Linde", "iPad van Zoë", false, "Invitation from OBS De Linde",
			"OBS De Linde asks you to enroll in managed distribution on iPad van Zoë. Open this message to answer.",
		},
		{
			"nl-BE", "OBS De Linde", "iPad van Zoë", true, "Herinnering: uitnodiging van OBS De Linde",
			"OBS De Linde vraagt je om je in te schrijven voor beheerde distributie op iPad van Zoë. Open dit bericht om te antwoorden.",
		},
		{
			"", "", "", true, "Reminder: invitation from your organization",
			"Your organization asks you to enroll in managed distribution. Open this message to answer.",
		},
		{
			"nl", "a\nb\x00%d", "%o", false, "Uitnodiging van a b %d",
			"a b %d vraagt je om je in te schrijven voor beheerde distributie op %o. Open dit bericht om te antwoorden.",
		},
	}
	for _, c := range cases {
		title, body := push.Alert(c.language, c.organization, c.device, c.reminder)
		require.Equal(t, c.title, title)
		require.Equal(t, c.body, body)
	}
}

func TestAlertFitsWhateverTheNames(t *testing.T) {
	b := newBench(t, people.PushAlert)
	for _, unit := range []string{"<", "\x01a", "é", "e\u0301\u0302", "👩‍👩‍👧‍👦", "🇳🇱", "\xff", "\u2028"} {
		long := strings.Repeat(unit, 5000)
		n := b.notification()
		n.Title, n.Body = push.Alert("nl", long, long, true)
		n.Link = "https://school.example/i/" + strings.Repeat("x", 1000)
		require.Equal(t, invitation.Taken, b.client.Push(t.Context(), n).Class)
		require.True(t, utf8.ValidString(n.Body))
	}
}

func TestAlertCutsBetweenLetters(t *testing.T) {
	for _, letter := range []string{"👩‍👩‍👧‍👦", "🇳🇱", "e\u0301", "👍🏽"} {
		for shift := range 25 {
			title, _ := push.Alert("en", strings.Repeat("x", shift)+strings.Repeat(letter, 100), "", false)
			kept := strings.TrimPrefix(title, "Invitation from "+strings.Repeat("x", shift))
			require.Empty(t, strings.ReplaceAll(strings.TrimSuffix(kept, "…"), letter, ""))
		}
	}
}

func TestApnsID(t *testing.T) {
	id := push.ApnsID([]byte("secret"), "key")
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`, id)
	require.Equal(t, id, push.ApnsID([]byte("secret"), "key"))
	require.NotEqual(t, id, push.ApnsID([]byte("secret"), "key2"))
	require.NotEqual(t, id, push.ApnsID([]byte("other"), "key"))
}
