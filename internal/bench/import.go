package bench

import (
	"context"
	"fmt"
	"time"

	"heraut/directory/roster/rostertest"
)

// measureImport imports a roster through the API, and then the same again.
func measureImport(ctx context.Context, r *run) error {
	files, err := r.folder("roster")
	if err != nil {
		return err
	}
	if err := rostertest.Write(files, r.Size.People, r.Size.DevicesEach); err != nil {
		return fmt.Errorf("writing a roster: %w", err)
	}
	for _, d := range r.databases() {
		if err := r.importOn(ctx, d, files); err != nil {
			return fmt.Errorf("on %s: %w", d.name, err)
		}
	}
	return nil
}

func (r *run) importOn(ctx context.Context, d database, files string) error {
	s, err := r.serveOn(ctx, d)
	if err != nil {
		return err
	}
	note := fmt.Sprintf("%d people with %d devices", r.Size.People, r.Size.People*r.Size.DevicesEach)
	for _, time := range []string{"first", "again, unchanged"} {
		r.say("importing on %s, %s", d.name, time)
		if err := r.importOnce(ctx, s, files, time+" ("+d.name+")", note); err != nil {
			return err
		}
	}
	return s.stop()
}

func (r *run) importOnce(ctx context.Context, s *server, files, name, note string) error {
	before, err := cpuTime(s.pid())
	if err != nil {
		return err
	}
	begun := time.Now()
	job, err := s.importRoster(ctx, files)
	if err != nil {
		return err
	}
	took := time.Since(begun)
	after, err := cpuTime(s.pid())
	if err != nil {
		return err
	}
	users, devices := job.Counts.Users, job.Counts.Devices
	if n := users.Created + users.Unchanged; n != r.Size.People || job.ErrorCount > 0 {
		return fmt.Errorf("%d of %d people were imported, with %d errors", n, r.Size.People, job.ErrorCount)
	}
	if n := devices.Created + devices.Unchanged; n != r.Size.People*r.Size.DevicesEach {
		return fmt.Errorf("%d of %d devices were imported", n, r.Size.People*r.Size.DevicesEach)
	}
	r.atMost(60, name, took.Seconds(), "s", fmt.Sprintf("%s; %s s of processor time, the database's own apart", note, significant((after-before).Seconds())))
	return nil
}
