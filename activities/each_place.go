package activities

import (
	"cmp"
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
)

// lookEvery is Activities.LookEvery where it is not set.
const lookEvery = 5 * time.Minute

// eachPlace does something at each of several locations. What goes wrong at one
// does not keep it from the others; the first error is returned as it is, since
// it may say when to come back.
func eachPlace[P any](places []P, do func(P) error) error {
	errs := atEach(places, do)
	if len(errs) == 0 {
		return nil
	}
	return errs[0]
}

// eachOnSchedule is eachPlace for what a schedule does anyway. A location that
// is away has its wait in its route, and the others are not to share it: of
// several waits the shortest counts, and none is longer than the schedule's.
func eachOnSchedule[P any](places []P, every time.Duration, do func(P) error) error {
	errs := atEach(places, do)
	if len(errs) == 0 {
		return nil
	}
	soonest := errs[0]
	for _, err := range errs {
		if delayOf(err) < delayOf(soonest) {
			soonest = err
		}
	}
	return noLater(soonest, cmp.Or(every, lookEvery))
}

func atEach[P any](places []P, do func(P) error) (errs []error) {
	for _, place := range places {
		if err := do(place); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// delayOf is the wait that an error asks for; 0: the usual one.
func delayOf(err error) time.Duration {
	if failure, is := errors.AsType[*temporal.ApplicationError](err); is {
		return failure.NextRetryDelay()
	}
	return 0
}

// noLater shortens the wait that an error asks for to what is allowed.
func noLater(err error, most time.Duration) error {
	failure, is := errors.AsType[*temporal.ApplicationError](err)
	if !is || failure.NextRetryDelay() <= most {
		return err
	}
	var details []any
	var words string
	if failure.Details(&words) == nil {
		details = append(details, words)
	}
	return temporal.NewApplicationErrorWithOptions(failure.Message(), failure.Type(), temporal.ApplicationErrorOptions{
		Details: details, NextRetryDelay: most, Category: failure.Category(), Cause: failure.Unwrap(),
	})
}
