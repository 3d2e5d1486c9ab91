package settings

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMDMServerCheck(t *testing.T) {
	type given struct {
		MDMServer
		MDMSecrets
	}
	for name, c := range map[string]struct {
		change func(*given)
		want   []string
	}{
		"external":           {func(*given) {}, nil},
		"below a path":       {func(g *given) { g.URL = "https://mdm.example.org/nano" }, nil},
		"plain in a network": {func(g *given) { g.URL = "http://nanomdm:9000" }, nil},
		"plain on loopback":  {func(g *given) { g.URL = "http://[::1]:9000" }, nil},
		"plain in private":   {func(g *given) { g.URL = "http://10.0.0.7:9000" }, nil},
		"built in":           {func(g *given) { *g = given{MDMServer: DefaultMDMServer()} }, nil},
		"odd mode":           {func(g *given) { g.Mode = "borrowed" }, []string{"/mode"}},
		"no address":         {func(g *given) { g.URL = "" }, []string{"/url"}},
		"no scheme":          {func(g *given) { g.URL = "mdm.example.org" }, []string{"/url"}},
		"other scheme":       {func(g *given) { g.URL = "ftp://mdm.example.org" }, []string{"/url"}},
		"no host":            {func(g *given) { g.URL = "https://:9000" }, []string{"/url"}},
		"long address":       {func(g *given) { g.URL += strings.Repeat("a", 500) }, []string{"/url"}},
		"user in address":    {func(g *given) { g.URL = "https://nanomdm:key@mdm.example.org" }, []string{"/url"}},
		"query in address":   {func(g *given) { g.URL += "?nopush=1" }, []string{"/url"}},
		"plain far away":     {func(g *given) { g.URL = "http://mdm.example.org" }, []string{"/url"}},
		"plain by address":   {func(g *given) { g.URL = "http://203.0.113.7:9000" }, []string{"/url"}},
		"no key":             {func(g *given) { g.APIKey = "" }, []string{"/api_key"}},
		"key with a break":   {func(g *given) { g.APIKey = "one\ntwo" }, []string{"/api_key"}},
		"no webhook secret":  {func(g *given) { g.WebhookSecret = "" }, []string{"/webhook_secret"}},
		"short webhook secret": {
			func(g *given) { g.WebhookSecret = "0123456789abcde" }, []string{"/webhook_secret"},
		},
		"webhook secret with a space": {
			func(g *given) { g.WebhookSecret = "0123456789 abcdef" }, []string{"/webhook_secret"},
		},
		"answer at once": {func(g *given) { g.AnswerWithin = Duration(time.Minute) }, []string{"/answer_within"}},
		"answer never":   {func(g *given) { g.AnswerWithin = Duration(31 * day) }, []string{"/answer_within"}},
		"all wrong": {
			func(g *given) { *g = given{MDMServer: MDMServer{Mode: MDMExternal}} },
			[]string{"/url", "/api_key", "/webhook_secret", "/answer_within"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := given{
				MDMServer{Mode: MDMExternal, URL: "https://mdm.example.org", AnswerWithin: Duration(day)},
				MDMSecrets{APIKey: "not-the-real-key", WebhookSecret: "0123456789abcdef"},
			}
			c.change(&g)
			require.Equal(t, c.want, pointers(t, g.Check(g.MDMSecrets)))
		})
	}
}

func TestMDMServerDocumentHoldsNoSecret(t *testing.T) {
	doc, err := json.Marshal(DefaultMDMServer())
	require.NoError(t, err)
	require.JSONEq(t, `{"mode":"builtin","url":"","answer_within":"P1D"}`, string(doc))
}
