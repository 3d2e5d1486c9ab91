package console_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/console/page"
)

// dynamic are the audit rows whose action the store puts together.
var dynamic = []string{
	"invitation.accept", "invitation.decline", "invitation.resend", "invitation.extend", "invitation.cancel",
	"invitation.reminders_stopped", "invitation.new_link_asked", "bulk.resend", "bulk.cancel", "bulk.extend",
	"administrator.sign_in", "administrator.sign_out", "send.pause", "send.resume",
}

// TestEveryDeedHasASentence reads the store's sources for what it audits.
func TestEveryDeedHasASentence(t *testing.T) {
	words, err := page.LoadWords(os.DirFS("."), "locales")
	require.NoError(t, err)
	sources, err := filepath.Glob("../store/*.go")
	require.NoError(t, err)
	actions := slices.Clone(dynamic)
	kinds := map[string]bool{}
	for _, path := range sources {
		source, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, found := range regexp.MustCompile(`audit\(.*Action: "([a-z_]+\.[a-z_]+)"`).FindAllSubmatch(source, -1) {
			actions = append(actions, string(found[1]))
		}
		for _, found := range regexp.MustCompile(`audit\(.*Kind: "([a-z_]+)"`).FindAllSubmatch(source, -1) {
			kinds[string(found[1])] = true
		}
	}
	require.Greater(t, len(actions), 40)
	require.Greater(t, len(kinds), 10)
	for _, lang := range page.Languages {
		for _, action := range actions {
			require.True(t, words.In(lang).Has("activity.did."+action), "%s: %s", lang, action)
		}
		for kind := range kinds {
			require.True(t, words.In(lang).Has("activity.target."+kind), "%s: %s", lang, kind)
		}
	}
}
