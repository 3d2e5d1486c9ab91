package mail_test

import (
	"context"
	"errors"
	"log/slog"
	"net/smtp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/mail"
)

const (
	bounceDomain = "bounces.school.test"
	deliveryID   = "0191e7a0-1111-7222-8333-444455556666"
)

// Reports come for days: the newer secret was made since mails left.
var bounceSecret, newerSecret = []byte("a secret of the organization"), []byte("a newer one")

// report is a delivery report as postfix writes it.
const report = "From: MAILER-DAEMON@relay.test\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n" +
	"Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"b/1\"\r\n\r\n" +
	"--b/1\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\r\n" +
	"--b/1\r\nContent-Type: message/delivery-status\r\n\r\n" +
	"Reporting-MTA: dns; relay.test\r\nArrival-Date: Tue, 12 May 2026 12:00:00 +0000\r\n\r\n" +
	"Final-Recipient: rfc822; gone@school.test\r\nAction: failed\r\nStatus: 5.1.1\r\n" +
	"Diagnostic-Code: smtp; 550 5.1.1 <gone@school.test>: Recipient address\r\n    rejected: User unknown\r\n\r\n" +
	"--b/1\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: Uitnodiging\r\n\r\n--b/1--\r\n"

// intake starts one whose bounces go to a channel.
func intake(t *testing.T, fail error) (*mail.Intake, chan mail.Bounce) {
	t.Helper()
	bounces := make(chan mail.Bounce, 10)
	in, err := mail.NewIntake("127.0.0.1:0", bounceDomain, [][]byte{newerSecret, bounceSecret}, func(_ context.Context, b mail.Bounce) error {
		bounces <- b
		return fail
	}, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- in.Serve() }()
	t.Cleanup(func() {
		require.NoError(t, in.Close())
		require.NoError(t, <-served)
	})
	return in, bounces
}

func deliver(in *mail.Intake, to, data string) error {
	return smtp.SendMail(in.Addr(), nil, "", []string{to}, []byte(data))
}

func TestIntakeKnowsReturnPathsOfEachSecret(t *testing.T) {
	in, bounces := intake(t, nil)
	for _, secret := range [][]byte{bounceSecret, newerSecret} {
		require.NoError(t, deliver(in, mail.ReturnPath(secret, deliveryID, bounceDomain), report))
		require.Equal(t, deliveryID, (<-bounces).DeliveryID)
	}
	require.ErrorContains(t, deliver(in, mail.ReturnPath([]byte("a stranger's"), deliveryID, bounceDomain), report), "550")
}

func TestIntakeTakesReport(t *testing.T) {
	in, bounces := intake(t, nil)
	require.NoError(t, deliver(in, mail.ReturnPath(bounceSecret, deliveryID, bounceDomain), report))
	require.Equal(t, mail.Bounce{
		DeliveryID: deliveryID, Status: "5.1.1", Permanent: true,
		Words: "550 5.1.1 <gone@school.test>: Recipient address rejected: User unknown",
	}, <-bounces)
}

func TestIntakeReadsManyForms(t *testing.T) {
	in, bounces := intake(t, nil)
	path := mail.ReturnPath(bounceSecret, deliveryID, bounceDomain)
	fields := func(from, to string) string { return strings.Replace(report, from, to, 1) }
	for name, c := range map[string]struct {
		data      string
		status    string
		permanent bool
	}{
		"expired":        {fields("Status: 5.1.1", "Status: 4.4.1"), "4.4.1", true},
		"delayed":        {fields("Action: failed\r\nStatus: 5.1.1", "Action: delayed\r\nStatus: 4.2.0"), "4.2.0", false},
		"no action":      {fields("Action: failed\r\n", ""), "5.1.1", true},
		"status by code": {fields("Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1", "Diagnostic-Code: smtp; 550"), "5.0.0", true},
		"no status":      {fields("Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1", "X: "), "5.0.0", true},
		"with comment":   {fields("Status: 5.1.1", "status:5.7.1 (refused)"), "5.7.1", true},
		"internationalized": {
			fields("message/delivery-status", "message/global-delivery-status"), "5.1.1", true,
		},
		"wrapped": {
			"Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" + strings.TrimPrefix(report, "From: MAILER-DAEMON@relay.test\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n") + "\r\n--m--\r\n",
			"5.1.1", true,
		},
		"base64": {
			"Content-Type: multipart/report; boundary=m\r\n\r\n--m\r\nContent-Type: message/delivery-status\r\n" +
				"Content-Transfer-Encoding: base64\r\n\r\nQWN0aW9uOiBmYWlsZWQNClN0YXR1czogNS4yLjENCg==\r\n--m--\r\n",
			"5.2.1", true,
		},
		"worst of two": {
			fields("Final-Recipient", "Action: delayed\r\nStatus: 4.0.0\r\n\r\nFinal-Recipient"), "5.1.1", true,
		},
	} {
		require.NoError(t, deliver(in, path, c.data), name)
		require.Len(t, bounces, 1, name)
		b := <-bounces
		require.Equal(t, c.status, b.Status, name)
		require.Equal(t, c.permanent, b.Permanent, name)
		require.Equal(t, deliveryID, b.DeliveryID, name)
	}
}

func TestIntakeTakesAndForgetsWhatIsNoFailure(t *testing.T) {
	in, bounces := intake(t, nil)
	path := strings.ToUpper(mail.ReturnPath(bounceSecret, deliveryID, bounceDomain))
	for _, data := range []string{
		"Subject: Out of office\r\n\r\nI am away.\r\n",
		"no headers at all",
		"Content-Type: multipart/report; boundary=m\r\n\r\n--m\r\n",
		strings.Replace(report, "Action: failed", "Action: delivered", 1),
		strings.Replace(report, "Action: failed", "Action: relayed", 1),
	} {
		require.NoError(t, deliver(in, path, data))
	}
	require.Empty(t, bounces)
}

func TestIntakeRefusesOtherAddresses(t *testing.T) {
	in, bounces := intake(t, nil)
	path := mail.ReturnPath(bounceSecret, deliveryID, bounceDomain)
	for _, to := range []string{
		"postmaster@" + bounceDomain,
		"someone@school.test",
		mail.ReturnPath([]byte("another secret"), deliveryID, bounceDomain),
		mail.ReturnPath(bounceSecret, deliveryID, "elsewhere.test"),
		strings.Replace(path, "b-0", "b-1", 1),
	} {
		require.ErrorContains(t, deliver(in, to, report), "550", to)
	}
	require.Empty(t, bounces)
}

func TestIntakeRefusesTooLargeReport(t *testing.T) {
	in, bounces := intake(t, nil)
	large := report + strings.Repeat(strings.Repeat("x", 998)+"\r\n", 11<<10)
	require.ErrorContains(t, deliver(in, mail.ReturnPath(bounceSecret, deliveryID, bounceDomain), large), "552")
	require.Empty(t, bounces)
}

func TestIntakeAsksToComeAgain(t *testing.T) {
	in, bounces := intake(t, errors.New("the store is away"))
	err := deliver(in, mail.ReturnPath(bounceSecret, deliveryID, bounceDomain), report)
	require.ErrorContains(t, err, "451")
	require.NotContains(t, err.Error(), "store is away")
	require.Len(t, bounces, 1)
}
