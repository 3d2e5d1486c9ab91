package main

import (
	"context"
	"log/slog"

	"heraut/internal/config"
	"heraut/internal/secrets"
	"heraut/mail"
	"heraut/push"
)

// mailOptions are what every mail leaves with, also that of the test call.
func mailOptions(c config.Config, logger *slog.Logger) (mail.Options, error) {
	pool, err := roots(c.MailCA)
	return mail.Options{
		HELO: c.MailHELO, DNSServer: c.DNSServer, MXPort: c.MXPort, RootCAs: pool,
		MaxConns: c.MailConnections, PerDomain: c.MailPerDomain, Logger: logger,
	}, err
}

func newMailCourier(c config.Config, keys *secrets.Keyring, set storedSettings, logger *slog.Logger) (*mail.Courier, error) {
	o, err := mailOptions(c, logger)
	if err != nil {
		return nil, err
	}
	_, verp := keys.Current(secrets.ForVERP)
	return mail.NewCourier(mail.CourierOptions{
		Settings: set.forMail, Links: links{keys, c.PublicURL}.forMail,
		Logo:         func(ctx context.Context) (string, error) { return set.logoAddress(ctx, c.PublicURL) },
		MessageIDKey: keys.MessageIDKey(), VERPKey: verp, Sender: o,
	}), nil
}

func newPushCourier(c config.Config, keys *secrets.Keyring, set storedSettings, logger *slog.Logger) (*push.Courier, error) {
	pool, err := roots(c.APNsCA)
	if err != nil {
		return nil, err
	}
	return push.NewCourier(push.CourierOptions{
		Certificate: set.certificate, Settings: set.invitations, Link: links{keys, c.PublicURL}.page, ApnsIDKey: keys.APNsIDKey(),
		Client: push.Options{BaseURL: c.APNsURL, RootCAs: pool, MaxConcurrent: c.PushConcurrency, Logger: logger},
	}), nil
}
