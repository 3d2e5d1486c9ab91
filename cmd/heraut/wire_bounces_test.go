package main

import (
	"log/slog"
	"net/smtp"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
	"heraut/mail"
	"heraut/settings"
	"heraut/store"
)

// bounced is a report of a mail server that gave up.
const bounced = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n" +
	"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.test\r\n\r\n" +
	"Final-Recipient: rfc822; gone@school.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"

// TestBouncesOutliveTheMakingOfAKey: a report may come days after its mail.
func TestBouncesOutliveTheMakingOfAKey(t *testing.T) {
	const domain, delivery = "bounces.school.test", "019a2cde-ce3b-75a9-814d-56df52f12520"
	path := filepath.Join(t.TempDir(), "secrets")
	before, err := secrets.Create(path)
	require.NoError(t, err)
	_, secret := before.Current(secrets.ForVERP)
	after, err := secrets.Rotate(path)
	require.NoError(t, err)
	s, err := store.Open(t.Context(), store.Options{Path: filepath.Join(t.TempDir(), "heraut.db")})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.Migrate(t.Context()))

	b := &bounces{store: s, keys: after, log: slog.New(slog.DiscardHandler)}
	intake := b.start(t.Context(), settings.Bounces{Listen: "127.0.0.1:0", Domain: domain})
	require.NotNil(t, intake)
	t.Cleanup(func() { b.stop(intake) })
	report := func(secret []byte) error {
		return smtp.SendMail(intake.Addr(), nil, "", []string{mail.ReturnPath(secret, delivery, domain)}, []byte(bounced))
	}
	require.NoError(t, report(secret), "of a mail that left before")
	_, newer := after.Current(secrets.ForVERP)
	require.NoError(t, report(newer))
	require.ErrorContains(t, report([]byte("a stranger's")), "550")
}
