package acceptance_test

import (
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/oapi-codegen/nullable"
	"github.com/stretchr/testify/require"

	"heraut/api/client"
)

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   string
}

// plain follows no redirects and keeps no cookies.
var plain = &http.Client{
	Timeout:       browser.Timeout,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// raw sends a request with its headers ("Name: value") as they are written.
func (s *site) raw(method, url, body string, headers ...string) reply {
	s.Helper()
	answer, err := s.tryRaw(method, url, body, headers...)
	require.NoError(s, err)
	return answer
}

// tryRaw is raw, for goroutines and for servers that may be gone.
func (s *site) tryRaw(method, url, body string, headers ...string) (reply, error) {
	request, err := http.NewRequestWithContext(s.Context(), method, url, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		request.Header.Add(name, value)
	}
	response, err := plain.Do(request)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = response.Body.Close() }() // it has been read
	text, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(text)}, err
}

// flag is the value that the process was started with.
func (s *site) flag(name string) string {
	s.Helper()
	at := slices.Index(s.args, name)
	require.GreaterOrEqual(s, at, 0, "%s is given", name)
	return s.args[at+1]
}

// newKey makes an API key.
func (s *site) newKey(role client.Role) *client.NewKey {
	s.Helper()
	return ask(s, http.StatusCreated, func() (*client.CreateKeyResponse, error) {
		return s.api.CreateKeyWithResponse(s.Context(), nil, client.KeyCreate{Name: "a " + string(role), Role: role})
	}).JSON201
}

// text is a nullable text that is there.
func text(value string) nullable.Nullable[string] { return nullable.NewNullableWithValue(value) }
