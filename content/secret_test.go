package content_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/content"
)

func TestSecretsShowNothing(t *testing.T) {
	account := content.Account{ClientUserID: "u-1", InviteCode: "the-code"}
	doc := map[string]any{"account": account.InviteCode, "accounts": []content.Secret{account.InviteCode}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		require.NotContains(t, fmt.Sprintf(verb, account), "the-code", verb)
		require.NotContains(t, fmt.Sprintf(verb, account.InviteCode), "the-code", verb)
	}
	text, err := json.Marshal(doc)
	require.NoError(t, err)
	require.NotContains(t, string(text), "the-code")
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("one", "account", account, "code", account.InviteCode)
	require.NotContains(t, log.String(), "the-code")
	require.Contains(t, log.String(), "[redacted]")
}
