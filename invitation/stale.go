package invitation

import "heraut/fault"

// StaleError says that planning again gives another set of targets: what
// changed, and the fresh plan to confirm instead.
type StaleError struct {
	Difference Difference
	Fresh      Plan
}

// Error implements error.
func (e *StaleError) Error() string { return e.fault().Message }

// Unwrap gives the fault that callers see.
func (e *StaleError) Unwrap() error { return e.fault() }

func (e *StaleError) fault() *fault.Error {
	return fault.New(fault.PlanStale, "The plan no longer matches: people, devices or settings changed. Look at the difference and confirm the fresh plan.")
}
