package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/people"
	appsbookssim "heraut/simulator/appsbooks"
)

// leavers are users who were registered and deleted, beside a silent one who is
// registered by the look that ends their accounts.
func (o *bookOffice) leavers(n int) (users []string, silent string) {
	o.t.Helper()
	users = o.users(n)
	require.NoError(o.t, o.deliver(o.invite(users...)))
	silent = o.user(people.User{FullName: "Silent", ManagedAppleAccount: "s@school.example"})
	o.invite(silent)
	for _, user := range users {
		require.NoError(o.t, o.parts.store.DeleteUser(o.t.Context(), operatorKey, user, nil))
	}
	return users, silent
}

// refuseRetiring refuses so many requests that end accounts, naming nobody.
func (o *bookOffice) refuseRetiring(number, count int) {
	o.script(appsbookssim.Rule{Path: "/users/retire", Count: count, Status: http.StatusBadRequest, Number: number})
}

// TestUsersWhomAppleDoesNotKnowAndDoesNotName have no account to end.
func TestUsersWhomAppleDoesNotKnowAndDoesNotName(t *testing.T) {
	o := newBookOffice(t, false)
	users, silent := o.leavers(3)
	o.refuseRetiring(9609, 100)
	o.watch()
	for _, user := range users {
		require.Equal(t, content.StateRetired, o.state(user))
	}
	require.NotEqual(t, content.StateWanted, o.state(silent), "the look goes on")
	retires, _ := o.requests("/users/retire")
	require.LessOrEqual(t, retires, 5)
}

// TestOneAccountThatDoesNotEnd holds up no other.
func TestOneAccountThatDoesNotEnd(t *testing.T) {
	for name, refusals := range map[string]int{"9602": 9602, "9609": 9609} {
		t.Run(name, func(t *testing.T) {
			o := newBookOffice(t, false)
			users, silent := o.leavers(2)
			o.refuseRetiring(refusals, 2) // both, then the first alone
			o.watch()
			require.NotEqual(t, content.StateWanted, o.state(silent))
			want := map[string]int{"9602": 1, "9609": 2}[name]
			require.Eventually(t, func() bool { o.watch(); return o.ended(name, users) == want }, 10*time.Second, 50*time.Millisecond)
		})
	}
}

// ended counts the users whose account has ended; of the others Apple's number
// is told.
func (o *bookOffice) ended(number string, users []string) (n int) {
	o.t.Helper()
	for _, user := range users {
		r, err := o.parts.store.AccountOf(o.t.Context(), user)
		require.NoError(o.t, err)
		if r.State == content.StateRetired {
			n++
		} else if r.LastAnswer != "" {
			require.Contains(o.t, r.LastAnswer, number)
		}
	}
	return n
}
