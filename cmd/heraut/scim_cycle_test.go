//go:build !lean

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"heraut/internal/config"
	appsbookssim "heraut/simulator/appsbooks"
	smtpsim "heraut/simulator/smtp"
)

// cycleApp is the app that everybody in the group is promised.
const cycleApp = "1001"

// cycle is Heraut as `heraut serve` runs it, engine and all, with Apple and a
// mail server beside it, and an identity provider that pushes people.
type cycle struct {
	t     *testing.T
	url   string
	key   string // of an administrator
	token string // of the identity provider
	sink  *smtpsim.Sink
	apple *appsbookssim.Server
	one   *allInOne
}

func newCycle(t *testing.T) *cycle {
	t.Helper()
	c := &cycle{t: t}
	var err error
	c.sink, err = smtpsim.New(smtpsim.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.sink.Close()) })
	c.apple, err = appsbookssim.New(appsbookssim.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.apple.Close()) })
	c.apple.AddAsset(bookOrg, appsbookssim.Asset{AdamID: cycleApp, Total: 3})
	c.serve()
	return c
}

// serve starts everything and stops it when the test ends.
func (c *cycle) serve() {
	c.t.Helper()
	ca := filepath.Join(c.t.TempDir(), "ca.pem")
	require.NoError(c.t, os.WriteFile(ca, c.apple.CAPEM(), 0o600))
	cmd := &cobra.Command{Use: "serve"}
	cmd.SetOut(io.Discard)
	cmd.SetErr(io.Discard)
	config.Bind(cmd, "serve")
	require.NoError(c.t, cmd.ParseFlags([]string{
		"--data", filepath.Join(c.t.TempDir(), "data"), "--listen", "127.0.0.1:0", "--temporal-listen", "127.0.0.1:0", "--temporal-ui-listen", "127.0.0.1:0",
		"--appsbooks-url", c.apple.URL(), "--appsbooks-ca", ca, "--ask-apple-every", "1s", "--public-url", "https://127.0.0.1:1",
	}))
	settings, err := config.Load(cmd)
	require.NoError(c.t, err)
	c.one = &allInOne{parts: newParts(settings, slog.New(slog.DiscardHandler)), cmd: cmd}
	c.t.Cleanup(func() { require.NoError(c.t, c.one.close(context.WithoutCancel(c.t.Context()))) })
	require.NoError(c.t, c.one.open(c.t.Context()))
	c.url = c.one.localURL()
	ctx, stop := context.WithCancel(c.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.one.run(ctx) }()
	c.t.Cleanup(func() {
		stop()
		require.NoError(c.t, <-ended)
	})
	key, err := os.ReadFile(filepath.Join(settings.Data, config.KeyFile))
	require.NoError(c.t, err)
	c.key = strings.TrimSpace(string(key))
}

// ask calls the API, or with the provider's token its SCIM, and reads what it
// wants of the answer.
func (c *cycle) ask(method, path string, body, into any) int {
	c.t.Helper()
	encoded := []byte{}
	if body != nil {
		var err error
		encoded, err = json.Marshal(body)
		require.NoError(c.t, err)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, bytes.NewReader(encoded))
	require.NoError(c.t, err)
	word, kind := c.key, "application/json"
	if strings.HasPrefix(path, "/scim/") {
		word, kind = c.token, "application/scim+json"
	}
	r.Header.Set("Authorization", "Bearer "+word)
	r.Header.Set("Content-Type", kind)
	response, err := http.DefaultClient.Do(r)
	require.NoError(c.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	require.Less(c.t, response.StatusCode, 300, "%s %s: %s", method, path, text)
	if into != nil {
		require.NoError(c.t, json.Unmarshal(text, into))
	}
	return response.StatusCode
}

// eventually waits for what workflows bring about.
func (c *cycle) eventually(what string, holds func() bool) {
	c.t.Helper()
	require.Eventually(c.t, holds, 2*time.Minute, 100*time.Millisecond, what)
}

type values = map[string]any

// provision has the provider make a user and give its id.
func (c *cycle) provision(name string) string {
	c.t.Helper()
	var made struct{ ID string }
	c.ask(http.MethodPost, "/scim/v2/Users", values{
		"schemas":  []string{"urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"},
		"userName": name + "@school.example", "externalId": name, "active": true, "displayName": name, "preferredLanguage": "nl-NL",
		"emails": []values{{"primary": true, "type": "work", "value": name + "@school.example"}},
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": values{"department": "4A"},
	}, &made)
	return made.ID
}

func operations(list ...values) values {
	return values{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": list}
}

// prepare sets up mail and the content token, and makes the provider's client.
func (c *cycle) prepare() {
	c.t.Helper()
	c.ask(http.MethodPut, "/v1/settings/mail", values{
		"mode": "relay", "from": "heraut@school.example",
		"relay": values{"host": c.sink.Host(), "port": c.sink.Port(), "tls": "none"},
	}, nil)
	c.ask(http.MethodPut, "/v1/settings/content-token", values{"token_file": string(c.apple.Token(bookOrg, nextYear()))}, nil)
	c.eventually("the library is mirrored", func() bool {
		var content struct{ Items []values }
		c.ask(http.MethodGet, "/v1/content", nil, &content)
		return len(content.Items) == 1
	})
	var client struct{ Token string }
	c.ask(http.MethodPost, "/v1/scim-clients", values{"name": "Entra ID"}, &client)
	c.token = client.Token
}

func (c *cycle) state(user string) string {
	c.t.Helper()
	var u struct{ State string }
	c.ask(http.MethodGet, "/v1/users/"+user, nil, &u)
	return u.State
}

// plan plans for the group by mail.
func (c *cycle) plan(group string) (id, digest string, invitations int, skipped map[string]int) {
	c.t.Helper()
	var p struct {
		ID, Digest    string
		Invitations   int
		SkippedCounts map[string]int `json:"skipped_counts"`
	}
	c.ask(http.MethodPost, "/v1/plans", values{"group_id": group, "channel": "mail"}, &p)
	return p.ID, p.Digest, p.Invitations, p.SkippedCounts
}

// accept accepts at Apple.
func (c *cycle) accept(user string) {
	c.t.Helper()
	code, err := c.one.store.InviteCode(c.t.Context(), user)
	require.NoError(c.t, err)
	require.NoError(c.t, c.apple.Accept(string(code), user+"@icloud.example"))
	c.eventually("enrolled", func() bool { return c.state(user) == "enrolled" })
}

func (c *cycle) licenses(n int) {
	c.t.Helper()
	c.eventually(fmt.Sprintf("%d licenses", n), func() bool { return len(c.apple.Assignments(bookOrg)) == n })
}

// TestProvisionedPeopleAreInvited is the whole life of people whom an identity
// provider brings: pushed, invited by mail, enrolled, with their apps; then
// disabled, with nothing left open and their licenses back.
func TestProvisionedPeopleAreInvited(t *testing.T) {
	c := newCycle(t)
	c.prepare()
	anna, bram, cato := c.provision("anna"), c.provision("bram"), c.provision("cato")
	var group struct{ ID string }
	c.ask(http.MethodPost, "/scim/v2/Groups", values{"displayName": "4A", "externalId": "g"}, &group)
	c.ask(http.MethodPatch, "/scim/v2/Groups/"+group.ID, operations(values{
		"op": "Add", "path": "members", "value": []values{{"value": anna}, {"value": bram}, {"value": cato}},
	}), nil)

	_, _, invitations, skipped := c.plan(group.ID)
	require.Zero(t, invitations)
	require.Equal(t, map[string]int{"services_off": 3}, skipped, "off until an administrator says otherwise")
	c.ask(http.MethodPatch, "/v1/groups/"+group.ID, values{"managed_distribution": true}, nil)
	c.ask(http.MethodPut, "/v1/groups/"+group.ID+"/content", values{"items": []values{{"adam_id": cycleApp}}}, nil)
	plan, digest, invitations, _ := c.plan(group.ID)
	require.Equal(t, 3, invitations)
	require.Equal(t, http.StatusAccepted, c.ask(http.MethodPost, "/v1/plans/"+plan+"/send", values{"digest": digest}, nil))
	require.NoError(t, c.sink.Wait(t.Context(), 3))
	require.Len(t, c.sink.MessagesTo("cato@school.example"), 1)

	c.accept(anna)
	c.accept(bram)
	c.licenses(2)

	c.ask(http.MethodPatch, "/scim/v2/Users/"+cato, operations(values{"op": "Replace", "path": "active", "value": "False"}), nil)
	var open struct {
		Items []struct {
			State      string
			LastAnswer string `json:"last_answer"`
		}
	}
	c.ask(http.MethodGet, "/v1/invitations?user_id="+cato, nil, &open)
	require.Len(t, open.Items, 1)
	require.Equal(t, "cancelled", open.Items[0].State)
	require.Equal(t, "disabled", open.Items[0].LastAnswer)
	_, _, invitations, skipped = c.plan(group.ID)
	require.Zero(t, invitations)
	require.Equal(t, map[string]int{"services_off": 1, "already_enrolled": 2}, skipped)

	c.ask(http.MethodPatch, "/scim/v2/Users/"+anna, operations(values{"op": "Replace", "path": "active", "value": "False"}), nil)
	c.licenses(1)
	c.ask(http.MethodPatch, "/scim/v2/Users/"+anna, operations(values{"op": "Replace", "path": "active", "value": "True"}), nil)
	c.licenses(2)
	c.ask(http.MethodDelete, "/scim/v2/Users/"+bram, nil, nil)
	c.licenses(1)
	c.ask(http.MethodPatch, "/scim/v2/Users/"+cato, operations(values{"op": "Replace", "path": "active", "value": "True"}), nil)
	_, _, invitations, _ = c.plan(group.ID)
	require.Equal(t, 1, invitations, "back")
}
