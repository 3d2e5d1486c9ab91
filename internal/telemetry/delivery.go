package telemetry

import (
	"context"
	"time"

	"heraut/invitation"
)

// Mailer sends one mail, as activities ask for it.
type Mailer interface {
	Mail(ctx context.Context, m invitation.Message, before func(context.Context) error) invitation.Outcome
}

// Pusher sends one push, as activities ask for it.
type Pusher interface {
	Push(ctx context.Context, m invitation.Message) invitation.Outcome
}

// Delivery counts a try to deliver and what came of it.
func (m *Metrics) Delivery(channel invitation.Channel, outcome invitation.Class, took time.Duration) {
	m.deliveries.WithLabelValues(string(channel), string(outcome)).Observe(took.Seconds())
}

// CountMails returns a mailer that counts what next sends.
func (m *Metrics) CountMails(next Mailer) Mailer { return countedMailer{m, next} }

// CountPushes returns a pusher that counts what next sends.
func (m *Metrics) CountPushes(next Pusher) Pusher { return countedPusher{m, next} }

type countedMailer struct {
	metrics *Metrics
	next    Mailer
}

// Mail implements Mailer.
func (c countedMailer) Mail(ctx context.Context, msg invitation.Message, before func(context.Context) error) invitation.Outcome {
	start := time.Now()
	outcome := c.next.Mail(ctx, msg, before)
	c.metrics.Delivery(msg.Channel, outcome.Class, time.Since(start))
	return outcome
}

type countedPusher struct {
	metrics *Metrics
	next    Pusher
}

// Push implements Pusher.
func (c countedPusher) Push(ctx context.Context, msg invitation.Message) invitation.Outcome {
	start := time.Now()
	outcome := c.next.Push(ctx, msg)
	c.metrics.Delivery(msg.Channel, outcome.Class, time.Since(start))
	return outcome
}
