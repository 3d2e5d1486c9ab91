package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

// A client whose connection was kept sends the next request although the
// server has begun to stop: it is answered, and told to leave.
func TestAnswersEndConnectionsWhileTheServerStops(t *testing.T) {
	stopping := make(chan struct{})
	server := httptest.NewServer(draining{http.NotFoundHandler(), stopping})
	t.Cleanup(server.Close)
	leave := func() bool {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, http.NoBody)
		require.NoError(t, err)
		answer, err := server.Client().Do(r)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusNotFound, answer.StatusCode)
		return answer.Close
	}
	require.False(t, leave())
	close(stopping)
	require.True(t, leave())
}
