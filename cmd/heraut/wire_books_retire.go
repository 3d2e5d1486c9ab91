package main

import (
	"context"
	"errors"
	"maps"
	"slices"

	"heraut/appsbooks"
	"heraut/content"
)

// Retire implements activities.Books. Apple refuses the whole request when it
// does not know one of its users, whom it need not name.
func (b *books) Retire(ctx context.Context, location string, accounts []content.NewAccount) (eventID string, gone []string, err error) {
	client, err := b.at(ctx, location)
	if err != nil {
		return "", nil, err
	}
	left := make(map[string]bool, len(accounts))
	for _, a := range accounts {
		left[a.ClientUserID] = true
	}
	for len(left) > 0 {
		ids := make([]string, 0, len(left))
		for _, a := range accounts {
			if left[a.ClientUserID] {
				ids = append(ids, a.ClientUserID)
			}
		}
		submissions, err := client.RetireUsers(ctx, ids)
		if err == nil {
			return submissions[len(submissions)-1].EventID, gone, nil
		}
		unknown := unknownUsers(err, left)
		if len(unknown) == 0 {
			return "", gone, appsbooks.Explain(err)
		}
		for _, id := range unknown {
			delete(left, id)
		}
		gone = append(gone, unknown...)
	}
	return "", gone, nil
}

// unknownUsers are those of the users whom Apple says that it does not know.
func unknownUsers(err error, asked map[string]bool) []string {
	e, ok := errors.AsType[*appsbooks.Error](err)
	if !ok || e.Number != appsbooks.UserNotFound {
		return nil
	}
	if len(e.Info.ClientUserIDs) == 0 && len(asked) == 1 { // nobody else can be meant
		return slices.Collect(maps.Keys(asked))
	}
	var unknown []string
	for _, id := range e.Info.ClientUserIDs {
		if asked[id] {
			unknown = append(unknown, id)
		}
	}
	return unknown
}
