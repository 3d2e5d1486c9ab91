package mail

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Every language says the same things.
func TestLanguagesHaveTheSameTexts(t *testing.T) {
	names := func(l language) (all []string) {
		for _, template := range l.plain.Templates() {
			if template.Name() == "subject" || template.Name() == "text" {
				all = append(all, "plain "+template.Name())
			}
		}
		for _, name := range []string{"lang", "greeting", "invitation", "devices", "button", "until", "stop"} {
			if l.markup.Lookup(name) != nil {
				all = append(all, "html "+name)
			}
		}
		return all
	}
	for name, l := range languages {
		require.Len(t, names(l), 9, name)
		require.ElementsMatch(t, names(languages["en"]), names(l), name)
	}
}

func TestDatesNameEachMonth(t *testing.T) {
	for name, l := range languages {
		seen := make(map[string]bool)
		for _, month := range l.months {
			require.NotEmpty(t, month, name)
			seen[month] = true
		}
		require.Len(t, seen, 12)
	}
	at := time.Date(2026, time.March, 9, 8, 5, 0, 0, time.UTC)
	require.Equal(t, "9 maart 2026 om 08:05 uur (UTC)", languages["nl"].date(at, nil))
	require.Equal(t, "9 March 2026 at 11:05 (UTC+03)", languages["en"].date(at, time.FixedZone("+03", 3*3600)))
}
