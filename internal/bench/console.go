package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"heraut/directory/roster"
	"heraut/directory/roster/rostertest"
	"heraut/internal/secrets"
	"heraut/people"
	"heraut/store"
)

// consoleGoal is what a read of the console may take, in milliseconds.
const consoleGoal = 100

// measureConsole times what the console's pages ask of a full store, in this
// process.
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

func (r *run) consoleOn(ctx context.Context, d database, files string) (err error) {
	dir, err := r.folder(strings.ToLower(d.name))
	if err != nil {
		return err
	}
	s, address, err := r.ownStore(ctx, d, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	everyone, err := r.staff(ctx, s, files)
	if err != nil {
		return err
	}
	if err := r.fillFile(ctx, d, filepath.Join(dir, "heraut.db"), address, everyone); err != nil {
		return err
	}
	calls, err := consoleCalls(ctx, s, everyone)
	if err != nil {
		return err
	}
	for _, c := range calls {
		r.say("%s: %s", d.name, c.name)
		if err := r.time(ctx, c, d.name); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return nil
}

// ownStore opens an empty store.
func (r *run) ownStore(ctx context.Context, d database, dir string) (s *store.Store, address string, err error) {
	keys, err := secrets.Create(filepath.Join(dir, "secrets"))
	if err != nil {
		return nil, "", err
	}
	o := store.Options{
		Sealer: keys, LinkHash: func(id string) []byte { return []byte(id) }, ClientUserID: func(id string) string { return id },
	}
	if d.url == "" {
		o.Path = filepath.Join(dir, "heraut.db")
	} else if o.URL, err = r.ownSchema(ctx, d.url); err != nil {
		return nil, "", err
	}
	if s, err = store.Open(ctx, o); err != nil {
		return nil, "", err
	}
	if err := s.Migrate(ctx); err != nil {
		return nil, "", errors.Join(err, s.Close())
	}
	return s, o.URL, nil
}

// staff imports a roster, and makes a group of all locations.
func (r *run) staff(ctx context.Context, s *store.Store, files string) (everyone string, err error) {
	folder, err := roster.Open(files)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, folder.Close()) }()
	parsed, err := roster.Parse(ctx, folder)
	if err != nil {
		return "", err
	}
	r.say("importing %d users", len(parsed.People))
	actor := people.System("bench")
	if _, err := s.ApplyRoster(ctx, actor, parsed.Roster, people.RosterOptions{}, nil); err != nil {
		return "", err
	}
	var locations []string
	for after := new(people.Cursor); after != nil; {
		page, err := s.ListGroups(ctx, people.GroupFilter{}, *after, int(longestPage))
		if err != nil {
			return "", err
		}
		for _, g := range page.Items {
			if strings.HasPrefix(g.ExternalID, people.RosterLocation) {
				locations = append(locations, g.ID)
			}
		}
		after = page.Next
	}
	g, err := s.CreateGroup(ctx, actor, people.Group{Name: "Everyone"})
	if err != nil {
		return "", err
	}
	_, err = s.SetMembers(ctx, actor, g.ID, nil, locations)
	return g.ID, err
}

// call is one read of the console.
type call struct {
	name string
	read func(ctx context.Context) error
	// first: the first look is a figure of its own, because what it counts is
	// kept for a moment.
	first bool
}

// consoleTimes is how often each read is timed, after once.
const consoleTimes = 20

func (r *run) time(ctx context.Context, c call, where string) error {
	times := make([]time.Duration, 0, consoleTimes)
	for i := range consoleTimes + 1 {
		begun := time.Now()
		if err := c.read(ctx); err != nil {
			return err
		}
		took := time.Since(begun)
		if i > 0 {
			times = append(times, took)
		} else if c.first {
			r.figure(c.name+", the first look ("+where+")", milliseconds(took), "ms", "kept for a moment then")
		}
	}
	r.medianAtMost(consoleGoal, c.name+" ("+where+")", times)
	return nil
}
