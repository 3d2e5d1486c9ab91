package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestHealthcheck(t *testing.T) {
	alive := true
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !alive || r.URL.Path != "/livez" {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	plain := httptest.NewServer(handler)
	defer plain.Close()
	address := strings.TrimPrefix(plain.URL, "http://")
	done(t, "healthcheck", "--listen", address)
	done(t, "healthcheck", "worker", "--metrics-listen", address)
	done(t, "healthcheck", "--listen", strings.Replace(address, "127.0.0.1", "0.0.0.0", 1))

	secure := httptest.NewTLSServer(handler)
	defer secure.Close()
	done(t, "healthcheck", "--listen", strings.TrimPrefix(secure.URL, "https://"), "--tls-cert", "cli_test.go")

	alive = false
	r := cli(t, "healthcheck", "--listen", address)
	assert.Equal(t, exitFailed, r.code)
	assert.Contains(t, r.errs, "answers 503")
}
