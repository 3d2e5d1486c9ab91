package acceptance_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"github.com/oapi-codegen/nullable"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"
	sdk "go.temporal.io/sdk/client"
	"google.golang.org/protobuf/encoding/protojson"

	"heraut/api/client"
	smtpsim "heraut/simulator/smtp"
)

// secret is a text that must stay out of places, and what it is.
type secret struct{ what, text string }

// requireAbsent never shows what it found.
func requireAbsent(tb testing.TB, where string, content []byte, secrets []secret) {
	tb.Helper()
	require.NotEmpty(tb, content, where)
	for _, s := range secrets {
		require.NotEmpty(tb, s.text, s.what)
		if at := bytes.Index(content, []byte(s.text)); at >= 0 {
			line := content[bytes.LastIndexByte(content[:at], '\n')+1 : at]
			require.Fail(tb, s.what+" is in "+where, "after %.300q", line)
		}
	}
}

func TestNoSecretLeavesItsPlace(t *testing.T) {
	t.Run("names out of the engine", func(t *testing.T) { testSecrecy(t, false) })
	t.Run("names in the engine", func(t *testing.T) { testSecrecy(t, true) })
}

func testSecrecy(t *testing.T, names bool) {
	t.Helper()
	flag := "--names-in-engine=false"
	if names {
		flag = "--names-in-engine"
	}
	s := serve(t, flag, "--log-level=debug")
	story := &secretStory{site: s}
	story.play()

	metrics := s.raw(http.MethodGet, s.url+"/metrics", "")
	require.Equal(t, http.StatusOK, metrics.status)
	audit, err := json.Marshal(s.audit())
	require.NoError(t, err)
	if names {
		requireNamesInAttributesAlone(t, s, story.persons[0], story.names)
	}
	s.serving.stop()

	requireAbsent(t, "the audit log", audit, story.secrets)
	out := slices.Concat(story.secrets, story.names)
	requireAbsent(t, "the log", []byte(s.serving.program.Output()), out)
	requireAbsent(t, "the figures", []byte(metrics.body), out)
	requireAbsent(t, "the store's file", s.files("heraut.db*"), story.sealed)
	if names {
		out = story.secrets
	}
	requireAbsent(t, "the engine's file", s.files("temporal.db*"), out)
}

// files are the contents of the files in the data folder that match.
func (s *site) files(pattern string) []byte {
	s.Helper()
	found, err := filepath.Glob(filepath.Join(s.data, pattern))
	require.NoError(s, err)
	var all []byte
	for _, name := range found {
		content, err := os.ReadFile(name)
		require.NoError(s, err)
		all = append(all, content...)
	}
	return all
}

// secretStory is a day of an installation on which much goes wrong.
type secretStory struct {
	*site
	persons []person
	// secrets go nowhere, sealed not even into the store; names go into the
	// engine's search attributes alone, if that.
	secrets, sealed, names []secret
}

func (s *secretStory) seal(what, text string) {
	s.secrets = append(s.secrets, secret{what, text})
	s.sealed = append(s.sealed, secret{what, text})
}

func (s *secretStory) play() {
	s.Helper()
	s.login()
	s.cast()
	s.deliver()
	s.breakRelay()
	s.wander()
}

// login puts a relay with a password in the place of the one without.
func (s *secretStory) login() {
	s.Helper()
	const password = "hunter2-of-the-relay"
	require.NoError(s, s.sink.Close())
	var err error
	s.sink, err = smtpsim.New(smtpsim.Options{Listen: s.sink.Addr(), Username: "school", Password: password})
	require.NoError(s, err)
	settings := s.relay()
	relay := settings.Relay.MustGet()
	relay.Username, relay.Password = text("school"), text(password)
	settings.Relay.Set(relay)
	s.setMail(settings)
	s.seal("the relay's password", password)
	s.seal("the admin's key", s.adminKey())
	s.seal("an operator's key", s.newKey(client.RoleOperator).Key)
}

// cast makes the people: by mail, by push, one whose server refuses, and one
// with an MDM channel too.
func (s *secretStory) cast() {
	s.Helper()
	s.persons = []person{s.one(byMail), s.one(byPush), s.one(byMail), s.one(byMail), s.one(byMail)}
	const magic = "0c7a5a5c-magic-of-the-device"
	p := &s.persons[3]
	p.token = token()
	channels := nullable.NewNullableWithValue([]client.PushChannelInput{
		{Kind: client.PushKindMdm, Topic: "com.apple.mgmt.External.school", Token: p.token, PushMagic: text(magic)},
	})
	ask(s, http.StatusOK, func() (*client.UpdateDeviceResponse, error) {
		return s.api.UpdateDeviceWithApplicationMergePatchPlusJSONBodyWithResponse(s.Context(), p.device, nil, client.DevicePatch{Push: channels})
	})
	s.secrets = append(s.secrets, secret{"a push magic", magic})
	for _, p := range s.persons {
		s.secrets = append(s.secrets, secret{"an address", p.email})
		s.names = append(s.names, secret{"a user's name", p.name})
		if p.token != "" {
			bare, err := hex.DecodeString(p.token)
			require.NoError(s, err)
			s.secrets = append(s.secrets, secret{"a push token", p.token}, secret{"a push token's bytes", string(bare)})
		}
	}
	s.names = append(s.names, secret{"a device's name", "iPad of person"})
}

// deliver invites: one accepts by mail, one declines by push, one is refused
// with the server's words about the address.
func (s *secretStory) deliver() {
	s.Helper()
	refused := s.persons[2]
	s.sink.SetRules([]smtpsim.Rule{{
		Phase: smtpsim.PhaseRcpt, Recipient: refused.email, Code: 550, Text: "5.1.1 <" + refused.email + ">: no such person",
	}})
	for _, p := range s.persons[:3] {
		s.invite(toUser(p.id))
	}
	mail := s.mailTo(s.persons[0].email, 1)
	byPush := s.pushTo(s.persons[1].token, 1)
	for _, page := range []string{pageIn(&mail), byPush} {
		s.seal("a link", path.Base(page))
	}
	s.answer(pageIn(&mail), "accept")
	s.answer(byPush, "decline")
	s.becomes(s.persons[0].id, client.UserStateEnrolled)
	failed := s.reaches(refused.id, client.InvitationStateFailed)
	require.Contains(s, value(failed.LastAnswer), "no such person")
}

// breakRelay lets the relay put one mail off and then go down as a whole, both
// with an address in its words.
func (s *secretStory) breakRelay() {
	s.Helper()
	words := "4.3.2 <" + s.persons[3].email + "> and all others: come back later"
	for _, step := range []struct {
		phase smtpsim.Phase
		then  client.WaitingFor
		to    person
	}{{smtpsim.PhaseMail, client.WaitingForRetry, s.persons[3]}, {smtpsim.PhaseEHLO, client.WaitingForRelay, s.persons[4]}} {
		s.sink.SetRules([]smtpsim.Rule{{Phase: step.phase, Code: 421, Text: words}})
		send := s.invite(toUser(step.to.id))
		eventually(s, func() bool { return len(s.waiting(send.ID, step.then)) == 1 }, "the mail waits after 421 to %s", step.phase)
	}
	checks := s.raw(http.MethodGet, s.url+"/v1/preflight", "", "Authorization: Bearer "+s.adminKey())
	require.Contains(s, checks.body, "come back later")
}

// wander asks for things in ways that put secrets where logs are made.
func (s *secretStory) wander() {
	s.Helper()
	key, address, link := s.adminKey(), s.persons[0].email, s.sealed[len(s.sealed)-1].text
	s.raw(http.MethodGet, s.url+"/v1/users?q="+address, "", "Authorization: Bearer "+key)
	s.raw(http.MethodGet, s.url+"/v1/users/"+address, "", "Authorization: Bearer "+key)
	s.raw(http.MethodGet, s.url+"/"+link+"/"+key, "", "Referer: "+s.url+"/i/"+link, "User-Agent: "+address)
	s.raw(http.MethodGet, s.url+"/v1/users", "", "Authorization: Bearer "+key+"x", "X-Request-Id: "+address)
	s.raw(http.MethodPost, s.url+"/v1/users", `{"email": "`+address+`", "no": "`+key+`"}`, "Authorization: Bearer "+key, "Content-Type: application/json")
	s.raw(http.MethodGet, s.url+"/i/"+link+"x?"+address, "")
	s.raw(link[:5], s.url+"/i/"+link, "")
}

// requireNamesInAttributesAlone looks into each history: with names in the
// engine they are search attributes, and nothing else is in clear.
func requireNamesInAttributesAlone(t *testing.T, s *site, p person, names []secret) {
	t.Helper()
	engine := s.engine()
	var runs *workflowservice.ListWorkflowExecutionsResponse
	eventually(t, func() bool {
		var err error
		runs, err = engine.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: `HerautUser = "` + p.name + `"`})
		return err == nil && len(runs.Executions) > 0
	}, "the engine's list finds names")
	for _, run := range runs.Executions {
		requireAbsent(t, "a history", clearOfAttributes(t, engine, run.Execution.WorkflowId), names)
	}
}

// clearOfAttributes is a history as JSON, without its search attributes.
func clearOfAttributes(t *testing.T, engine sdk.Client, workflow string) []byte {
	t.Helper()
	var all []byte
	events := engine.GetWorkflowHistory(t.Context(), workflow, "", false, enums.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		event, err := events.Next()
		require.NoError(t, err)
		if started := event.GetWorkflowExecutionStartedEventAttributes(); started != nil {
			require.NotNil(t, started.SearchAttributes)
			started.SearchAttributes = nil
		}
		line, err := protojson.Marshal(event)
		require.NoError(t, err)
		all = append(all, line...)
	}
	return all
}
