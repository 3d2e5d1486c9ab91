package bench

import (
	"context"
	"fmt"
	"time"

	smtpsim "heraut/simulator/smtp"
)

// planTimes is how often a plan is made.
const planTimes = 10

// measurePlan plans for one group again and again, and confirms the last plan.
func measurePlan(ctx context.Context, r *run) error {
	sink, err := smtpsim.New(smtpsim.Options{HeadersOnly: true, Limit: 100})
	if err != nil {
		return err
	}
	r.onClose(sink.Close)
	n := r.Size.Group
	s, err := r.staffed(ctx, "plan", n)
	if err != nil {
		return err
	}
	if err := s.mailTo(ctx, sink.Port()); err != nil {
		return err
	}
	p, err := r.planFor(ctx, s, n)
	if err != nil {
		return err
	}
	r.say("planning for %d people", n)
	var times []time.Duration
	for range planTimes {
		begun := time.Now()
		if p, err = s.plan(ctx, p.GroupID.MustGet()); err != nil {
			return err
		}
		times = append(times, time.Since(begun))
	}
	r.median("plan", times, fmt.Sprintf("a group of %d, each with a device", n))
	begun := time.Now()
	if _, err := s.send(ctx, p); err != nil {
		return err
	}
	r.figure("send, until the 202", milliseconds(time.Since(begun)), "ms", "plans again to see whether the plan still holds, and starts the group's workflow")
	return nil
}
