package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"heraut/api/client"
	"heraut/internal/config"
)

// slowest is how long the API may take to begin an answer: a plan for a whole
// district, or the check of an uploaded roster.
const slowest = 5 * time.Minute

// server is the API as a command sees it.
type server struct {
	*client.ClientWithResponses

	url string
	// flags lead another command to the same API; with a blank before each.
	flags string
}

// dial reads the command's settings and its API key. It does not connect.
func dial(cmd *cobra.Command) (*server, error) {
	c, err := load(cmd)
	if err != nil {
		return nil, err
	}
	key, err := c.APIKey()
	if err != nil {
		return nil, err
	}
	s, err := newServer(&c, key)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"config", "data", "server", "key-file"} {
		if f := cmd.Flags().Lookup(name); f != nil && f.Changed {
			s.flags += " --" + name + " " + quoted(f.Value.String())
		}
	}
	return s, nil
}

func newServer(c *config.Config, key string) (*server, error) {
	authorize := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("User-Agent", "heraut/"+versionName())
		return nil
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: slowest,
		IdleConnTimeout:       30 * time.Second,
	}
	calls, err := client.NewClientWithResponses(c.Server,
		client.WithHTTPClient(&http.Client{
			Transport: transport,
			// The API never redirects; who does must not get the key.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}),
		client.WithRequestEditorFn(authorize))
	if err != nil {
		return nil, fmt.Errorf("preparing calls to %s: %w", c.Server, err)
	}
	return &server{ClientWithResponses: calls, url: c.Server}, nil
}

// answer is what every call of the generated client returns.
type answer interface {
	StatusCode() int
	GetBody() []byte
	ContentType() string
}

// ask makes a call and gives its answer when it has the wanted status (0: any
// of success) and is JSON; a refusal is an apiError.
func ask[A answer](s *server, want int, call func() (A, error)) (A, error) {
	got, err := call()
	if err != nil {
		return got, s.unreachable(err)
	}
	status := got.StatusCode()
	good := status == want || want == 0 && status >= 200 && status <= 299
	if !good || !strings.Contains(got.ContentType(), "json") {
		return got, readProblem(got)
	}
	return got, nil
}

// unreachable says in one sentence that the API can not be had, and what to
// do.
func (s *server) unreachable(err error) error {
	if urlErr, ok := errors.AsType[*url.Error](err); ok {
		err = urlErr.Err
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return unreachableError{fmt.Errorf("asking %s: %w: start `heraut serve`, or name the API with --server", s.url, err)}
}

// unreachableError is a call that got no answer.
type unreachableError struct{ error }

// Unwrap gives what went wrong.
func (e unreachableError) Unwrap() error { return e.error }
