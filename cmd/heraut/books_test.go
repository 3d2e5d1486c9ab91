package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/content"
	"heraut/fault"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
	appsbookssim "heraut/simulator/appsbooks"
)

func TestUsersAreRegisteredBeforeTheFirstDelivery(t *testing.T) {
	o := newBookOffice(t, false)
	users := o.users(5)
	send := o.invite(users...)
	require.NoError(t, o.deliver(send))

	require.Equal(t, 5, o.mailed())
	creates, _ := o.requests("/users/create")
	require.Equal(t, 1, creates, "all in one request")
	for _, u := range o.apple.Users(bookOrg) {
		require.Empty(t, u.Email, "Apple learns no address")
		require.NotContains(t, users, u.ClientUserID, "nor who it is")
	}
	for _, user := range users {
		require.Equal(t, content.StateRegistered, o.state(user))
	}

	o.accept(users[3])
	o.accept(users[1])
	result := o.watch()
	require.Equal(t, 2, result.Enrolled)
	require.ElementsMatch(t, []string{users[3], users[1]}, o.woken)
	for _, user := range []string{users[1], users[3]} {
		require.Equal(t, invitation.Accepted, o.only(user).State)
		require.True(t, o.enrolled(user))
		_, err := o.parts.store.InviteCode(t.Context(), user)
		require.Equal(t, fault.NotFound, fault.CodeOf(err), "the code was used")
	}
	page, err := o.parts.store.ListEnrollments(t.Context(), "", people.Cursor{}, 10)
	require.NoError(t, err)
	require.Len(t, page.Items, 2)
	require.Equal(t, invitation.SourceBooks, page.Items[0].Source)
	require.Zero(t, o.watch().Enrolled, "nothing is recorded twice")
	require.Equal(t, invitation.Sent, o.only(users[0]).State)
}

func TestWithoutATokenAppleIsNotAsked(t *testing.T) {
	o := newBookOffice(t, false)
	require.NoError(t, o.parts.store.DeleteSetting(t.Context(), operatorKey, settings.NameContentToken))
	asked := len(o.apple.Requests())
	user := o.user(people.User{FullName: "u", Email: "u@example.org", ManagedAppleAccount: "u@school.example"})
	require.NoError(t, o.deliver(o.invite(user)))
	require.Equal(t, 1, o.mailed())
	o.watch()
	require.Len(t, o.apple.Requests(), asked)
	require.Empty(t, o.state(user))
}

// TestAcceptanceAfterTheEnd: who accepts late, at Apple, is enrolled; what ended
// stays as it ended.
func TestAcceptanceAfterTheEnd(t *testing.T) {
	o := newBookOffice(t, false)
	users := o.users(1)
	send := o.invite(users...)
	require.NoError(t, o.deliver(send))
	_, err := o.parts.store.CancelSend(t.Context(), operatorKey, send.ID)
	require.NoError(t, err)

	o.accept(users[0])
	require.Equal(t, 1, o.watch().Enrolled)
	require.True(t, o.enrolled(users[0]))
	require.Equal(t, invitation.Cancelled, o.only(users[0]).State)
}

func TestSilentUsersNeedNoInvitation(t *testing.T) {
	o := newBookOffice(t, false)
	silent := o.user(people.User{FullName: "silent", ManagedAppleAccount: "silent@school.example"})
	same := o.user(people.User{FullName: "same", Email: "same@example.org", ManagedAppleAccount: "silent@school.example"})
	other := o.user(people.User{FullName: "other", Email: "other@example.org"})
	send := o.invite(silent, same, other)
	plan, err := o.parts.store.Plan(t.Context(), send.PlanID)
	require.NoError(t, err)
	require.Equal(t, 2, plan.Totals.Silent)
	require.Equal(t, 1, plan.Totals.Invitations)
	require.Equal(t, content.StateWanted, o.state(silent))

	require.NoError(t, o.deliver(send))
	require.Equal(t, 2, o.watch().Registered)
	require.Equal(t, 1, o.mailed())
	// Of two users with one account Apple takes one.
	refused, taken := same, silent
	if o.enrolled(same) {
		refused, taken = silent, same
	}
	require.True(t, o.enrolled(taken))
	require.Equal(t, content.StateAssociated, o.state(taken))
	r, err := o.parts.store.AccountOf(t.Context(), refused)
	require.NoError(t, err)
	require.Equal(t, content.StateRefused, r.State)
	require.Contains(t, r.LastAnswer, "9641")

	// Who was refused is invited like others next time.
	again := o.invite(silent, same)
	plan, err = o.parts.store.Plan(t.Context(), again.PlanID)
	require.NoError(t, err)
	require.Zero(t, plan.Totals.Silent)
	if refused == same {
		require.NoError(t, o.deliver(again))
		require.Equal(t, 2, o.mailed())
		require.Equal(t, content.StateRegistered, o.state(same))
	}
}

func TestSendOfSilentUsersAloneIsOver(t *testing.T) {
	o := newBookOffice(t, false)
	send := o.invite(o.user(people.User{FullName: "silent", ManagedAppleAccount: "silent@school.example"}))
	require.Equal(t, invitation.SendSettled, send.State)
	require.NoError(t, o.deliver(send))
	require.Equal(t, 1, o.watch().Enrolled)
}

// TestAccountThatIsLinkedLater: a user who is registered, and gets a Managed
// Apple Account, is told to Apple by an update.
func TestAccountThatIsLinkedLater(t *testing.T) {
	o := newBookOffice(t, false)
	user := o.users(1)[0]
	require.NoError(t, o.deliver(o.invite(user)))
	_, err := o.parts.store.UpdateUser(t.Context(), operatorKey, user, nil, func(u people.User) (people.User, error) {
		u.ManagedAppleAccount = "u@school.example"
		return u, nil
	})
	require.NoError(t, err)
	o.invite(user)
	require.Equal(t, 1, o.watch().Registered)
	require.Equal(t, content.StateAssociated, o.state(user))
	require.Equal(t, invitation.Accepted, o.only(user).State)
	updates, _ := o.requests("/users/update")
	require.Equal(t, 1, updates)
}

func TestEndedEnrollmentIsRegisteredAnew(t *testing.T) {
	o := newBookOffice(t, false)
	user := o.users(1)[0]
	require.NoError(t, o.deliver(o.invite(user)))
	before, err := o.parts.store.InviteCode(t.Context(), user)
	require.NoError(t, err)
	o.accept(user)
	o.watch()
	_, err = o.parts.store.Record(t.Context(), user)
	require.NoError(t, err)

	require.NoError(t, o.parts.store.DeleteEnrollment(t.Context(), operatorKey, user))
	require.Equal(t, content.StateRetiring, o.state(user))
	o.mails = map[string]int{}
	require.NoError(t, o.deliver(o.invite(user)))
	require.Equal(t, content.StateRegistered, o.state(user))
	after, err := o.parts.store.InviteCode(t.Context(), user)
	require.NoError(t, err)
	require.NotEqual(t, string(before), string(after))
	require.False(t, o.enrolled(user))
	o.accept(user)
	require.Equal(t, 1, o.watch().Enrolled)
}

func TestDeletedUsersLeaveApple(t *testing.T) {
	o := newBookOffice(t, false)
	users := o.users(2)
	require.NoError(t, o.deliver(o.invite(users...)))
	require.NoError(t, o.parts.store.DeleteUser(t.Context(), operatorKey, users[0], nil))
	o.watch()
	require.Eventually(t, func() bool { o.watch(); return o.state(users[0]) == content.StateRetired }, 10*time.Second, 50*time.Millisecond)
	require.Equal(t, content.StateRegistered, o.state(users[1]))
}

// TestWhoWasInvitedBeforeTheToken gets an open invitation at Apple once there
// is a token.
func TestWhoWasInvitedBeforeTheToken(t *testing.T) {
	o := newBookOffice(t, false)
	claimed, err := o.parts.store.SettingSecret(t.Context(), settings.NameContentToken)
	require.NoError(t, err)
	require.NoError(t, o.parts.store.DeleteSetting(t.Context(), operatorKey, settings.NameContentToken))
	user := o.users(1)[0]
	require.NoError(t, o.deliver(o.invite(user)))
	install(t, o.parts, claimed)
	require.Equal(t, 1, o.watch().Registered)
	require.Equal(t, content.StateRegistered, o.state(user))
}

// TestInviteCodesStaySecret looks for them wherever they could have leaked to.
func TestInviteCodesStaySecret(t *testing.T) {
	o := newBookOffice(t, false)
	users := o.users(3)
	require.NoError(t, o.deliver(o.invite(users...)))
	codes := o.apple.Users(bookOrg)
	o.script(appsbookssim.Rule{Path: "/users", Status: 200, Body: codes[0].InviteCode})
	requireAway(t, o.run(o.WatchAcceptances, nil))
	state, err := o.parts.store.RouteState(t.Context(), invitation.RouteBooks)
	require.NoError(t, err)
	files, err := filepath.Glob(o.parts.config.StorePath() + "*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, u := range codes {
		require.NotEmpty(t, u.InviteCode)
		require.NotContains(t, o.log.String(), u.InviteCode)
		require.NotContains(t, state.Reason, u.InviteCode)
		for _, name := range files {
			stored, err := os.ReadFile(name)
			require.NoError(t, err)
			require.False(t, bytes.Contains(stored, []byte(u.InviteCode)), "sealed at rest")
		}
	}
	require.Contains(t, o.log.String(), "Apps and Books is away")
}
