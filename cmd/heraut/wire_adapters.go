package main

import (
	"context"

	"heraut/fault"
	"heraut/invitation"
	"heraut/mail"
	"heraut/people"
	"heraut/push"
	"heraut/settings"
	"heraut/store"
)

// gatedPlans refuses a send whose links would lead nowhere, and has silent
// users registered at once.
type gatedPlans struct {
	*store.Store
	parts *parts
}

// SendPlan implements api.Plans.
func (g gatedPlans) SendPlan(ctx context.Context, actor people.Actor, planID, digest string, s invitation.Schedule) (invitation.Send, bool, error) {
	if g.parts.config.PublicURL == "" {
		return invitation.Send{}, false, fault.New(fault.Conflict, "Nothing can be sent yet: start Heraut with --public-url, the address at which people reach it.")
	}
	send, fresh, err := g.Store.SendPlan(ctx, actor, planID, digest, s)
	if err != nil {
		return send, fresh, err
	}
	plan, err := g.Plan(ctx, planID)
	if err == nil && plan.Totals.Silent > 0 {
		err = g.parts.patient.WatchNow(ctx)
	}
	if err != nil { // the schedule comes by
		g.parts.log.WarnContext(ctx, "Apple was not asked at once to enroll silent users.", "send_id", send.ID, "error", err)
	}
	return send, fresh, nil
}

// portalInvitations tells group sends that an answer on the page was their last.
type portalInvitations struct {
	*store.Store
	parts *parts
}

// Answer implements portal.Invitations.
func (i portalInvitations) Answer(ctx context.Context, id string, a invitation.Answer, actor people.Actor, source invitation.Source) error {
	decided, err := i.Store.Answer(ctx, id, a, actor, source)
	if err != nil {
		return err
	}
	for _, send := range decided.SettledSends {
		if err := i.parts.patient.WakeGroup(ctx, send); err != nil {
			i.parts.log.WarnContext(ctx, "A settled send's workflow was not told.", "send_id", send, "error", err)
		}
	}
	return nil
}

type mailTester struct{ options mail.Options }

// TestMail implements office.MailTester.
func (t mailTester) TestMail(ctx context.Context, s settings.Mail, to string) ([]settings.Check, error) {
	steps := mail.Test(ctx, s, t.options, to)
	checks := make([]settings.Check, len(steps))
	for i, step := range steps {
		checks[i] = settings.Check{Name: step.Name, OK: step.OK, Detail: step.Detail}
	}
	return checks, nil
}

type certificates struct{}

// ReadCertificate implements office.Certificates.
func (certificates) ReadCertificate(certificatePEM, keyPEM []byte, kind people.PushKind) (settings.PushCertificate, error) {
	c, err := push.ParseCertificate(certificatePEM, keyPEM, kind)
	if err != nil {
		return settings.PushCertificate{}, err
	}
	return settings.PushCertificate{Topic: c.Topic, NotAfter: c.NotAfter, PEM: string(certificatePEM)}, nil
}
