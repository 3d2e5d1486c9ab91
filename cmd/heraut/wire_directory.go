package main

import (
	"context"
	"fmt"

	"heraut/activities"
	"heraut/directory/ldap"
	"heraut/directory/mirror"
	"heraut/people"
	"heraut/settings"
)

// previewed is how many people a preview shows.
const previewed = 20

// directories reads the directories that the store has.
type directories struct{ parts *parts }

// DueDirectories implements activities.Directories.
func (d directories) DueDirectories(ctx context.Context) ([]string, error) {
	return d.parts.store.DueDirectories(ctx)
}

// SyncDirectory implements activities.Directories.
func (d directories) SyncDirectory(ctx context.Context, id string, begin bool) (activities.SyncedDirectory, error) {
	engine := mirror.Engine{Ledger: d.parts.store, Open: d.open}
	look := engine.Resume
	if begin {
		look = func(ctx context.Context, id string) (mirror.Outcome, error) {
			return engine.Sync(ctx, people.System("directory"), id, false)
		}
	}
	outcome, err := look(ctx, id)
	return activities.SyncedDirectory{State: outcome.State, Look: outcome.Look, Changed: outcome.Changed}, err
}

func (d directories) open(ctx context.Context, dir people.Directory) (mirror.Source, error) {
	source, err := d.connect(ctx, dir)
	if err != nil {
		return nil, err // a nil *ldap.Source in the interface would be none
	}
	return source, nil
}

func (d directories) connect(ctx context.Context, dir people.Directory) (*ldap.Source, error) {
	password, err := d.parts.store.DirectoryPassword(ctx, dir.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the password of directory %s: %w", dir.ID, err)
	}
	return ldap.Open(ctx, dir.DirectoryConfig, string(password), nil)
}

// CheckDirectory implements office.DirectoryServers.
func (d directories) CheckDirectory(c people.DirectoryConfig) error { return ldap.CheckConfig(c) }

// TestDirectory implements office.DirectoryServers.
func (d directories) TestDirectory(ctx context.Context, dir people.Directory) ([]settings.Check, error) {
	password, err := d.parts.store.DirectoryPassword(ctx, dir.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the password of directory %s: %w", dir.ID, err)
	}
	steps := ldap.Test(ctx, dir.DirectoryConfig, string(password), nil)
	checks := make([]settings.Check, len(steps))
	for i, s := range steps {
		checks[i] = settings.Check{Name: s.Name, OK: s.OK, Detail: s.Detail}
	}
	return checks, nil
}

// PreviewDirectory implements office.DirectoryServers.
func (d directories) PreviewDirectory(ctx context.Context, dir people.Directory) (people.DirectoryPreview, error) {
	source, err := d.connect(ctx, dir)
	if err != nil {
		return people.DirectoryPreview{}, err
	}
	defer source.Close() //nolint:errcheck // what was wanted has been read by then
	first, err := source.Preview(ctx, previewed)
	if err != nil {
		return people.DirectoryPreview{}, err
	}
	groups, err := source.CountGroups(ctx)
	return people.DirectoryPreview{People: first, Groups: groups}, err
}
