package acceptance_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"heraut/api/client"
)

// summary is the text of a workflow's page in the Temporal UI, as the engine
// keeps it, in the form in which the UI asks to decode it.
func (s *site) summary(workflow string) (asked string) {
	s.Helper()
	run, err := s.engine().DescribeWorkflowExecution(s.Context(), workflow, "")
	require.NoError(s, err)
	payload := run.GetExecutionConfig().GetUserMetadata().GetSummary()
	require.NotNil(s, payload)
	body, err := protojson.Marshal(&commonpb.Payloads{Payloads: []*commonpb.Payload{payload}})
	require.NoError(s, err)
	return string(body)
}

// The Temporal UI is a page of another origin on the same machine: its browser
// sends the cookie that it got for an operator's key, and nobody else's.
func TestTheTemporalUIDecodesNamesForAnOperatorsSession(t *testing.T) {
	s := serve(t)
	p := s.one(byMail)
	s.invite(toUser(p.id))
	asked := s.summary(s.reaches(p.id, client.InvitationStateSent).WorkflowID)
	require.NotContains(t, asked, p.name)
	origin := "Origin: http://" + s.flag("--temporal-ui-listen")
	operator, viewer := s.newKey(client.RoleOperator), s.newKey(client.RoleViewer)
	decode := func(headers ...string) reply {
		return s.raw(http.MethodPost, s.url+"/codec/decode", asked, append(headers, "Content-Type: application/json")...)
	}
	session := func(key string, headers ...string) reply {
		return s.raw(http.MethodPost, s.url+"/v1/engine-session", "", append(headers, "Authorization: Bearer "+key)...)
	}

	asks := s.raw(http.MethodOptions, s.url+"/codec/decode", "", origin, "Access-Control-Request-Method: POST")
	require.Equal(t, http.StatusNoContent, asks.status)
	requireUIAlone(t, s, asks)
	nobody := decode(origin)
	require.Equal(t, http.StatusUnauthorized, nobody.status)
	requireUIAlone(t, s, nobody)
	require.Equal(t, http.StatusForbidden, session(viewer.Key, origin).status)

	opened := session(operator.Key, origin)
	require.Equal(t, http.StatusNoContent, opened.status, opened.body)
	requireUIAlone(t, s, opened)
	attributes := opened.header.Get("Set-Cookie")
	require.Contains(t, attributes, "HttpOnly")
	require.Contains(t, attributes, "SameSite=Strict")
	pair, _, _ := strings.Cut(attributes, ";")
	require.NotContains(t, pair, operator.Key)
	cookie := "Cookie: " + pair

	read := decode(origin, cookie)
	require.Equal(t, http.StatusOK, read.status, read.body)
	requireUIAlone(t, s, read)
	var decoded commonpb.Payloads
	require.NoError(t, protojson.Unmarshal([]byte(read.body), &decoded))
	require.JSONEq(t, `"`+p.name+` · iPad of person 0"`, string(decoded.Payloads[0].GetData()))

	foreign := decode("Origin: http://elsewhere.example", cookie)
	require.Equal(t, http.StatusForbidden, foreign.status)
	require.Empty(t, foreign.header.Get("Access-Control-Allow-Origin"))
	require.Empty(t, session(operator.Key, "Origin: http://elsewhere.example").header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, http.StatusUnauthorized, decode(origin, cookie+"x").status, "a forged session")

	ask(t, http.StatusNoContent, func() (*client.DeleteKeyResponse, error) {
		return s.api.DeleteKeyWithResponse(t.Context(), operator.ID)
	})
	require.Equal(t, http.StatusUnauthorized, decode(origin, cookie).status, "a session ends with its key")
}

// requireUIAlone checks that a browser shows the answer to the UI's pages, with
// credentials, and to no others.
func requireUIAlone(t *testing.T, s *site, answer reply) {
	t.Helper()
	require.Equal(t, "http://"+s.flag("--temporal-ui-listen"), answer.header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "true", answer.header.Get("Access-Control-Allow-Credentials"))
	require.Contains(t, answer.header.Values("Vary"), "Origin")
}
