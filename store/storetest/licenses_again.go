package storetest

import (
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
)

// licensesOfAnotherAccount: a book that an earlier Apple Account of the user
// keeps is not this one's.
func licensesOfAnotherAccount(l *library) {
	u := l.accepted("reader")[0]
	l.assign(l.group(u), book)
	l.give(book)
	l.buy(book, 100, 1)
	comesBack := func() {
		require.NoError(l.t, l.DeleteEnrollment(l.t.Context(), actor, u.ID))
		l.tell(u, content.Retired)
		l.planned()
		l.clock.Advance(time.Hour)
		l.accept(u)
		require.Equal(l.t, content.PlannedLicenses{Waiting: 1}, l.planned())
		require.Equal(l.t, content.LicenseWaiting, l.licensesOf(u)[book])
		require.True(l.t, l.workOn(book).Drift, "Apple is asked who has it")
	}
	comesBack()
	require.NoError(l.t, l.KeepHolders(l.t.Context(), place, book, content.Holders{Former: clients(u)}))
	require.False(l.t, l.workOn(book).Drift)
	l.give(book)
	l.buy(book, 100, 2)
	require.Equal(l.t, content.LicenseTaken, l.licensesOf(u)[book])
	require.False(l.t, l.workOn(book).Drift)
	require.Zero(l.t, l.planned())

	// The first account again: Apple brings its record back, with the book.
	comesBack()
	require.NoError(l.t, l.KeepHolders(l.t.Context(), place, book, content.Holders{Users: clients(u), Former: clients(u)}))
	require.Equal(l.t, content.LicenseTaken, l.licensesOf(u)[book])
	require.False(l.t, l.workOn(book).Drift)
	require.Zero(l.t, l.planned())
}

// licensesOfAnotherAccountUnseen: no plan was made between the two accounts.
func licensesOfAnotherAccountUnseen(l *library) {
	u := l.accepted("reader")[0]
	l.assign(l.group(u), book)
	l.give(book)
	require.NoError(l.t, l.DeleteEnrollment(l.t.Context(), actor, u.ID))
	l.tell(u, content.Retired)
	l.accept(u)
	require.Equal(l.t, content.PlannedLicenses{Waiting: 1}, l.planned())
}

// licensesKeptByAnEndedAccount: Apple's list has them still.
func licensesKeptByAnEndedAccount(l *library) {
	u := l.accepted("reader")[0]
	l.assign(l.group(u), book)
	l.give(book)
	require.NoError(l.t, l.DeleteEnrollment(l.t.Context(), actor, u.ID))
	l.tell(u, content.Retired)
	l.planned()
	l.buy(book, 100, 3)
	require.NoError(l.t, l.KeepHolders(l.t.Context(), place, book, content.Holders{Users: []string{"stranger"}, Former: clients(u), Devices: 1}))
	require.Equal(l.t, content.LicenseKept, l.licensesOf(u)[book])
	require.False(l.t, l.workOn(book).Drift)
}
