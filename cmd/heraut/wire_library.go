package main

import (
	"context"

	"heraut/activities"
	"heraut/appsbooks"
)

// libraries opens the library of the installed content token, by the client
// that users are registered with: Apple's limit counts for both.
type libraries struct{ books *books }

// OpenLibrary implements activities.Libraries.
func (l libraries) OpenLibrary(ctx context.Context) (activities.Library, bool, error) {
	client, location, ok, err := l.books.open(ctx)
	if err != nil || !ok {
		return nil, false, err
	}
	return appsbooks.NewLibrary(client, location, appsbooks.LibraryPolling()), true, nil
}
