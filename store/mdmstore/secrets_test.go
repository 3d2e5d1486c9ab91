package mdmstore_test

import (
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"
	"github.com/micromdm/nanomdm/mdm"
	"github.com/stretchr/testify/require"

	"heraut/internal/testkit"
	"heraut/store"
	"heraut/store/mdmstore"
)

// TestSecretsAreSealed looks into the tables for what must not be read there.
func TestSecretsAreSealed(t *testing.T) {
	file, url := filepath.Join(t.TempDir(), "heraut.db"), testkit.Postgres(t)
	for driver, o := range map[string]store.Options{"sqlite": {Path: file}, "postgres": {URL: url}} {
		t.Run(driver, func(t *testing.T) {
			s := open(t, o)
			storage := mdmstore.New(s)
			mac := newDevice(t, server(s), "mac").enroll()
			require.NoError(t, mac.svc.TokenUpdate(mac.request(), &mdm.TokenUpdate{
				Enrollment: mac.ids, UnlockToken: []byte("unlock SECRET"), Raw: []byte("token update SECRET"),
				Push: mdm.Push{Topic: "topic", PushMagic: "magic SECRET", Token: []byte("token")},
			}))
			require.NoError(t, mac.svc.SetBootstrapToken(mac.request(), &mdm.SetBootstrapToken{
				Enrollment: mac.ids, BootstrapToken: mdm.BootstrapToken{BootstrapToken: []byte("bootstrap SECRET")},
			}))
			anna := mac.user("anna").request()
			anna.EnrollID = &mdm.EnrollID{Type: mdm.User, ID: "mac:anna", ParentID: "mac"}
			for _, digest := range []string{"", "digest"} {
				require.NoError(t, storage.StoreUserAuthenticate(anna, &mdm.UserAuthenticate{DigestResponse: digest, Raw: []byte("user SECRET")}))
			}
			c := command("A")
			c.Raw = []byte("https://example.org/?inviteCode=SECRET")
			_, err := storage.EnqueueCommand(t.Context(), []string{"mac"}, c)
			require.NoError(t, err)

			seen := contents(t, driver, o.Path+o.URL)
			require.Contains(t, seen, hex.EncodeToString([]byte("token")), "the tables were read")
			require.NotContains(t, seen, "SECRET")
			require.NotContains(t, seen, hex.EncodeToString([]byte("SECRET")))

			next, err := mac.svc.CommandAndReportResults(mac.request(), &mdm.CommandResults{Enrollment: mac.ids, Status: "Idle"})
			require.NoError(t, err)
			require.Equal(t, c.Raw, next.Raw, "the device gets what was queued, byte by byte")
			token, err := mac.svc.GetBootstrapToken(mac.request(), &mdm.GetBootstrapToken{Enrollment: mac.ids})
			require.NoError(t, err)
			require.Equal(t, "bootstrap SECRET", string(token.BootstrapToken))
			require.Empty(t, mac.report("A", "Acknowledged"))
			require.Contains(t, contents(t, driver, o.Path+o.URL), "A InviteToProgram [] Acknowledged", "an ended command says nothing more")
		})
	}
}

// contents is every row of the MDM's tables as text, bytes in hex too.
func contents(t *testing.T, driver, dsn string) string {
	t.Helper()
	db, err := sqlx.Open(driver, dsn)
	require.NoError(t, err)
	defer db.Close()
	var all strings.Builder
	for _, table := range []string{"mdm_enrollments", "mdm_messages", "mdm_certificates"} {
		rows, err := db.QueryxContext(t.Context(), "SELECT * FROM "+table)
		require.NoError(t, err)
		for rows.Next() {
			values, err := rows.SliceScan()
			require.NoError(t, err)
			for _, v := range values {
				fmt.Fprintf(&all, "%s %x ", v, v)
			}
		}
		require.NoError(t, rows.Err())
	}
	rows, err := db.QueryxContext(t.Context(), "SELECT enrollment_id, uuid, request_type, body, status, result FROM mdm_commands")
	require.NoError(t, err)
	for rows.Next() {
		var id, uuid, request, body, status string
		var result []byte
		require.NoError(t, rows.Scan(&id, &uuid, &request, &body, &status, &result))
		fmt.Fprintf(&all, "%s %s %s [%s] %s %q\n", id, uuid, request, body, status, result)
	}
	require.NoError(t, rows.Err())
	return all.String()
}
