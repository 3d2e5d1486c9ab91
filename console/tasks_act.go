package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"heraut/fault"
	"heraut/invitation"
)

// actOnTasks does what was confirmed: one by one to a handful, as a workflow to
// all that a filter matches. Where the number is no longer the one that was
// shown, nothing is done and the dialog asks again.
func (v *visit) actOnTasks() error {
	if _, err := v.submitted(); err != nil {
		return err
	}
	form := v.c.Request().PostForm
	a, err := v.readAsked(form)
	if err != nil {
		return err
	}
	if begun, err := v.begun(a); begun || err != nil {
		return err
	}
	if err := v.count(&a); err != nil {
		return err
	}
	if was := form.Get("count"); was != strconv.Itoa(a.N) {
		a.Was, _ = strconv.Atoi(was) // what is no number was none
		return v.showAsked(http.StatusConflict, a)
	}
	if a.N == 0 {
		return fault.New(fault.Conflict, "There is nothing left that this could be done to.")
	}
	if a.All {
		return v.beginBulk(a)
	}
	return v.actOnSelected(a)
}

// begun leads to the bulk action that was confirmed before, if it was.
func (v *visit) begun(a asked) (bool, error) {
	if !a.All {
		return false, nil
	}
	_, err := v.Store.Bulk(v.ctx(), a.Once)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, v.leadToBulk(a)
}

func (v *visit) beginBulk(a asked) error {
	bulk, fresh, err := v.Store.CreateBulkOnce(v.ctx(), v.actor(), a.Once, a.Action, a.Query.Filter)
	if err != nil {
		return err
	}
	if fresh {
		v.Office.BulkMade(v.ctx(), bulk)
	}
	return v.leadToBulk(a)
}

func (v *visit) leadToBulk(a asked) error {
	return v.lead(with("/tasks/bulk/"+a.Once, url.Values{"back": {a.Back}}))
}

// actOnSelected acts on each; what was settled meanwhile is left alone.
func (v *visit) actOnSelected(a asked) error {
	act, done := v.action(a), 0
	var sends, users []string
	for _, id := range a.IDs {
		decided, err := act(v.ctx(), id)
		if fault.Is(err, fault.InvitationSettled) || fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			v.told(sends, users)
			return err
		}
		done++
		sends, users = append(sends, decided.SettledSends...), append(users, decided.UserID)
	}
	v.told(sends, users)
	said := "tasks_" + string(a.Action)
	if done < len(a.IDs) {
		said += "_some"
	}
	return v.done(a.Back, said, done)
}

// told makes workflows look at what was decided.
func (v *visit) told(sends, users []string) {
	v.Office.SendsSettled(v.ctx(), onlyOnce(sends)...)
	for _, id := range onlyOnce(users) {
		v.Office.UserChanged(v.ctx(), id)
	}
	v.counts.forget()
	v.waits.forget()
}

func onlyOnce(ids []string) []string { return slices.Compact(slices.Sorted(slices.Values(ids))) }

// action is what is done to one invitation; those resent together share mails.
func (v *visit) action(a asked) func(ctx context.Context, id string) (invitation.Decided, error) {
	return func(ctx context.Context, id string) (invitation.Decided, error) {
		switch a.Action {
		case invitation.Resend:
			return v.Store.ResendInvitation(ctx, v.actor(), id, a.Once)
		case invitation.Cancel:
			return v.Store.CancelInvitation(ctx, v.actor(), id)
		case invitation.Extend:
			return v.Store.ExtendInvitation(ctx, v.actor(), id)
		}
		return invitation.Decided{}, errors.New("an unknown action")
	}
}
