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
	found := telemetry.Expiries{ContentTokens: map[string]time.Time{}, PushCertificates: map[people.PushKind]time.Time{}}
	tokens, err := s.store.ContentTokens(ctx)
	if err != nil {
		return found, err
	}
	for _, t := range tokens {
		found.ContentTokens[t.UID] = t.ExpiresAt
	}
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

const (
	// expiryEvery is how often the log warns of what expires.
	expiryEvery = 24 * time.Hour
	// stepEvery is how late the audit log may say that a step was reached.
	stepEvery = time.Hour
)

// warnOfExpiries writes to the log what expires soon, once a day until ctx
// ends, and to the audit log each step towards it, once for all processes.
func warnOfExpiries(ctx context.Context, s storedSettings, log *slog.Logger) {
	daily, hourly := time.NewTicker(expiryEvery), time.NewTicker(stepEvery)
	defer daily.Stop()
	defer hourly.Stop()
	s.logWarnings(ctx, log)
	for {
		if err := s.noteSteps(ctx, time.Now()); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "What expires soon could not be noted.", "error", err)
		}
		select {
		case <-daily.C:
			s.logWarnings(ctx, log)
		case <-hourly.C:
		case <-ctx.Done():
			return
		}
	}
}

func (s storedSettings) logWarnings(ctx context.Context, log *slog.Logger) {
	warnings, err := s.warnings(ctx, time.Now())
	if err != nil && ctx.Err() == nil {
		log.WarnContext(ctx, "What expires soon could not be looked up.", "error", err)
	}
	for _, warning := range warnings {
		log.WarnContext(ctx, "An administrator must renew something.", "detail", warning)
	}
}

// noteSteps puts into the audit log which steps towards an end (60, 30, 14, 7
// and 1 days, and the end itself) have been reached.
func (s storedSettings) noteSteps(ctx context.Context, now time.Time) error {
	ends, err := s.ends(ctx, now)
	if err != nil {
		return err
	}
	for _, e := range ends {
		step, reached := appsbooks.WarningStep(e.days)
		if !reached || e.warning == "" {
			continue
		}
		if _, err := s.store.NoteExpiry(ctx, e.name, e.at, step, e.warning); err != nil {
			return err
		}
	}
	return nil
}

// ending is what an administrator must renew; without a warning not yet.
type ending struct {
	name    settings.Name
	at      time.Time
	days    int
	warning string
	// token: it is a content token, and no certificate.
	token bool
}

// ends are content tokens and push certificates with their ends.
func (s storedSettings) ends(ctx context.Context, now time.Time) ([]ending, error) {
	tokens, err := s.store.ContentTokens(ctx)
	if err != nil {
		return nil, err
	}
	var all []ending
	for _, t := range tokens {
		days, warning := appsbooks.Token{Organization: t.Organization, ExpiresAt: t.ExpiresAt}.Expiry(now)
		all = append(all, ending{t.Name, t.ExpiresAt, days, warning, true})
	}
	for _, kind := range []people.PushKind{people.PushMDM, people.PushAlert} {
		var c settings.PushCertificate
		version, err := s.store.Setting(ctx, settings.NamePush(kind), &c)
		if err != nil {
			return nil, err
		}
		if version > 0 {
			days, warning := (push.Certificate{Topic: c.Topic, NotAfter: c.NotAfter}).Expiry(now)
			all = append(all, ending{settings.NamePush(kind), c.NotAfter, days, warning, false})
		}
	}
	return all, nil
}

// warnings are sentences about what has expired or expires soon: on the day of
// a step (60, 30, 14, 7 and 1 days) and every day of the last week for the
// content token, and in the last 30 days for a certificate.
func (s storedSettings) warnings(ctx context.Context, now time.Time) ([]string, error) {
	ends, err := s.ends(ctx, now)
	var all []string
	for _, e := range ends {
		if e.warning != "" && (!e.token || dueToday(e.days)) {
			all = append(all, e.warning)
		}
	}
	return all, err
}

// dueToday tells whether a warning stands for this very day: the day before
// had another step, or it is the last week.
func dueToday(days int) bool {
	step, _ := appsbooks.WarningStep(days)
	before, _ := appsbooks.WarningStep(days + 1)
	return step != before || days < 7
}
