package api_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// contract is a transport that holds every answer against openapi.yaml.
type contract struct {
	t      *testing.T
	next   http.RoundTripper
	doc    *openapi3.T
	router routers.Router
}

func newContract(t *testing.T, next http.RoundTripper) *contract {
	t.Helper()
	data, err := os.ReadFile("openapi.yaml")
	require.NoError(t, err)
	doc, err := openapi3.NewLoader().LoadFromData(data)
	require.NoError(t, err)
	router, err := gorillamux.NewRouter(doc)
	require.NoError(t, err)
	return &contract{t: t, next: next, doc: doc, router: router}
}

// RoundTrip implements http.RoundTripper.
func (c *contract) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := c.next.RoundTrip(r)
	if err != nil {
		return response, err
	}
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return response, err
	}
	response.Body = io.NopCloser(bytes.NewReader(data))
	assert.NotEmpty(c.t, response.Header.Get("X-Request-Id"))
	assert.Equal(c.t, "nosniff", response.Header.Get("X-Content-Type-Options"))
	c.check(r, response, data)
	return response, nil
}

func (c *contract) check(r *http.Request, response *http.Response, data []byte) {
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		c.offContract(response, data)
		return
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 response.StatusCode, Header: response.Header,
		Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	input.SetBodyBytes(data)
	assert.NoError(c.t, openapi3filter.ValidateResponse(context.Background(), input), "%s %s: %d %s", r.Method, r.URL.Path, response.StatusCode, data)
}

// offContract holds an answer to what the contract does not name: it is still
// a problem, or nothing.
func (c *contract) offContract(response *http.Response, data []byte) {
	if len(data) == 0 {
		return
	}
	problem := c.doc.Components.Schemas["Problem"].Value
	var value any
	assert.NoError(c.t, decode(data, &value))
	assert.NoError(c.t, problem.VisitJSON(value))
	assert.Equal(c.t, "application/problem+json", response.Header.Get("Content-Type"))
}
