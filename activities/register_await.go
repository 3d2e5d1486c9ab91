package activities

import (
	"cmp"
	"context"
	"time"

	"heraut/content"
)

// lookUpAlone is how many accounts are looked up one by one; for more, all are
// read.
const lookUpAlone = 5

// askedAt is when an event was asked for last.
type askedAt map[string]time.Time

// awaiting waits until Apple has registered users, or has said why not.
type awaiting struct {
	activities *Activities
	location   string
	users      []string
	asked      askedAt
	registered
}

// sync takes over what has changed at Apple.
func (w *awaiting) sync(ctx context.Context) error {
	applied, err := w.activities.sync(ctx, w.location)
	w.enrolled += len(applied.Enrolled)
	return err
}

// run returns when nobody is left, or after Pace.Hold with left set.
func (w *awaiting) run(ctx context.Context) (left bool, err error) {
	pace := w.activities.pace()
	until := time.Now().Add(pace.Hold)
	for wait := pace.Read; ; wait = min(2*wait, pace.ReadMost) {
		open, err := w.activities.Registrations.Submitted(ctx, w.location, w.users)
		if err != nil || len(open) == 0 {
			return false, wrap(err, "looking what Apple works on")
		}
		if err := w.askEvents(ctx, open); err != nil {
			return true, err
		}
		if !time.Now().Before(until) {
			return true, nil
		}
		if err := sleepUntil(ctx, time.Now().Add(wait)); err != nil {
			return true, err
		}
		if err := w.sync(ctx); err != nil {
			return true, err
		}
	}
}

// askEvents asks for the events that it is time to ask for.
func (w *awaiting) askEvents(ctx context.Context, open []content.Registration) error {
	byEvent := map[string][]content.Registration{}
	for _, r := range open {
		if r.EventID != "" && r.State == content.StateSubmitted {
			byEvent[r.EventID] = append(byEvent[r.EventID], r)
		}
	}
	for id, rows := range byEvent {
		since := max(rows[0].SubmittedAt.UnixNano(), w.asked[id].UnixNano())
		if time.Since(time.Unix(0, since)) < w.activities.pace().Ask {
			continue
		}
		w.asked[id] = time.Now()
		event, err := w.activities.Books.Event(ctx, w.location, id)
		if err != nil {
			return wrap(err, "asking for an event")
		}
		if event.State == content.Pending {
			continue
		}
		if err := w.ended(ctx, rows, event); err != nil {
			return err
		}
	}
	return nil
}

// ended takes over the end of an event: whom Apple refused, and of the others
// the accounts, which a reading of changes may have missed.
func (w *awaiting) ended(ctx context.Context, rows []content.Registration, event content.Event) error {
	var refusals []content.Refusal
	var unclear []content.Registration
	for _, r := range rows {
		failure, failed := event.Failures[r.ClientUserID]
		if !failed || failure.Kind == content.FailedExists {
			unclear = append(unclear, r)
			continue
		}
		good := failure.Kind == content.FailedAccount || failure.Kind == content.FailedForGood
		refusals = append(refusals, content.Refusal{UserID: r.UserID, Answer: failure.Answer, ForGood: good})
	}
	more, err := w.lookUp(ctx, unclear, event)
	if err != nil {
		return err
	}
	return w.refuse(ctx, append(refusals, more...))
}

func (w *awaiting) refuse(ctx context.Context, refusals []content.Refusal) error {
	if len(refusals) == 0 {
		return nil
	}
	applied, err := w.activities.Registrations.RefuseAccounts(ctx, w.location, refusals)
	if err != nil {
		return wrap(err, "noting whom Apple did not register")
	}
	w.activities.tell(ctx, applied)
	return nil
}

// notThere is what is said of users whom Apple neither has nor refuses.
const notThere = "Apple has not made the account, and does not say why."

// withoutCode is what is said of users who can not accept, for want of a code.
const withoutCode = "Apple has made the account and has given it no invite code yet."

// lookUp takes over what Apple has of users. Who has an open account and a
// Managed Apple Account is told of it; who is not there is asked for later.
func (w *awaiting) lookUp(ctx context.Context, rows []content.Registration, event content.Event) ([]content.Refusal, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	done := event.State == content.Ended && !event.Unclear
	found, err := w.find(ctx, rows)
	if err != nil {
		return nil, err
	}
	var refusals []content.Refusal
	var known []content.Account
	var link []content.NewAccount
	for _, r := range rows {
		account, there := found[r.ClientUserID]
		switch {
		case !there && done && time.Since(r.SubmittedAt) < content.Stuck:
			// Apple's list lags behind its events: it comes with a later reading.
		case !there:
			refusals = append(refusals, content.Refusal{UserID: r.UserID, Answer: cmp.Or(event.Answer, notThere)})
		case account.State == content.Registered && r.ManagedAppleAccount != "":
			link = append(link, content.NewAccount{UserID: r.UserID, ClientUserID: r.ClientUserID, ManagedAppleAccount: r.ManagedAppleAccount})
		case account.State == content.Registered && account.InviteCode == "":
			refusals = append(refusals, content.Refusal{UserID: r.UserID, Answer: withoutCode}) // the others are not to wait for it
		default:
			known = append(known, account)
		}
	}
	applied, err := w.activities.apply(ctx, w.location, known)
	w.enrolled += len(applied.Enrolled)
	if err != nil {
		return nil, err
	}
	return refusals, w.activities.ask(ctx, w.location, link, w.activities.Books.Update)
}

// find reads the active accounts of users by the way that costs less.
func (w *awaiting) find(ctx context.Context, rows []content.Registration) (map[string]content.Account, error) {
	found := map[string]content.Account{}
	if len(rows) > lookUpAlone {
		all, _, err := w.activities.accounts(ctx, w.location, "")
		for _, account := range all {
			if account.State != content.Retired {
				found[account.ClientUserID] = account
			}
		}
		return found, err
	}
	for _, r := range rows {
		account, there, err := w.activities.Books.Account(ctx, w.location, r.ClientUserID)
		if err != nil {
			return nil, wrap(err, "looking up an account")
		}
		if there {
			found[r.ClientUserID] = account
		}
	}
	return found, nil
}
