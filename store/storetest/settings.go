package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
	"heraut/store"
)

func changeSetting(t *testing.T, s *store.Store) {
	t.Helper()
	read := settings.Mail{Mode: settings.MailRelay}
	version, err := s.Setting(t.Context(), "mail", &read)
	require.NoError(t, err)
	require.Zero(t, version)
	require.Equal(t, settings.MailRelay, read.Mode, "what was never set leaves the default")

	wanted := settings.Mail{Mode: settings.MailDirect, From: "it@example.org", Relay: settings.Relay{Password: "hunter2"}}
	version, err = s.PutSetting(t.Context(), actor, "mail", wanted, []byte("hunter2"), nil)
	require.NoError(t, err)
	require.EqualValues(t, 1, version)
	secret, err := s.SettingSecret(t.Context(), "mail")
	require.NoError(t, err)
	require.Equal(t, "hunter2", string(secret))

	wanted.PerMinute = 60
	stale := int64(7)
	_, err = s.PutSetting(t.Context(), actor, "mail", wanted, nil, &stale)
	requireCode(t, err, fault.PreconditionFailed)
	version, err = s.PutSetting(t.Context(), actor, "mail", wanted, nil, &version)
	require.NoError(t, err)
	require.EqualValues(t, 2, version)
	_, err = s.Setting(t.Context(), "mail", &read)
	require.NoError(t, err)
	wanted.Relay.Password = ""
	require.Equal(t, wanted, read, "the document holds no secret")
	secret, err = s.SettingSecret(t.Context(), "mail")
	require.NoError(t, err)
	require.Equal(t, "hunter2", string(secret), "nil keeps the secret")

	_, err = s.PutSetting(t.Context(), actor, "mail", wanted, []byte{}, nil)
	require.NoError(t, err)
	secret, err = s.SettingSecret(t.Context(), "mail")
	require.NoError(t, err)
	require.Nil(t, secret)

	require.NoError(t, s.DeleteSetting(t.Context(), actor, "mail"))
	require.NoError(t, s.DeleteSetting(t.Context(), actor, "mail"))
	version, err = s.Setting(t.Context(), "mail", &read)
	require.NoError(t, err)
	require.Zero(t, version)

	log, err := s.ListAudit(t.Context(), people.AuditFilter{TargetID: "mail"}, people.Cursor{}, 9)
	require.NoError(t, err)
	require.Len(t, log.Items, 4)
	for _, e := range log.Items {
		require.NotContains(t, e.Was+e.Became, "hunter2")
	}
}
