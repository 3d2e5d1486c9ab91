package main

import (
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/activities"
	"heraut/appsbooks"
	appsbookssim "heraut/simulator/appsbooks"
)

// TestThreeHundredUsersWithinAppleLimits registers, invites and enrolls them
// with every request counted.
func TestThreeHundredUsersWithinAppleLimits(t *testing.T) {
	const many = 300
	o := newBookOffice(t, true)
	o.Pace = activities.ApplePace()
	send := o.invite(o.users(many)...)
	before := len(o.apple.Requests())
	require.NoError(t, o.deliver(send))
	require.Equal(t, many, o.mailed())
	creates, elements := o.requests("/users/create")
	require.Equal(t, (many+99)/100, creates)
	require.Equal(t, many, elements)
	registering := len(o.apple.Requests()) - before

	var people sync.WaitGroup
	for user := range o.mails {
		people.Go(func() { o.accept(user) })
	}
	people.Wait()
	require.Equal(t, many, o.watch().Enrolled)

	requests := o.apple.Requests()
	working := requests[before:] // those of the installation are another client's
	t.Logf("%d requests: %d to register %d users (%d of them to create), %d to learn who accepted; %d within a second at most",
		len(requests), registering, many, creates, len(working)-registering, mostASecond(working))
	require.LessOrEqual(t, mostASecond(working), 15)
	require.False(t, slices.ContainsFunc(requests, func(r appsbookssim.Request) bool { return r.Number == appsbooks.TooManyRequests }))
}
