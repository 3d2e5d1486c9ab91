package mirror

import (
	"context"
	"errors"
	"fmt"

	"heraut/fault"
	"heraut/people"
)

// Engine runs looks at directories.
type Engine struct {
	Ledger Ledger
	// Open connects to a directory; its errors are faults with a sentence.
	Open func(ctx context.Context, d people.Directory) (Source, error)
}

// Outcome is what a run came to.
type Outcome struct {
	State people.RunState
	// Look are users whose invitations may have ended.
	Look []string
	// Changed tells that licenses may have to follow.
	Changed bool
}

// Sync runs one look at a directory, or goes on with the one that was cut off:
// it reads again from the beginning, since no server keeps the place, and meets
// what it had added already. A directory that can not be read is a run that
// failed, and no error; errors are the store's, or the context's end, and leave
// the run to be gone on with.
func (e *Engine) Sync(ctx context.Context, actor people.Actor, directoryID string, full bool) (Outcome, error) {
	d, err := e.Ledger.Directory(ctx, directoryID)
	if fault.Is(err, fault.NotFound) {
		return Outcome{}, nil // it was removed since
	}
	if err != nil {
		return Outcome{}, err
	}
	run, _, err := e.Ledger.BeginRun(ctx, actor, directoryID, full)
	if err != nil {
		return Outcome{}, err
	}
	return e.read(ctx, d, run)
}

// Resume goes on with the run of a directory that was begun; without one it
// does nothing.
func (e *Engine) Resume(ctx context.Context, directoryID string) (Outcome, error) {
	run, ok, err := e.Ledger.OpenRun(ctx, directoryID)
	if err != nil || !ok {
		return Outcome{}, err
	}
	d, err := e.Ledger.Directory(ctx, directoryID)
	if err != nil {
		return Outcome{}, err
	}
	return e.read(ctx, d, run)
}

func (e *Engine) read(ctx context.Context, d people.Directory, run people.DirectoryRun) (Outcome, error) {
	p := newPass(e.Ledger, d, run)
	err := p.look(ctx, e.Open)
	var own *ledgerError
	switch {
	case err == nil:
		return p.outcome(), nil
	case errors.As(err, &own):
		return Outcome{}, fmt.Errorf("keeping directory %s: %w", d.ID, own.error)
	case ctx.Err() != nil:
		return Outcome{}, fmt.Errorf("reading directory %s: %w", d.ID, context.Cause(ctx))
	}
	return p.failed(ctx, err)
}

// look connects, reads and finishes.
func (p *pass) look(ctx context.Context, open func(context.Context, people.Directory) (Source, error)) error {
	source, err := open(ctx, p.directory)
	if err != nil {
		return err
	}
	defer source.Close() //nolint:errcheck // all that was wanted has been read by then
	p.source = source
	if p.run.Mode == people.RunIncremental {
		err := p.incremental(ctx)
		if !errors.Is(err, ErrReadAll) {
			return err
		}
		p.again()
		if err := p.ours(p.ledger.FullRun(ctx, p.run)); err != nil {
			return err
		}
	}
	return p.full(ctx)
}

// failed ends a run whose directory could not be read to its end.
func (p *pass) failed(ctx context.Context, cause error) (Outcome, error) {
	p.run.State, p.run.Failure = people.RunFailed, "The directory could not be read."
	if f, ok := errors.AsType[*fault.Error](cause); ok {
		p.run.Failure = f.Message
	}
	takes, err := p.takes(ctx)
	if err != nil {
		return Outcome{}, fmt.Errorf("keeping directory %s: %w", p.directory.ID, err)
	}
	p.run.Report.Takes = takes
	if err := p.ledger.FinishRun(ctx, p.run, "", p.problems); err != nil {
		return Outcome{}, fmt.Errorf("keeping directory %s: %w", p.directory.ID, err)
	}
	return p.outcome(), nil
}

func (p *pass) outcome() Outcome {
	return Outcome{State: p.run.State, Look: p.looking, Changed: p.changed}
}

// ledgerError marks an error of the store on its way through a source.
type ledgerError struct{ error }

// Unwrap gives the store's error.
func (e *ledgerError) Unwrap() error { return e.error }
