package store

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/internal/testkit"
)

// wholeMDM matches a plan's line that reads the MDM's tables without an index.
var wholeMDM = regexp.MustCompile(`^SCAN (e|m|c|mdm_\w+)$|Seq Scan on mdm_`)

// TestMDMQueriesUseIndexes looks how the databases find what an MDM service
// asks for at every connection of a device.
func TestMDMQueriesUseIndexes(t *testing.T) {
	for kind, o := range map[Kind]Options{
		SQLite:   {Path: filepath.Join(t.TempDir(), "heraut.db")},
		Postgres: {URL: testkit.Postgres(t)},
	} {
		t.Run(string(kind), func(t *testing.T) {
			o.Sealer = plainSealer{}
			s, err := Open(t.Context(), o)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			require.NoError(t, s.Migrate(t.Context()))
			for range 2 { // the second time its statements are kept
				useMDM(t, s.MDM())
			}
			explain := explainSQLite
			if kind == Postgres {
				explain = explainPostgres
			}
			seen := 0
			for query, plan := range explain(t, s) {
				if !strings.Contains(query, "mdm_") {
					continue
				}
				seen++
				for _, line := range plan {
					require.NotRegexp(t, wholeMDM, line, "%s\n%s", query, strings.Join(plan, "\n"))
				}
			}
			require.Greater(t, seen, 20)
		})
	}
}

func useMDM(t *testing.T, m *MDM) {
	t.Helper()
	ctx, mac := t.Context(), MDMEnrollment{ID: "mac", Type: "Device"}
	push := MDMPush{Topic: "t", Magic: "m", Token: []byte("x")}
	anna := MDMEnrollment{ID: "mac:anna", ParentID: "mac", Type: "User"}
	var err error
	for _, call := range []func(){
		func() { err = m.GiveCertificate(ctx, "mac", "hash") },
		func() { _, err = m.CertificateOwner(ctx, "hash") },
		func() { _, err = m.HasCertificate(ctx, "mac") },
		func() { err = m.Authenticated(ctx, mac, []byte("raw")) },
		func() { err = m.TokenUpdated(ctx, mac, push, []byte("unlock"), []byte("raw")) },
		func() { err = m.UserAuthenticated(ctx, anna, []byte("raw"), true) },
		func() { err = m.TokenUpdated(ctx, anna, push, nil, []byte("raw")) },
		func() { _, err = m.TokenTally(ctx, "mac") },
		func() { err = m.KeepBootstrapToken(ctx, "mac", []byte("token")) },
		func() { _, err = m.BootstrapToken(ctx, "mac") },
		func() { _, err = m.Push(ctx, []string{"mac", "mac:anna"}) },
		func() {
			_, err = m.Enqueue(ctx, []string{"mac", "nobody"}, MDMCommand{UUID: "A", RequestType: "T", Raw: []byte("raw")})
		},
		func() { err = m.Report(ctx, "mac", "", "Idle", nil) },
		func() { err = m.Report(ctx, "mac", "A", "NotNow", nil) },
		func() { _, _, err = m.Next(ctx, "mac", true) },
		func() { _, _, err = m.Next(ctx, "mac", false) },
		func() { err = m.Report(ctx, "mac", "A", "Acknowledged", nil) },
		func() { _, err = m.Commands(ctx, "mac", 10) },
		func() { err = m.EachCheckin(ctx, func([]byte) error { return nil }) },
		func() { err = m.ClearCommands(ctx, "mac") },
		func() { err = m.Disable(ctx, "mac") },
		func() { _, err = m.Purge(ctx, time.Now()) },
	} {
		call()
		require.NoError(t, err)
	}
}

// plainSealer hides nothing.
type plainSealer struct{}

func (plainSealer) Seal(_ string, plain []byte) (string, error) { return string(plain), nil }
func (plainSealer) Open(_, blob string) ([]byte, error)         { return []byte(blob), nil }
