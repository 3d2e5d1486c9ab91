package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"

	"heraut/internal/config"
	"heraut/people"
	"heraut/store"
)

// openDatabase opens the database of a command that looks after it. It neither
// makes a SQLite file nor seals secrets.
func openDatabase(ctx context.Context, c *config.Config) (*store.Store, error) {
	o := store.Options{URL: c.DatabaseURL}
	if o.URL == "" {
		o.Path = c.StorePath()
		if _, err := os.Stat(o.Path); err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("there is no database in %s: name the folder with --data, or PostgreSQL with --database-url", c.Data)
			}
			return nil, fmt.Errorf("looking for the database: %w", err)
		}
	}
	s, err := store.Open(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return s, nil
}

// withDatabase opens the database, refuses one of another version, and closes
// it after work.
func withDatabase(ctx context.Context, c *config.Config, work func(*store.Store) error) (err error) {
	s, err := openDatabase(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.CheckSchema(ctx); err != nil {
		return err
	}
	return work(s)
}

// all goes through a list of the store, page by page; it ends with a fault.
func all[T any](ctx context.Context, list func(context.Context, people.Cursor, int) (people.Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var after people.Cursor
		for {
			page, err := list(ctx, after, 500)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if page.Next == nil {
				return
			}
			after = *page.Next
		}
	}
}
