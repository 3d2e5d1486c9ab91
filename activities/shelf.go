package activities

import (
	"context"
	"errors"

	"heraut/content"
)

// shelf is one asset under way: one request at a time, each awaited to its
// end.
type shelf struct {
	licenses Licenses
	library  Library
	ref      content.AssetRef
	// most is how many users a request may name, limit how many the next one
	// names: fewer after a refusal that names nobody.
	most, limit int
	// looked: Apple's list of holders was read; barred: somebody was refused
	// whom Apple did not name; idle: a batch of the kind did nothing.
	looked, barred bool
	idle           map[content.BatchKind]bool

	given, takenBack int
}

// run goes on until there is nothing that Apple could do for the asset now.
func (s *shelf) run(ctx context.Context) error {
	for first := true; ; first = false {
		if !first {
			if found, err := s.reread(ctx); err != nil || !found {
				return err
			}
		}
		w, err := s.licenses.AssetWork(ctx, s.library.Location(), s.ref)
		if err != nil {
			return err
		}
		if more, err := s.step(ctx, w); err != nil || !more {
			return err
		}
	}
}

// reread learns how many licenses are left now. An asset that has left the
// library is the next run's, which reads all.
func (s *shelf) reread(ctx context.Context) (found bool, err error) {
	asset, found, err := s.library.Asset(ctx, s.ref)
	if err != nil || !found {
		return false, err
	}
	return true, s.licenses.KeepAsset(ctx, s.library.Location(), asset)
}

func (s *shelf) step(ctx context.Context, w content.LicenseWork) (more bool, err error) {
	switch {
	case w.Open:
		return true, s.resume(ctx)
	case w.Drift && !s.looked:
		s.looked = true
		return true, s.look(ctx)
	case w.Releasing > 0 && !s.idle[content.Disassociate]:
		return true, s.batch(ctx, content.Disassociate, s.limit)
	case w.Waiting > 0 && w.Available > 0 && !s.idle[content.Associate]:
		return true, s.batch(ctx, content.Associate, min(s.limit, w.Available))
	}
	return false, nil
}

// look makes Apple's list of who has the asset ours.
func (s *shelf) look(ctx context.Context) error {
	holders, err := s.library.Holders(ctx, s.ref)
	if err != nil {
		return err
	}
	return s.licenses.KeepHolders(ctx, s.library.Location(), s.ref, holders)
}

// resume ends a batch that an earlier run left open.
func (s *shelf) resume(ctx context.Context) error {
	b, ok, err := s.licenses.OpenBatch(ctx, s.library.Location(), s.ref)
	if err != nil || !ok {
		return err
	}
	if b.Submission.EventID != "" {
		return s.await(ctx, b)
	}
	return s.settle(ctx, b, b.All(content.Unclear, ""))
}

// batch asks Apple for the users who are first, and awaits what becomes of it.
func (s *shelf) batch(ctx context.Context, kind content.BatchKind, limit int) error {
	b, ok, err := s.licenses.ClaimBatch(ctx, s.library.Location(), s.ref, kind, limit)
	if err != nil {
		return err
	}
	if !ok {
		s.idle[kind] = true
		return nil
	}
	b.Submission, err = s.library.Submit(ctx, b)
	if err != nil {
		return s.notTaken(ctx, b, err)
	}
	if err := s.licenses.BatchSubmitted(ctx, b.ID, b.Submission); err != nil {
		return err
	}
	return s.await(ctx, b)
}

// notTaken ends a batch that Apple did not take. Where that is not sure, the
// batch stays open for the next run.
func (s *shelf) notTaken(ctx context.Context, b content.Batch, err error) error {
	if refused, is := errors.AsType[*content.RefusedError](err); is {
		return s.refused(ctx, b, refused)
	}
	if away, is := errors.AsType[*content.AwayError](err); is && !away.Unsure {
		return errors.Join(err, s.licenses.SettleBatch(ctx, b, b.All(b.Kind.Undone(), away.Answer)))
	}
	return err
}

// await settles a batch by the end of its event. One that does not end, or that
// Apple has forgotten, is asked for again.
func (s *shelf) await(ctx context.Context, b content.Batch) error {
	event, err := s.library.Await(ctx, b.Submission)
	if err != nil {
		return err
	}
	return s.settle(ctx, b, outcomesOf(b, event))
}

// settle ends a batch; who is unclear is looked up first.
func (s *shelf) settle(ctx context.Context, b content.Batch, outcomes []content.Outcome) error {
	outcomes, err := s.clear(ctx, outcomes)
	if err != nil {
		return err
	}
	done := 0
	for _, o := range outcomes {
		if o.Holding == b.Kind.Done() {
			done++
		}
	}
	if b.Kind == content.Associate {
		s.given += done
	} else {
		s.takenBack += done
	}
	// Where an event did nothing for anybody, the next run asks again.
	s.idle[b.Kind] = done == 0 && b.Submission.EventID != ""
	return s.licenses.SettleBatch(ctx, b, outcomes)
}

// clear looks up who is unclear.
func (s *shelf) clear(ctx context.Context, outcomes []content.Outcome) ([]content.Outcome, error) {
	var has map[string]bool
	for i, o := range outcomes {
		if o.Holding != content.Unclear {
			continue
		}
		if has == nil {
			holders, err := s.library.Holders(ctx, s.ref)
			if err != nil {
				return nil, err
			}
			has = make(map[string]bool, len(holders.Users))
			for _, id := range holders.Users {
				has[id] = true
			}
		}
		outcomes[i].Holding = content.HasNot
		if has[o.ClientUserID] {
			outcomes[i].Holding = content.Has
		}
	}
	return outcomes, nil
}

// outcomesOf tells what became of each member by the event of their batch.
func outcomesOf(b content.Batch, e content.Event) []content.Outcome {
	outcomes := b.All(b.Kind.Done(), "")
	for i := range outcomes {
		o := &outcomes[i]
		failure, failed := e.Failures[o.ClientUserID]
		switch {
		case e.State != content.Ended, e.Unclear && !failed:
			o.Holding = content.Unclear
		case !failed:
		case failure.Kind != content.FailedForGood:
			o.Holding, o.Answer = b.Kind.Undone(), failure.Answer
		case b.Kind == content.Disassociate:
			// Who has no account there any more has lost the license with it.
			o.Holding, o.Answer = content.Unclear, failure.Answer
		default:
			o.Holding, o.Answer = content.Barred, failure.Answer
		}
	}
	return outcomes
}

// refused settles a batch whose request Apple will never do as it was: without
// those whom Apple names. Where it names nobody, half as many are tried, down
// to one; so that a trouble with the asset costs few requests, one user at most
// is passed over by that in a run.
func (s *shelf) refused(ctx context.Context, b content.Batch, r *content.RefusedError) error {
	outcomes := b.All(b.Kind.Undone(), r.Answer)
	bar := func(o *content.Outcome) {
		o.Holding = content.Barred
		if b.Kind == content.Disassociate && len(r.Users) > 0 {
			o.Holding = content.HasNot // Apple does not know the user: there is nothing to take
		}
	}
	named := map[string]bool{}
	for _, id := range r.Users {
		named[id] = true
	}
	progress := false
	for i := range outcomes {
		if named[outcomes[i].ClientUserID] {
			bar(&outcomes[i])
			progress = true
		}
	}
	switch {
	case progress:
	case len(outcomes) > 1:
		s.limit, progress = len(outcomes)/2, true
	case !s.barred:
		bar(&outcomes[0])
		s.limit, s.barred, progress = s.most, true, true
	}
	s.idle[b.Kind] = !progress
	return s.licenses.SettleBatch(ctx, b, outcomes)
}
