package portal

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"
)

func TestClientIsWhoTheServerTrusts(t *testing.T) {
	for name, c := range map[string]struct {
		extract echo.IPExtractor
		remote  string
		want    string
	}{
		"no extractor: the peer":  {nil, "192.0.2.1:4444", "192.0.2.1"},
		"direct":                  {echo.ExtractIPDirect(), "192.0.2.1:4444", "192.0.2.1"},
		"behind a trusted proxy":  {echo.ExtractIPFromXFFHeader(), "127.0.0.1:4444", "203.0.113.9"},
		"behind a stranger":       {echo.ExtractIPFromXFFHeader(), "192.0.2.1:4444", "192.0.2.1"},
		"a household of IPv6":     {nil, "[2001:db8:1:2:3:4:5:6]:4444", "2001:db8:1:2::/64"},
		"IPv4 in IPv6":            {nil, "[::ffff:192.0.2.1]:4444", "192.0.2.1"},
		"a zone is not an escape": {nil, "[fe80::1%eth0]:4444", "fe80::/64"},
	} {
		e := echo.New()
		e.IPExtractor = c.extract
		r := httptest.NewRequest(http.MethodGet, "/i/x", http.NoBody)
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		r.Header.Set("X-Real-Ip", "203.0.113.9")
		require.Equal(t, c.want, clientOf(e.NewContext(r, httptest.NewRecorder())), name)
	}
	e := echo.New()
	r := httptest.NewRequest(http.MethodGet, "/i/x", http.NoBody)
	r.RemoteAddr = "@" // a unix socket
	require.Empty(t, clientOf(e.NewContext(r, httptest.NewRecorder())))
}
