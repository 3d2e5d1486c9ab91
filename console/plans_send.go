package console

import (
	"errors"
	"net/http"

	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// sendPlan confirms a plan. A plan that was sent before leads to the same send:
// two presses, two administrators and the Back button send once.
func (v *visit) sendPlan() error {
	f, err := v.submitted("digest")
	if err != nil {
		return err
	}
	frozen, _, err := settings.ReadInvitations(v.ctx(), v.Store)
	if err != nil {
		return err
	}
	send, fresh, err := v.Plans.SendPlan(v.ctx(), v.actor(), v.id(), f.Values["digest"], frozen.Freeze())
	if err != nil {
		return v.notSent(err)
	}
	if !fresh {
		return v.done("/sends/"+send.ID, "sent_before", 0)
	}
	v.Office.Sent(v.ctx(), send)
	v.counts.forget()
	return v.done("/sends/"+send.ID, "sent", total(send.Counts))
}

// notSent shows the plan with the reason why it was not sent: the difference
// and the fresh plan where it is stale.
func (v *visit) notSent(err error) error {
	if stale, ok := errors.AsType[*invitation.StaleError](err); ok {
		return v.confirmation(http.StatusConflict, confirmation{Plan: stale.Fresh, Stale: &stale.Difference})
	}
	f := newForm(nil)
	if err := v.refuse(&f, err); err != nil {
		return err
	}
	plan, unread := v.Store.Plan(v.ctx(), v.id())
	if unread != nil {
		return unread
	}
	code := asFault(err).Code
	return v.confirmation(statuses[code], confirmation{Plan: plan, Problem: f.Error, Expired: code == fault.PlanExpired})
}

// serve turns managed distribution services on for a user.
func (v *visit) serve(userID string) error {
	user, err := v.Store.UpdateUser(v.ctx(), v.actor(), userID, nil, func(u people.User) (people.User, error) {
		u.ManagedDistribution = true
		return u, nil
	})
	if err != nil {
		return err
	}
	v.Office.UserChanged(v.ctx(), user.ID)
	v.Office.ContentChanged(v.ctx())
	return nil
}

// serveGroup turns them on for a group.
func (v *visit) serveGroup(groupID string) error {
	_, err := v.Store.UpdateGroup(v.ctx(), v.actor(), groupID, nil, func(g people.Group) (people.Group, error) {
		g.ManagedDistribution = true
		return g, nil
	})
	if err == nil {
		v.Office.ContentChanged(v.ctx())
	}
	return err
}
