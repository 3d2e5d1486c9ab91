package portal

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"
)

func client(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func TestMissesAreCountedForEachClient(t *testing.T) {
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	m := newMisses(func() time.Time { return now }, missesPerSecond, missesAtOnce)
	one, other := client("192.0.2.1/32"), client("192.0.2.2/32")
	require.False(t, m.exhausted(one), "nobody starts without an allowance")
	for range missesAtOnce {
		require.False(t, m.exhausted(one))
		m.count(one)
	}
	require.True(t, m.exhausted(one))
	require.False(t, m.exhausted(other))

	now = now.Add(time.Second / missesPerSecond)
	require.False(t, m.exhausted(one), "it grows back")
	m.count(one)
	require.True(t, m.exhausted(one))
}

func TestMissesTakeBoundedMemory(t *testing.T) {
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	m := newMisses(func() time.Time { return now }, missesPerSecond, missesAtOnce)
	addr := netip.MustParseAddr("10.0.0.0")
	for range maxClients {
		m.count(netip.PrefixFrom(addr, 32))
		addr = addr.Next()
	}
	late, later := client("192.0.2.1/32"), client("192.0.2.2/32")
	for range missesAtOnce {
		m.count(late)
	}
	require.Len(t, m.clients, maxClients)
	require.True(t, m.exhausted(later), "clients past the bound share one allowance")

	now = now.Add(time.Minute)
	m.count(later)
	require.Len(t, m.clients, 1, "who has a full allowance again is forgotten")
	require.False(t, m.exhausted(late))
}

func TestClientIsWhoTheServerTrusts(t *testing.T) {
	for name, c := range map[string]struct {
		extract echo.IPExtractor
		remote  string
		want    string
	}{
		"no extractor: the peer":  {nil, "192.0.2.1:4444", "192.0.2.1/32"},
		"direct":                  {echo.ExtractIPDirect(), "192.0.2.1:4444", "192.0.2.1/32"},
		"behind a trusted proxy":  {echo.ExtractIPFromXFFHeader(), "127.0.0.1:4444", "203.0.113.9/32"},
		"behind a stranger":       {echo.ExtractIPFromXFFHeader(), "192.0.2.1:4444", "192.0.2.1/32"},
		"a household of IPv6":     {nil, "[2001:db8:1:2:3:4:5:6]:4444", "2001:db8:1:2::/64"},
		"IPv4 in IPv6":            {nil, "[::ffff:192.0.2.1]:4444", "192.0.2.1/32"},
		"a zone is not an escape": {nil, "[fe80::1%eth0]:4444", "fe80::/64"},
	} {
		e := echo.New()
		e.IPExtractor = c.extract
		r := httptest.NewRequest(http.MethodGet, "/i/x", http.NoBody)
		r.RemoteAddr = c.remote
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		r.Header.Set("X-Real-Ip", "203.0.113.9")
		require.Equal(t, client(c.want), clientOf(e.NewContext(r, httptest.NewRecorder())), name)
	}
	e := echo.New()
	r := httptest.NewRequest(http.MethodGet, "/i/x", http.NoBody)
	r.RemoteAddr = "@" // a unix socket
	require.Equal(t, netip.Prefix{}, clientOf(e.NewContext(r, httptest.NewRecorder())))
}
