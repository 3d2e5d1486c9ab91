package store

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/people"
)

func TestAuditShowsTampering(t *testing.T) {
	for name, c := range map[string]struct{ tamper, want string }{
		"changed":   {"UPDATE audit SET actor_name = 'someone' WHERE seq = 2", "row 2 was changed"},
		"removed":   {"DELETE FROM audit WHERE seq = 2", "row 2 is missing"},
		"cut off":   {"DELETE FROM audit WHERE seq = 3", "ends at row 2"},
		"rewritten": {"UPDATE audit SET previous = '' WHERE seq = 2", "row 2 was changed"},
	} {
		t.Run(name, func(t *testing.T) {
			s := openTest(t)
			for range 3 {
				_, err := s.CreateUser(t.Context(), people.System("test"), people.User{FullName: "Jan"})
				require.NoError(t, err)
			}
			_, err := s.VerifyAudit(t.Context())
			require.NoError(t, err)
			_, err = s.writer.db.ExecContext(t.Context(), c.tamper)
			require.NoError(t, err)
			_, err = s.VerifyAudit(t.Context())
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestSecretsNeedKeys(t *testing.T) {
	s := openTest(t) // without a Sealer
	_, err := s.PutSetting(t.Context(), people.System("test"), "mail", struct{}{}, []byte("hunter2"), nil)
	require.ErrorIs(t, err, errNoSealer)
	require.Zero(t, settingsIn(t, s))
}
