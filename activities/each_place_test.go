package activities_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"heraut/activities"
	"heraut/content"
	"heraut/invitation"
)

// awayLibrary is a location whose Apple asks to wait.
type awayLibrary struct {
	activities.Library

	location string
	asks     time.Duration
}

func (a awayLibrary) Location() string { return a.location }

func (a awayLibrary) Assets(context.Context, func([]content.Asset) error) error {
	return &content.AwayError{Answer: "connection refused", RetryAfter: a.asks, Asked: true}
}

// opened are libraries that can be opened.
type opened []activities.Library

func (o opened) OpenLibraries(context.Context) ([]activities.Library, error) { return o, nil }

// TestWaitOfOneLocationIsNotThatOfOthers: it is noted in the location's route,
// and the look comes back by the time of the schedule.
func TestWaitOfOneLocationIsNotThatOfOthers(t *testing.T) {
	d := scarce(t, 3, 3)
	long, short := awayLibrary{location: "long", asks: time.Hour}, awayLibrary{location: "short", asks: 2 * time.Minute}
	for name, c := range map[string]struct {
		libraries opened
		every     time.Duration
		want      time.Duration
	}{
		"a long wait":                {opened{long, d.library}, 0, 5 * time.Minute},
		"of two waits the short one": {opened{long, short, d.library}, 0, 2 * time.Minute},
		"a quick schedule":           {opened{short, d.library}, time.Minute, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			h := newHouse(l)
			h.Libraries, h.Licenses, h.Registrations, h.LookEvery = c.libraries, d.licenses, d.store, c.every
			_, err := h.Distribute(t.Context())
			requireRouteDown(t, err, c.want)
			require.Len(t, d.holders(scarceApp), 3)
			require.True(t, l.route(invitation.BooksRoute(c.libraries[0].Location())).down)
			require.False(t, l.route(invitation.BooksRoute(d.location)).down)
		})
	}
}

// brokenLibrary has a trouble that says nothing of when to come back.
type brokenLibrary struct{ awayLibrary }

var errBroken = errors.New("broken")

func (brokenLibrary) Assets(context.Context, func([]content.Asset) error) error { return errBroken }

func TestTroubleOfOneLocationIsTriedAgainFirst(t *testing.T) {
	h := newHouse(newLedger())
	h.Libraries = opened{awayLibrary{location: "away", asks: time.Hour}, brokenLibrary{awayLibrary{location: "broken"}}}
	_, err := h.Distribute(t.Context())
	require.ErrorIs(t, err, errBroken)
	_, waits := errors.AsType[*temporal.ApplicationError](err)
	require.False(t, waits)
}
