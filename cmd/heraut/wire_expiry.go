package main

import (
	"context"
	"log/slog"
	"time"

	"heraut/appsbooks"
	"heraut/internal/telemetry"
	"heraut/people"
	"heraut/push"
	"heraut/settings"
)

// expiries are the ends of what only an administrator can renew.
func (s storedSettings) expiries(ctx context.Context) (telemetry.Expiries, error) {
	found := telemetry.Expiries{PushCertificates: map[people.PushKind]time.Time{}}
	var t settings.ContentToken
	if _, err := s.store.Setting(ctx, settings.NameContentToken, &t); err != nil {
		return found, err
	}
	found.ContentToken = t.ExpiresAt
	for _, kind := range []people.PushKind{people.PushMDM, people.PushAlert} {
		var c settings.PushCertificate
		version, err := s.store.Setting(ctx, settings.NamePush(kind), &c)
		if err != nil {
			return found, err
		}
		if version > 0 {
			found.PushCertificates[kind] = c.NotAfter
		}
	}
	return found, nil
}

// expiryEvery is how often the log warns of what expires.
const expiryEvery = 24 * time.Hour

// warnOfExpiries writes to the log what expires soon, once a day until ctx
// ends.
func warnOfExpiries(ctx context.Context, s storedSettings, log *slog.Logger) {
	ticker := time.NewTicker(expiryEvery)
	defer ticker.Stop()
	for {
		warnings, err := s.warnings(ctx, time.Now())
		if err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "What expires soon could not be looked up.", "error", err)
		}
		for _, warning := range warnings {
			log.WarnContext(ctx, "An administrator must renew something.", "detail", warning)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// warnings are sentences about what has expired or expires soon: on the day of
// a step (60, 30, 14, 7 and 1 days) and every day of the last week for the
// content token, and in the last 30 days for a certificate.
func (s storedSettings) warnings(ctx context.Context, now time.Time) ([]string, error) {
	var all []string
	var t settings.ContentToken
	version, err := s.store.Setting(ctx, settings.NameContentToken, &t)
	if err != nil {
		return nil, err
	}
	if version > 0 {
		if days, warning := (appsbooks.Token{Organization: t.Organization, ExpiresAt: t.ExpiresAt}).Expiry(now); warning != "" && dueToday(days) {
			all = append(all, warning)
		}
	}
	for _, kind := range []people.PushKind{people.PushMDM, people.PushAlert} {
		var c settings.PushCertificate
		version, err := s.store.Setting(ctx, settings.NamePush(kind), &c)
		if err != nil {
			return nil, err
		}
		if _, warning := (push.Certificate{Topic: c.Topic, NotAfter: c.NotAfter}).Expiry(now); version > 0 && warning != "" {
			all = append(all, warning)
		}
	}
	return all, nil
}

// dueToday tells whether a warning stands for this very day: the day before
// had another step, or it is the last week.
func dueToday(days int) bool {
	step, _ := appsbooks.WarningStep(days)
	before, _ := appsbooks.WarningStep(days + 1)
	return step != before || days < 7
}
