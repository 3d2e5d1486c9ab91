package activities

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
)

// maxFaults is how many errors of rows are told: more say nothing new.
const maxFaults = 10

// faults are the errors of single rows, gathered so that one row that fails
// keeps nobody else waiting. The zero faults are none.
type faults struct {
	mu   sync.Mutex
	told []error
	more int
}

// note keeps an error, if there is one.
func (f *faults) note(err error) {
	if err == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.told) == maxFaults {
		f.more++
		return
	}
	f.told = append(f.told, err)
}

// err is everything that was noted as one error, nil without any.
func (f *faults) err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.more > 0 {
		return errors.Join(append(f.told[:maxFaults:maxFaults], fmt.Errorf("and %d more errors like these", f.more))...)
	}
	return errors.Join(f.told...)
}

// each does a deed for every one of a list, so many side by side. One that
// fails is noted and stops no other; only the end of ctx stops them.
func each[T any](ctx context.Context, limit int, list []T, f *faults, deed func(T) error) {
	var group errgroup.Group // without a context: a failure does not cancel the others
	group.SetLimit(limit)
	for _, one := range list {
		if ctx.Err() != nil {
			f.note(fmt.Errorf("stopping early: %w", context.Cause(ctx)))
			break
		}
		group.Go(func() error {
			f.note(deed(one))
			return nil
		})
	}
	_ = group.Wait() // what failed is noted
}
