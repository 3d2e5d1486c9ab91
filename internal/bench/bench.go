// Package bench measures Heraut by its front door: it starts `heraut serve` as
// a process of its own, drives it by REST, plays the mail server, and reads
// what the process used from the system.
package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Benchmark is one thing to measure.
type Benchmark struct {
	Name string
	// Summary is one line for a person.
	Summary string

	measure func(ctx context.Context, r *run) error
}

// All lists the benchmarks in the order in which they run.
func All() []Benchmark {
	return []Benchmark{
		{"import", "a roster of people and devices, the first time and unchanged", measureImport},
		{"directory", "people and groups of an OpenLDAP server, the first time and unchanged", measureDirectory},
		{"plan", "a plan for a group, and the confirmation of it", measurePlan},
		{"mail", "invitations by mail through a relay", measureMail},
		{"accept", "invitations delivered and accepted, against the bare engine", measureAccept},
		{"apple", "users registered, invited, and accepted at Apple", measureApple},
		{"lists", "pages of the API's lists in a full store", measureLists},
		{"console", "pages of the console in a full store", measureConsole},
		{"rest", "memory with open invitations, and time to readiness after a kill", measureRest},
	}
}

// Options say what to measure, and how.
type Options struct {
	// Executable is the heraut binary to measure.
	Executable string
	// Dir is an empty folder to work in; what is left in it is the caller's
	// to remove.
	Dir string
	// Names are the benchmarks to run; empty: all.
	Names []string
	// Size is how much of everything there is.
	Size Size
	// DatabaseURL is an empty PostgreSQL database, in which import and lists
	// are measured too; empty: on SQLite alone.
	DatabaseURL string
	// Progress hears what is going on, one line at a time.
	Progress func(line string)
}

// Run runs benchmarks one after another and returns their figures, also those
// that came before an error. An error about the options is a *ChoiceError.
func Run(ctx context.Context, o Options) ([]Figure, error) {
	chosen, err := choose(o.Names)
	if err != nil {
		return nil, err
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	var figures []Figure
	for _, b := range chosen {
		measured, err := o.measure(ctx, b)
		figures = append(figures, measured...)
		if err != nil {
			return figures, fmt.Errorf("measuring %s: %w", b.Name, err)
		}
	}
	return figures, nil
}

func (o Options) measure(ctx context.Context, b Benchmark) ([]Figure, error) {
	r := &run{Options: o, name: b.Name, dir: filepath.Join(o.Dir, b.Name)}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	err := b.measure(ctx, r)
	return r.figures, errors.Join(err, r.close())
}

// ChoiceError is a benchmark or a size that there is not.
type ChoiceError struct{ message string }

// Error implements error.
func (e *ChoiceError) Error() string { return e.message }

// choose finds benchmarks by their names, in the order in which they run.
func choose(names []string) ([]Benchmark, error) {
	for _, name := range names {
		if !slices.Contains(Names(), name) {
			return nil, &ChoiceError{fmt.Sprintf("no benchmark is called %q; there are %s", name, strings.Join(Names(), ", "))}
		}
	}
	all := All()
	if len(names) == 0 {
		return all, nil
	}
	return slices.DeleteFunc(all, func(b Benchmark) bool { return !slices.Contains(names, b.Name) }), nil
}

// Names lists the benchmarks' names in the order in which they run.
func Names() []string {
	var names []string
	for _, b := range All() {
		names = append(names, b.Name)
	}
	return names
}

// run is one benchmark under way.
type run struct {
	Options

	name    string
	dir     string
	figures []Figure
	closers []func() error
}

// onClose adds what must end with the benchmark; the last added ends first.
func (r *run) onClose(f func() error) { r.closers = append(r.closers, f) }

func (r *run) close() error {
	var errs []error
	for _, f := range slices.Backward(r.closers) {
		errs = append(errs, f())
	}
	r.closers = nil
	return errors.Join(errs...)
}

func (r *run) say(format string, args ...any) {
	r.Progress(r.name + ": " + fmt.Sprintf(format, args...))
}

// folder makes an empty folder of the benchmark's.
func (r *run) folder(name string) (string, error) {
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("making a folder: %w", err)
	}
	return path, nil
}
