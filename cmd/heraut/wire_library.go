package main

import (
	"context"
	"errors"

	"heraut/activities"
	"heraut/appsbooks"
)

// libraries opens the libraries of the installed content tokens, by the
// clients that users are registered with: Apple's limit counts for both.
type libraries struct{ books *books }

// OpenLibraries implements activities.Libraries.
func (l libraries) OpenLibraries(ctx context.Context) ([]activities.Library, error) {
	tokens, err := l.books.tokens(ctx)
	if err != nil {
		return nil, err
	}
	texts, err := storedSettings{l.books.parts.store}.invitations(ctx)
	if err != nil {
		return nil, err
	}
	var all []activities.Library
	var errs []error
	for _, t := range tokens {
		client, err := l.books.open(ctx, t)
		if err != nil {
			errs = append(errs, wrap(err, "at location %s", t.UID))
			continue
		}
		all = append(all, appsbooks.NewLibrary(client, t.UID, texts.DefaultLanguage, appsbooks.LibraryPolling()))
	}
	return all, errors.Join(errs...)
}
