package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"heraut/directory/roster/rostertest"
)

// consoleGoal is what the server may take for a page of the console, in
// milliseconds.
const consoleGoal = 100

// measureConsole times the console's pages on a full store, over HTTP and as an
// administrator who has signed in.
func measureConsole(ctx context.Context, r *run) error {
	files, err := r.folder("roster")
	if err != nil {
		return err
	}
	if err := rostertest.Write(files, r.Size.Users, 2); err != nil {
		return fmt.Errorf("writing a roster: %w", err)
	}
	for _, d := range r.databases() {
		if err := r.consoleOn(ctx, d, files); err != nil {
			return fmt.Errorf("on %s: %w", d.name, err)
		}
	}
	return nil
}

func (r *run) consoleOn(ctx context.Context, d database, files string) error {
	s, err := r.serveOn(ctx, d)
	if err != nil {
		return err
	}
	r.say("importing %d users on %s", r.Size.Users, d.name)
	if _, err := s.importRoster(ctx, files); err != nil {
		return err
	}
	everyone, err := s.everyone(ctx)
	if err != nil {
		return err
	}
	if err := s.stop(); err != nil {
		return err
	}
	if err := r.fillFile(ctx, d, filepath.Join(s.dir, "heraut.db"), s.databaseURL, everyone); err != nil {
		return err
	}
	if err := s.start(ctx); err != nil {
		return err
	}
	person, err := s.signIn(ctx)
	if err != nil {
		return fmt.Errorf("signing in: %w", err)
	}
	about, err := s.subject(ctx, everyone)
	if err != nil {
		return err
	}
	for _, p := range about.pages() {
		r.say("%s: %s", d.name, p.path)
		if err := r.look(ctx, person, p, d.name); err != nil {
			return err
		}
	}
	return s.stop()
}

// pageLooks is how often each page is timed, after the first look.
const pageLooks = 20

// look times a page; a list is followed from one part to the next. What the
// first look costs, which fills what is kept for a moment, is a figure of its
// own where it is above the goal.
func (r *run) look(ctx context.Context, person *visitor, p page, where string) error {
	begun := time.Now()
	next, err := person.open(ctx, p.path)
	if err != nil {
		return err
	}
	if first := milliseconds(time.Since(begun)); first > consoleGoal {
		r.figure(p.name+", the first look ("+where+")", first, "ms", "")
	}
	times := make([]time.Duration, 0, pageLooks)
	for range pageLooks {
		path := p.path
		if next != "" {
			path = next
		}
		begun := time.Now()
		if next, err = person.open(ctx, path); err != nil {
			return err
		}
		times = append(times, time.Since(begun))
	}
	r.medianAtMost(consoleGoal, p.name+" ("+where+")", times)
	return nil
}
